#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Run installed tests and sum up their TAP, as kselftest's script of this name does.
#
#   run_kselftest.sh [-l] [-c COLLECTION]... [-t COLLECTION:TEST]...
#
#   -l   list the tests        -c   all tests of a collection        -t   one test
#
# Each test is one line of the outer TAP, with its own indented as comments below. The exit status is
# 1 if a test failed.

here=$(dirname "$0")
list=$here/kselftest-list.txt

usage() {
	sed -n '6,8s/^# *//p' "$0" >&2
	exit 2
}

# Tests that were chosen, one a line.
chosen=
while getopts lc:t: option; do
	case $option in
	l) exec cat "$list" ;;
	c) more=$(grep "^$OPTARG:" "$list") || { echo "no collection $OPTARG" >&2; exit 2; } ;;
	t) more=$(grep -x "$OPTARG" "$list") || { echo "no test $OPTARG: -l lists them" >&2; exit 2; } ;;
	*) usage ;;
	esac
	chosen=$(printf '%s\n%s' "$chosen" "$more")
done
shift $((OPTIND - 1))
[ $# -eq 0 ] || usage
[ -n "$chosen" ] || chosen=$(cat "$list") || exit 2
# Words that hold no blanks.
# shellcheck disable=SC2086
set -- $chosen

output=$(mktemp)
trap 'rm -f "$output" "$output.status"' EXIT

# run TEST: shows it as it runs, and keeps its output and status.
run() {
	{
		(cd "$here/${1%%:*}" && exec "./${1#*:}") 2>&1
		echo $? >"$output.status"
	} | tee "$output" | sed 's/^/# /'
	return "$(cat "$output.status")"
}

# A test that says it passed must have run all that it planned.
plan_is_kept() {
	awk '
		/^1\.\./ { planned = substr($1, 4) }
		/^ok / { passed++ }
		/^not ok / { failed++ }
		END { exit !(planned != "" && passed == planned && !failed) }' "$output"
}

echo "TAP version 13"
echo "1..$#"
number=0
failed=0
for test; do
	number=$((number + 1))
	run "$test"
	status=$?
	if [ $status -eq 4 ]; then
		echo "ok $number selftests: $test # SKIP"
	elif [ $status -eq 0 ] && plan_is_kept; then
		echo "ok $number selftests: $test"
	else
		failed=$((failed + 1))
		echo "not ok $number selftests: $test # exit=$status"
	fi
done
echo "# totals: $((number - failed)) passed, $failed failed"
[ $failed -eq 0 ]
