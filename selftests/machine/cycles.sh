# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Tests that take over and give back many times source this after machine.sh.

# Pages that nobody has: the free ones, and those that CPUs keep for their next allocation.
free_pages() {
	sync
	echo 3 >/proc/sys/vm/drop_caches
	echo 1 >/proc/sys/vm/stat_refresh
	awk '$1 == "nr_free_pages" || $1 == "count:" { n += $2 } END { print n }' /proc/zoneinfo
}

unreclaimable() {
	sed -n 's/^nr_slab_unreclaimable //p' /proc/vmstat
}

# Rounds that lose one page each lose as many as there are rounds, and at least 25 are made. Here they
# lose 0 to 17, as CPUs keep stacks and slabs for later; but that ends, and a loss of each round does
# not: every measurement shows it.
TOLERANCE=25

# measure N COMMAND: N rounds; sets "lost" and "grown".
measure() {
	before=$(free_pages)
	slab=$(unreclaimable)
	rounds "$1" "$2" || return
	lost=$((before - $(free_pages)))
	grown=$(($(unreclaimable) - slab))
	note "$2: $lost pages fewer are free, $grown more in slabs"
}

# twice NAME N COMMAND: N rounds to fill every cache, and N that must not cost memory.
twice() {
	rounds "$2" "$3"
	is "$1: the first $2 succeed" "$?" 0
	measure "$2" "$3"
	is "$1: the second $2 succeed" "$?" 0
	tries=2
	while [ $tries -gt 0 ] && [ "$((lost < TOLERANCE && grown < TOLERANCE))" = 0 ]; do
		measure "$2" "$3"
		tries=$((tries - 1))
	done
	is "$1: no page is lost" "$((lost < TOLERANCE))" 1
	is "$1: the kernel's own memory does not grow" "$((grown < TOLERANCE))" 1
}

rounds() {
	round=0
	while [ $round -lt "$1" ]; do
		"$2" || return
		round=$((round + 1))
	done
}

enable_disable() {
	nestor enable && nestor disable
}

load_unload() {
	insmod "$module" && nestor disable && rmmod nestor
}

module=/lib/modules/$(uname -r)/extra/nestor.ko
