#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The CLI without the module: decode, help, wrong usage, errors in words, output for programs.

here=$(cd "$(dirname "$0")" && pwd)
for tap in "$here/tap.sh" "$here/../vm/tap.sh"; do
	[ ! -f "$tap" ] || break
done
# shellcheck source=selftests/vm/tap.sh
. "$tap"

NESTOR=${NESTOR:-nestor}
echo "TAP version 13"
command -v "$NESTOR" >/dev/null || { echo "1..0 # SKIP there is no program $NESTOR"; exit 4; }

# run ARGUMENT...: run the CLI; sets $status, $out (standard output) and $err (standard error).
err_file=$(mktemp)
trap 'rm -f "$err_file"' EXIT
run() {
	out=$("$NESTOR" "$@" 2>"$err_file")
	status=$?
	err=$(cat "$err_file")
}

# valid DESCRIPTION TEXT: is it one JSON document?
valid() {
	if command -v jq >/dev/null; then
		# shellcheck disable=SC2016 # for the inner shell
		check "$1" sh -c 'printf "%s" "$1" | jq -es "length == 1"' sh "$2"
	elif command -v python3 >/dev/null; then
		check "$1" python3 -c 'import json, sys; json.loads(sys.argv[1])' "$2"
	else
		skip "$1" "neither jq nor python3"
	fi
}

# usage DESCRIPTION ARGUMENT...: wrong usage ends with status 2 and a hint, without standard output.
usage() {
	what=$1
	shift
	run "$@"
	is "$what: status 2" "$status" 2
	is "$what: quiet output" "$out" ""
	matches "$what: says something" "$err" .
}

# All subcommands
commands=$("$NESTOR" --help | sed -n 's/^  \([a-z]*\)  .*/\1/p')
plan $((94 + 2 * $(printf '%s\n' "$commands" | wc -l)))

# Help and version
for command in "" $commands; do
	# shellcheck disable=SC2086 # no word at all for ""
	run $command --help
	is "help ${command:-of all}: status 0" "$status" 0
	matches "help ${command:-of all}: begins with the usage" "$out" "^Usage: nestor"
done
run --version
matches "version" "$out" '^nestor [0-9]+\.[0-9]+\.[0-9]+$'

# Wrong usage
usage "no such command" bogus
usage "unknown option" stat --bogus
usage "CPU that is no number" stat --cpu one
usage "negative CPU" stat --cpu -1
usage "caps of a CPU that is no number" caps --cpu one
usage "interval of zero" stat --watch=0
usage "interval that is no number" stat --watch=nan
usage "too many words" enable now
usage "show without an address" vmcs show
usage "show with a bad address" vmcs show 0x
usage "decode without a value" decode reason
usage "decode of an unknown kind" decode bogus 1
usage "decode of no number" decode error seven
usage "decode of a number too large" decode insn 0x100000000
usage "qualification without a reason" decode qualification 1
usage "reason that does not exist" decode insn 1 --reason bogus

# Decoding: VMREAD to [EBP-0x18] in the stack segment, field encoding in RSI
run decode insn 0x62e148ac --qualification 0xffffffe8
matches "insn: operand" "$out" '^assembler +SS:\[EBP-0x18\]$'
matches "insn: second register" "$out" '^register 2 +RSI$'
matches "insn: address size" "$out" '^address size +32-bit$'
matches "insn: no index" "$out" '^index +none$'
run decode insn 0x62e148ac --qualification -0x18
matches "insn: negative displacement" "$out" '^assembler +SS:\[EBP-0x18\]$'
run decode insn 0x62e148ac -r VMWRITE
matches "insn: reason by name" "$out" '^name +vmwrite$'
run decode insn 0 --reason cpuid
is "insn: CPUID has none" "$status" 1
run decode reason 0x80000021
matches "reason: name" "$out" '^name +invalid_state$'
matches "reason: bit 31" "$out" '^bit 31 +VM-entry failure$'
run decode reason 35
is "reason: 35 is not defined" "$status" 1
run decode error 7
matches "error: 7" "$out" 'invalid control field'
run decode error 14
is "error: 14 is not defined" "$status" 1
run decode check 82
matches "check: name of a number" "$out" '^name +host-cr3$'
matches "check: sentence" "$out" '^text +the host.s CR3 is beyond'
run decode check Host-CR3
matches "check: number of a name" "$out" '^check +82$'
run decode check 6
is "check: 6 is not defined" "$status" 1
usage "check that does not exist" decode check bogus
run decode pin 0x1f
matches "controls: a bit in words" "$out" '^bit 0 +external-interrupt exiting$'
matches "controls: a reserved bit" "$out" '^bit 1 +reserved$'
run decode proc3 0x10
matches "controls: of 64 bits" "$out" '^bit 4 +IPI virtualization$'
usage "controls of more bits than there are" decode entry 0x100000000
run decode field 0x681e
matches "field: guest RIP" "$out" '^name +GUEST_RIP$'
run decode qualification 0x182 --reason ept_violation
matches "qualification: a write" "$out" '^data write +yes$'
matches "qualification: no read" "$out" '^data read +no$'
run decode qualification 0xcf80008 --reason 30
matches "qualification: port" "$out" '^port +0xcf8$'
run decode insn 0x62e148ac --json
valid "decode --json is JSON" "$out"

# check
run check
matches "check: lines" "$out" '^(PASS|FAIL) +vmx '
is "check: nothing but lines it documents" \
	"$(printf '%s\n' "$out" | grep -Evc '^(PASS|INFO|WARN|FAIL) [a-z0-9-]+ +[^ ]|^$|^Nestor can')" 0
is "check: status 1 only with a FAIL" "$status" "$(printf '%s\n' "$out" | grep -q ^FAIL && echo 1 || echo 0)"
matches "check: plain when piped" "$(printf '%s' "$out" | tr -d '\033' | wc -c)" "^ *$(printf '%s' "$out" | wc -c)\$"
is "check: one warning is no warnings" "$(printf '%s\n' "$out" | grep -Ec '[^0-9]1 warnings|[02-9] warning$')" 0
run check --json
valid "check --json is JSON" "$out"

# Without the module, and with an output that fails
if [ -e /sys/module/nestor ]; then
	skip "status without the module" "it is loaded"
	skip "status without the module: the cure" "it is loaded"
	skip "enable without the module" "it is loaded"
	skip "caps without the module" "it is loaded"
	skip "caps --diff without the module" "it is loaded"
else
	run status
	is "status without the module" "$status" 1
	matches "status without the module: the cure" "$err" 'modprobe nestor'
	# shellcheck disable=SC3044 # not the shell's
	run enable
	is "enable without the module" "$status" 1
	run caps
	is "caps without the module" "$status" 1
	run caps --diff
	is "caps --diff without the module" "$status" 2
fi
if [ -w /dev/full ]; then
	"$NESTOR" decode error 7 >/dev/full 2>"$err_file"
	is "output that cannot be written" $? 1
	matches "output that cannot be written: it says so" "$(cat "$err_file")" 'cannot write'
else
	skip "output that cannot be written" "there is no /dev/full"
	skip "output that cannot be written: it says so" "there is no /dev/full"
fi
[ "$tap_failed" -eq 0 ]
