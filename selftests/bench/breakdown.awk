# SPDX-License-Identifier: GPL-2.0-only
#
# Where the instructions of Nestor go: reads what `vmrun --trace` kept and prints, for each traced
# loop, how many of them each step executes for one exit of L2.
#
#   awk -v symbols=FILE -v names='cpuid touch' -v iterations=N -f breakdown.awk TRACE
#
# FILE has a line "ADDRESS FUNCTION" for each instruction of root: the innermost function that the
# compiler may have put elsewhere, as addr2line tells.
#
# A line of the trace: (CPU).[TICK] [PHYSICAL] CS:RIP (context): INSTRUCTION ; BYTES

function flush_loop(    f, i, n, line, list) {
	if (!in_root_total)
		return
	printf "\nbreakdown: l2-%s: %.1f of %.1f instructions are Nestor's, in %.2f exits\n",
		name[loop], in_root_total / iterations, total / iterations, exits / iterations
	printf "  %-28s %12s %8s %8s %8s\n", "step", "instructions", "VMREAD", "VMWRITE", "VMPTRLD"
	for (i = 1; i <= nr_steps; i++) {
		f = step[i]
		printf "  %-28s %12.1f %8.1f %8.1f %8.1f\n", f, count[f] / iterations,
			vmread[f] / iterations, vmwrite[f] / iterations, vmptrld[f] / iterations
	}
	printf "  %-28s %12.1f %8.1f %8.1f %8.1f\n", "all", in_root_total / iterations,
		reads / iterations, writes / iterations, loads / iterations
	delete count; delete vmread; delete vmwrite; delete vmptrld; delete step
	nr_steps = in_root_total = total = exits = reads = writes = loads = 0
}

BEGIN {
	nr_names = split(names, name, " ")
	loop = 1
	while ((getline line < symbols) > 0) {
		split(line, part, " ")
		of[part[1]] = part[2]
	}
}

{
	tick = $1
	gsub(/[^0-9]/, " ", tick)
	split(tick, part, " ")
	# Loops are far apart.
	if (last && part[2] - last > 1000) {
		flush_loop()
		loop++
		was_root = 0
	}
	last = part[2]
	total++
	address = $3
	sub(/.*:/, "", address)
	if (!(address in of)) {
		was_root = 0
		next
	}
	f = of[address]
	if (!was_root)
		exits++
	was_root = 1
	in_root_total++
	if (!(f in count))
		step[++nr_steps] = f
	count[f]++
	if ($0 ~ /: vmread /) { vmread[f]++; reads++ }
	if ($0 ~ /: vmwrite /) { vmwrite[f]++; writes++ }
	if ($0 ~ /: vmptrld /) { vmptrld[f]++; loads++ }
}

END {
	flush_loop()
}
