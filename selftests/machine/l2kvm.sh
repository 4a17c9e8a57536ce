# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Tests of KVM in a guest of KVM source this after machine.sh. Programs of selftests/kvm run as L3.

l2_tree=/tmp/l2-tree
l2_log=/tmp/l2.log

# Besides its own initramfs L2 needs KVM's modules, which are this machine's, and the guests' program.
make_l2_tree() {
	[ ! -d $l2_tree ] || return 0
	mkdir -p $l2_tree/lib/modules
	cp -r "/lib/modules/$(uname -r)" $l2_tree/lib/modules/
	rm -rf "$l2_tree/lib/modules/$(uname -r)/extra"
	cp /add/kvm/tinyvmm $l2_tree/
}

# in_l2 OUTPUT MIB COMMAND...: run COMMAND in L2, with KVM loaded there, and return its status. OUTPUT
# gets what it prints.
in_l2() {
	in_l2_output=$1
	mem=$2
	shift 2
	run-l2 -t 900 -smp "$(nproc)" -m "$mem" -add $l2_tree "modprobe kvm_intel && echo l2-begin && $*" >$l2_log
	sed -n '/^l2-begin/,/^l2-exit: /p' $l2_log | sed '1d; $d' >"$in_l2_output"
	in_l2_status=$(sed -n 's/^l2-exit: //p' $l2_log)
	return "${in_l2_status:-125}"
}

# reflected REASON: print how many VM exits of guests for this reason were given to Linux.
reflected() {
	nestor stat --csv | sed -n "s/^[0-9]*,total,l2_reflected,$1,//p"
}
