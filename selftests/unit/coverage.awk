# SPDX-License-Identifier: GPL-2.0-only
#
# What `gcov -b --no-output` says, as a table of the files below the folder that is given as `nested`:
# lines that were executed, branches that were taken.

# "Lines executed:97.50% of 120" in parts
function part(line, what,	fields) {
	sub(/^[^:]*:/, "", line)
	split(line, fields, /% of /)
	percent[what] = fields[1]
	count[what] = fields[2]
}

function row(name, lines, nr_lines, branches, nr_branches) {
	printf "coverage: %-14s %6.2f%% of %4d lines %6.2f%% of %4d branches\n", name, lines, nr_lines,
		branches, nr_branches
}

# A file's figures are complete when the next one's begin. Headers are in many programs: their lines
# count where the code is.
function finish() {
	if (index(file, nested) != 1 || file !~ /\.c$/)
		return
	row(substr(file, length(nested) + 1), percent["lines"], count["lines"], percent["branches"],
		count["branches"])
	all["lines"] += count["lines"]
	all["branches"] += count["branches"]
	done["lines"] += percent["lines"] * count["lines"]
	done["branches"] += percent["branches"] * count["branches"]
	file = ""
}

/^File/ {
	finish()
	file = $2
	gsub("\047", "", file)
	lines = 0
	percent["branches"] = 100
	count["branches"] = 0
}

# The last line of all sums them up.
/^Lines executed/ && !lines++ { part($0, "lines") }
/^Taken at least once/ { part($0, "branches") }

END {
	finish()
	if (all["lines"])
		row("all", done["lines"] / all["lines"], all["lines"],
			done["branches"] / all["branches"], all["branches"])
}
