# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Tests of the VM source this after tap.sh. It tells what Nestor counted and what the kernel said, and
# runs loads in the background.

# shellcheck disable=SC2034 # the tests use it
modules=/add/modules/$(uname -r)
# shellcheck disable=SC2034 # the tests use it
debugfs=/sys/kernel/debug

# counter NAME: print one of the counters of `nestor stat` that stand alone, over all CPUs.
counter() {
	nestor stat --csv | sed -n "s/^[0-9]*,total,$1,,//p"
}

# exits WHO: print the sum of l1_exits, l2_own or l2_reflected over all reasons and CPUs.
exits() {
	nestor stat --csv |
		awk -F, -v who="$1" '$2 == "total" && $3 == who { n += $5 } END { print n + 0 }'
}

complaints='WARNING|BUG|Oops|Call Trace|general protection|unchecked MSR|soft lockup|stall|Uhhuh'

# From here on troubles() tells what the kernel complains of.
fresh_log() {
	dmesg -c >>/tmp/old_log
}

# troubles: print the lines of the kernel's log that no test may cause; none if all is well.
troubles() {
	dmesg | grep -E "$complaints"
}

# Does the kernel look for faults of its own code (selftests/vm/debug.config)?
is_debug_kernel() {
	[ -e $debugfs/kmemleak ]
}

# The flags of /proc/sys/kernel/tainted: KASAN (bad page), oops, WARN and "sleeping function"
BAD_TAINT=0x2a0

# has_complained: what was found since the machine booted counts, even if the log was cleared. KASAN and lockdep
# tell what they find once.
has_complained() {
	if [ $(($(cat /proc/sys/kernel/tainted) & BAD_TAINT)) -eq 0 ] &&
		grep -q '^ debug_locks: *1$' /proc/lockdep_stats; then
		return
	fi
	echo "something was found since the machine booted:"
	grep -hE -A 20 "$complaints" /tmp/old_log
}

# leaks: print allocations that nothing points to any more, of Nestor or of a module that is gone, which leaves
# numbers in place of names. Only what is five seconds old counts, and what two scans find the same. A scan takes
# minutes in an emulator.
leaks() {
	sleep 6
	echo scan >$debugfs/kmemleak
	echo scan >$debugfs/kmemleak
	awk '/^unreferenced object/ { if (ours) printf "%s", object; object = ""; ours = 0 }
		{ object = object $0 "\n" }
		/\[nestor\]|\] 0xffffffff/ { ours = 1 }
		END { if (ours) printf "%s", object }' $debugfs/kmemleak
	echo clear >$debugfs/kmemleak
}

# is_quiet: the kernel found nothing to complain of, and root mode neither.
is_quiet() {
	quiet=$(troubles)
	! is_debug_kernel || quiet=$quiet$(has_complained)
	is "the kernel has nothing to complain of" "$quiet" ""
}

# start COMMAND...: run it in the background and wait until it says "running". It must not be called
# by check(), because it would end with check()'s subshell.
start() {
	rm -f /tmp/started
	mkfifo /tmp/started
	"$@" >/tmp/started &
	started=$!
	exec 9</tmp/started
	read -r start_word <&9
	[ "$start_word" = running ]
}

# stop: end what start() started, and return its status.
stop() {
	kill -TERM "$started"
	wait "$started"
	stop_status=$?
	exec 9<&-
	return $stop_status
}
