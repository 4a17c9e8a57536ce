# SPDX-License-Identifier: GPL-2.0-only
#
# Judge the TAP output of one test and print it for the sum: what the test said, each result with its
# name (and label), and a failure for everything that TAP calls wrong: no result at all, a plan that
# was not kept, a bail-out, an exit status that contradicts the results.
#
# Several documents may follow one another, each with its plan first.
#
#   awk -v name=NAME -v label=LABEL -v status=EXIT-STATUS -v counts=FILE -f tap.awk
#
# Appends the line "passed failed skipped" to the file counts.

function result(word, text) {
	print word " - " name ": " text (label == "" ? "" : " [" label "]")
}

function fail(why) {
	failed++
	result("not ok", why)
}

# Has the document kept its plan?
function close_document() {
	if (plan > 0 && seen != plan)
		fail("planned " plan " results, printed " seen " (exit status " status ")")
	else if (plan < 0 && seen > 0)
		fail("printed no plan, so it may have ended early (exit status " status ")")
	seen = 0
}

BEGIN {
	passed = failed = skipped = seen = 0
	plan = -1
}

/^1\.\.[0-9]+/ {
	if (plan >= 0)
		close_document()
	plan = substr($1, 4) + 0
	if (plan == 0 || /# *[Ss][Kk][Ii][Pp]/) {
		skipped++
		sub(/^[^#]*#? */, "")
		result("ok", $0 (/^[Ss][Kk][Ii][Pp]/ ? "" : " # SKIP"))
	}
	next
}

/^(not )?ok($|[ \t])/ {
	word = /^not/ ? "not ok" : "ok"
	seen++
	text = $0
	sub(/^(not )?ok *[0-9]* *(- *)?/, "", text)
	if (text ~ /# *[Ss][Kk][Ii][Pp]/ || text ~ /# *[Tt][Oo][Dd][Oo]/)
		skipped++
	else if (word == "ok")
		passed++
	else
		failed++
	result(word, text)
	next
}

/^Bail out!/ {
	fail($0)
	next
}

/^TAP version|^$/ { next }

/^#/ { print; next }

{ print "# " $0 }

END {
	if (seen == 0 && plan < 0 && failed == 0)
		fail("printed no result (exit status " status ")")
	close_document()
	# kselftest's status for "skipped" is 4.
	if (status != 0 && failed == 0 && !(status == 4 && plan == 0))
		fail("exit status " status)
	print passed, failed, skipped >>counts
}
