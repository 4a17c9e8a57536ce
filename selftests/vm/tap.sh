# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# TAP for tests in shell:
#
#   . ./tap.sh
#   plan 3
#   check "the module loads" insmod nestor.ko
#   refused "a second time it does not" insmod nestor.ko
#   is "nothing was lost" "$(cat lost)" 0
#
# A command's output is shown when its check fails.

tap_count=0
tap_failed=0

plan() {
	echo "1..$1"
}

# result STATUS DESCRIPTION: print a result; STATUS 0 is success.
result() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		tap_failed=$((tap_failed + 1))
		echo "not ok $tap_count - $2"
	fi
	return "$1"
}

# skip DESCRIPTION WHY: print that a check was left out.
skip() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# check DESCRIPTION COMMAND...: the command must succeed.
check() {
	tap_what=$1
	shift
	tap_output=$("$@" 2>&1)
	tap_status=$?
	[ $tap_status -eq 0 ] || note "$*: exit status $tap_status" "$tap_output"
	result $tap_status "$tap_what"
}

# refused DESCRIPTION COMMAND...: the command must fail, and say something.
refused() {
	tap_what=$1
	shift
	if tap_output=$("$@" 2>&1); then
		note "$*: succeeded" "$tap_output"
		result 1 "$tap_what"
	elif [ -z "$tap_output" ]; then
		note "$*: failed without a word"
		result 1 "$tap_what"
	else
		result 0 "$tap_what"
	fi
}

# is DESCRIPTION GOT WANTED: both must be the same.
is() {
	[ "$2" = "$3" ] || note "got '$2', wanted '$3'"
	[ "$2" = "$3" ]
	result $? "$1"
}

# matches DESCRIPTION TEXT EXTENDED-REGEX: a line of the text must match.
matches() {
	printf '%s\n' "$2" | grep -Eq -- "$3" || note "no match for '$3' in:" "$2"
	printf '%s\n' "$2" | grep -Eq -- "$3"
	result $? "$1"
}

# word NAME DEFAULT: what NAME=... says on the kernel's line (vmrun --append); the last of several counts
word() {
	tap_word=$(tr ' ' '\n' </proc/cmdline | sed -n "s/^$1=//p" | tail -n 1)
	echo "${tap_word:-$2}"
}
