# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# NMIs from the PIT at chosen moments: each must arrive once. Tests that source this after machine.sh want a machine
# without HPET, which takes the PIT's place.

# shellcheck disable=SC2154 # machine.sh has it
pit=$debugfs/test_pit_nmi

# aim SYMBOL CPU COUNTS: from now on a shot each time CPU comes to the function, 1 to COUNTS ticks of
# the PIT (84 instructions in the emulator) later.
aim() {
	echo "at $1 $2 1 1 $3" >"$pit" || { note "$1: no such function"; return 1; }
}

# shots: print how many there were.
shots() {
	sed -n 's/^sent \([0-9]*\) .*/\1/p' "$pit"
}

# places: print how often an NMI was handled where, by function.
places() {
	sed -n 's/^\([0-9]* [^ +]*\)+.*/\1/p' "$pit" | awk '{ n[$2] += $1 } END { for (i in n) printf "%s %d, ", i, n[i] }'
}

# handled_in FUNCTION: print how many were handled there.
handled_in() {
	awk -v place="$1+" 'index($2, place) == 1 { n += $1 } END { print n + 0 }' "$pit"
}

# hits DESCRIPTION WANTED: no more shots; all have arrived, and there were as many as wanted.
hits() {
	echo "at -" >"$pit"
	sent=$(shots)
	note "$1: $(places)"
	is "$1: each NMI arrives once" "$(head -n 1 "$pit")" "sent $sent counted $sent stray 0"
	[ "$sent" -ge "$2" ] || note "$sent NMIs, wanted $2"
	[ "$sent" -ge "$2" ]
	result $? "$1: $2 NMIs were sent"
}

# around FUNCTION CPU COUNTS ROUNDS: enable and disable so often, and each time a shot at CPU, from its way through that
# function of Nestor's on.
around() {
	aim "nestor:$1" "$2" "$3"
	round=0
	while [ $round -lt "$4" ] && nestor enable >/dev/null && nestor disable >/dev/null; do
		round=$((round + 1))
	done
	is "$1: $4 times enable and disable" $round "$4"
	hits "$1" "$4"
}
