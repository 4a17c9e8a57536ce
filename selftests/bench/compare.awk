# SPDX-License-Identifier: GPL-2.0-only
#
# Compare lines "bench: NAME VALUE UNIT" with the reference and print TAP: no figure may have grown
# by more than 5%. Figures count instructions, so they are nearly exact; a timer interrupt in a loop
# of 1,000 is worth a few of them per round, so growth by 4 passes always.
#
#   awk -v kernel=6.1 -v reference=FILE -f compare.awk RESULTS
#
# The reference has lines "KERNEL NAME VALUE". "make bench UPDATE=y" writes it anew.

BEGIN {
	while ((getline line < reference) > 0) {
		split(line, part, " ")
		if (part[1] == kernel)
			limit[part[2]] = part[3]
	}
}

$1 == "bench:" && ($2 in limit) {
	nr++
	old = limit[$2]
	delete limit[$2]
	grown = $3 > old * 1.05 && ($4 != "instructions" || $3 > old + 4)
	printf "%sok %d - %s is %s, reference %s\n", grown ? "not " : "", nr, $2, $3, old
	if (grown) {
		failed = 1
		print "# it costs more than before. If that is meant say why in the commit, and let"
		print "# make bench UPDATE=y KERNEL=" kernel " write selftests/bench/reference anew"
	}
}

END {
	for (name in limit) {
		nr++
		failed = 1
		printf "not ok %d - %s was not measured\n", nr, name
	}
	if (!nr) {
		print "not ok 1 - there is no reference for kernel " kernel
		nr = failed = 1
	}
	print "1.." nr
	exit failed
}
