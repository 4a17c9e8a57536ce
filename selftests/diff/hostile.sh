# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh disable=SC2154 # modules, debugfs: machine.sh
#
# Hostile programs on all CPUs at once; the tests of the VM source this after tap.sh and machine.sh, in /add/diff.

# load_all: Nestor, the arenas, and in $hidden the blocks that Nestor hides, as options for diff. A scan of memory
# touches each of them, and events tell where.
load_all() {
	insmod "./lhv-$(uname -r).ko" arenas=2 && insmod "$modules/test_memory.ko" && modprobe nestor || return
	events=$(mktemp)
	nestor trace --json >"$events" &
	trace=$!
	nestor stat --watch=0.2 --count 2 >/dev/null
	echo scan >"$debugfs/test_memory"
	wanted=$((4 * $(nproc) + 1))
	tries=0
	while [ "$(grep -c '"name":"blocked"' "$events")" -lt $wanted ] && [ $tries -lt 30 ]; do
		nestor stat --watch=0.2 --count 2 >/dev/null
		tries=$((tries + 1))
	done
	kill $trace
	hidden=$(sed -n 's/.*"name":"blocked".*"args":\["\(0x[0-9a-f]*\)","0x0".*/--hidden \1/p' "$events" | sort -u)
	rm "$events"
	[ "$(echo "$hidden" | wc -l)" -eq $wanted ]
}

# start_programs ARENA SEED OPTION...: in the background
start_programs() {
	start_arena=$1
	start_seed=$2
	shift 2
	# shellcheck disable=SC2086 # options
	./diff hostile --arena "$start_arena" --seed "$start_seed" $hidden "$@" >"/tmp/hostile$start_arena" 2>&1 &
}

# total NAME WORD: a number that all programs together have printed before the word
total() {
	sed -n "s/.*[ (]\([0-9]*\) $1.*/\1/p" /tmp/hostile? | awk '{ n += $1 } END { print n + 0 }'
}

# tell_reach: how far the rubbish came
tell_reach() {
	cat /tmp/hostile? /tmp/scribble
	note "$(nestor stat | sed -n '/that were refused/,/^$/p')"
	for counter in entries entry_failures blocked_reads blocked_writes ept02_fills ept02_evictions vmcs_loads \
		vmcs_evictions nmis_in_root bugs; do
		note "$counter $(counter $counter)"
	done
}
