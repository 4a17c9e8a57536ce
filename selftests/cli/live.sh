#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# The CLI with the module: every output, and the refusals that need a kernel to give them. The module
# must be loaded and enabled, and stays so.

here=$(cd "$(dirname "$0")" && pwd)
for tap in "$here/tap.sh" "$here/../vm/tap.sh"; do
	[ ! -f "$tap" ] || break
done
# shellcheck source=selftests/vm/tap.sh
. "$tap"

NESTOR=${NESTOR:-nestor}
echo "TAP version 13"
[ -e /sys/module/nestor ] || { echo "1..0 # SKIP the module nestor is not loaded"; exit 4; }
[ "$(id -u)" -eq 0 ] || { echo "1..0 # SKIP needs root"; exit 4; }

err_file=$(mktemp)
trap 'rm -f "$err_file"' EXIT
run() {
	out=$("$NESTOR" "$@" 2>"$err_file")
	status=$?
	err=$(cat "$err_file")
}

cpus=$(printf '%s\n' /sys/devices/system/cpu/cpu[0-9]* | wc -l)

# count PATTERN: print how many lines of $out match.
count() {
	printf '%s\n' "$out" | grep -Ec -- "$1"
}

plan 40

run status
is "status: status 0" "$status" 0
matches "status: enabled" "$out" "^nestor [0-9.]+: enabled on $cpus of $cpus CPUs\$"
is "status: a line for each CPU" "$(count '^ +[0-9]+ +(bare|Linux|Linux\+VMX|guest) ')" "$cpus"
run
matches "the default is status" "$out" '^nestor [0-9.]+: enabled'
run status --json
matches "status --json" "$out" '^\{"version":"[0-9.]+","enabled":true,.*"cpus":\[\{"cpu":0,"active":true,'

# CPUID exits always, so there is something to count.
"$NESTOR" check >/dev/null
run stat
matches "stat: L1's CPUID" "$out" '^ +10 CPUID +[1-9]'
is "stat: no zeros" "$(count '^  .* 0( |$)' | grep -vc '^')" 0
run stat --json
matches "stat --json: a CPU" "$out" '"cpus":\[\{"cpu":0,"l1_exits":\{.*"cpuid":[1-9]'
matches "stat --json: the total" "$out" '"total":\{"l1_exits":\{.*"root_time":\[[0-9,]+\]\},"sentences":\{'
run stat --csv
matches "stat --csv: header" "$out" '^time,cpu,counter,key,value$'
is "stat --csv: five columns each" "$(count '^[^,]*(,[^,]*){4}$')" "$(count .)"
matches "stat --csv: total" "$out" '^[0-9]+,total,l1_exits,cpuid,[1-9]'
run stat --prometheus
matches "stat --prometheus: CPUID" "$out" '^nestor_l1_exits_total\{cpu="0",reason="cpuid"\} [1-9]'
is "stat --prometheus: each metric declared once" \
	"$(printf '%s\n' "$out" | sed -n 's/^# TYPE //p' | sort | uniq -d | wc -l)" 0
run stat --cpu 0 --json
is "stat --cpu: one only" "$(printf '%s' "$out" | grep -o '"cpu":' | wc -l)" 1
run stat --cpu 99999
is "stat --cpu: no such CPU" "$status" 1
matches "stat --cpu: says so" "$err" 'no such CPU'
run stat --watch=0.01 --count 3 --csv
is "stat --watch: one header for three outputs" "$(count '^time,')" 1
is "stat --watch: three outputs" "$(count ',total,entries,,')" 3

run vmcs list
matches "vmcs list: heads" "$out" '^ADDRESS +CPU +STATE'
run vmcs show 0x123
is "vmcs show: none there" "$status" 1

run caps
matches "caps: an MSR, of the processor and as Linux reads it" "$out" \
	'^0x480  IA32_VMX_BASIC +(0x[0-9a-f]{16})  (0x[0-9a-f]{16})$'
matches "caps: for all CPUs" "$out" "^MSR +NAME +PROCESSOR +LINUX READS +cpus? 0( to $((cpus - 1)))?\$"
run caps --bits
matches "caps --bits: a control in words" "$out" '^ +1 proc2.enable-ept +0 or 1 '
run caps --json
is "caps --json: each MSR of each CPU" "$(printf '%s' "$out" | grep -o '"name":"IA32_VMX_' | wc -l)" $((20 * cpus))
matches "caps --json: nothing differs" "$out" '"differences":\[\]'
run caps --diff
is "caps --diff: status 0" "$status" 0
is "caps --diff: nothing" "$out$err" ""
run caps --diff --verbose --cpu 0
is "caps --diff --verbose: says so" "$out" "nothing differs on 1 CPU"
run caps --cpu 99999
is "caps --cpu: no such CPU" "$status" 1
run caps --diff --cpu 99999
is "caps --diff --cpu: no such CPU" "$status" 2
matches "caps --diff --cpu: says so" "$err" 'no such CPU'

# shellcheck disable=SC3044 # not the shell's
run enable
is "enable twice: refused" "$status" 1
matches "enable twice: says why" "$err" '^nestor: .*already'

refusal=$("$here/nobody" "$NESTOR" vmcs 2>&1)
is "vmcs needs root" "$refusal" "nestor: needs CAP_SYS_ADMIN (run as root)"
refusal=$("$here/nobody" "$NESTOR" caps 2>&1)
is "caps needs root" "$refusal" "nestor: needs CAP_SYS_ADMIN (run as root)"
refusal=$("$here/nobody" "$NESTOR" disable 2>&1)
is "disable needs root" "$refusal" "nestor: needs CAP_SYS_ADMIN (run as root)"
check "status does not" "$here/nobody" "$NESTOR" status

run trace --count 0
is "trace: no events wanted" "$status" 2
refusal=$("$here/nobody" "$NESTOR" trace 2>&1)
is "trace needs root" "$refusal" "nestor: needs CAP_SYS_ADMIN (run as root)"
[ "$tap_failed" -eq 0 ]
