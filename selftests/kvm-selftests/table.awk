# SPDX-License-Identifier: GPL-2.0-only
#
# A Markdown table of the results that the VM tests kvm-selftests and kvm-selftests-weekly print:
#
#	ok - kvm-selftests: NAME ARGS: pass on the bare machine, pass above Nestor (1, 2 ms) [6.1, 2 CPUs]

/ on the bare machine, / {
	line = $0
	sub(/^(not )?ok - /, "", line)
	set = line ~ /^kvm-selftests-weekly: / ? "weekly" : "routine"
	sub(/^[^:]*: /, "", line)
	name = line
	sub(/: .*/, "", name)
	machine = line
	sub(/.*\[/, "", machine)
	sub(/\].*/, "", machine)
	bare = line
	sub(/ on the bare machine.*/, "", bare)
	sub(/.*: /, "", bare)
	nested = line
	sub(/ above Nestor.*/, "", nested)
	sub(/.*, /, "", nested)
	if (!((set, name) in known)) {
		known[set, name]
		rows[++row_count] = set SUBSEP name
	}
	if (!(machine in seen)) {
		seen[machine]
		machines[++machine_count] = machine
	}
	verdict[set, name, machine] = bare ", " nested ($0 ~ /^not/ ? " **differs**" : "")
	total[machine]++
	same[machine] += $0 !~ /^not/
}

END {
	head = "| set | test |"
	rule = "|---|---|"
	for (i = 1; i <= machine_count; i++) {
		head = head " " machines[i] ": bare, above Nestor |"
		rule = rule "---|"
	}
	print head
	print rule
	for (n = 1; n <= row_count; n++) {
		split(rows[n], part, SUBSEP)
		line = "| " part[1] " | `" part[2] "` |"
		for (i = 1; i <= machine_count; i++) {
			key = rows[n] SUBSEP machines[i]
			line = line " " (key in verdict ? verdict[key] : "-") " |"
		}
		print line
	}
	print ""
	for (i = 1; i <= machine_count; i++)
		print machines[i] ": " same[machines[i]] " of " total[machines[i]] " alike."
}
