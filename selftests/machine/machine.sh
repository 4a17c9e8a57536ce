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
	dmesg -c >/dev/null
}

# troubles: print the lines of the kernel's log that no test may cause; none if all is well.
troubles() {
	dmesg | grep -E "$complaints"
}

# is_quiet: the kernel found nothing to complain of, and root mode neither.
is_quiet() {
	is "the kernel has nothing to complain of" "$(troubles)" ""
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
