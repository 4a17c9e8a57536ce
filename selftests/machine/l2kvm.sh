# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# For tests of KVM in a guest of KVM, after machine.sh: programs of selftests/kvm as L3.

l2_tree=/tmp/l2-tree
l2_log=/tmp/l2.log

# What L2 needs beside its own initramfs: KVM's modules as they are here, and the guests' program.
make_l2_tree() {
	[ ! -d $l2_tree ] || return 0
	mkdir -p $l2_tree/lib/modules
	cp -r "/lib/modules/$(uname -r)" $l2_tree/lib/modules/
	rm -rf "$l2_tree/lib/modules/$(uname -r)/extra"
	cp /add/kvm/tinyvmm $l2_tree/
}

# in_l2 OUTPUT MIB COMMAND...: run COMMAND in L2, with KVM loaded there; its status. OUTPUT gets what it
# prints.
in_l2() {
	in_l2_output=$1
	mem=$2
	shift 2
	run-l2 -t 900 -smp "$(nproc)" -m "$mem" -add $l2_tree "modprobe kvm_intel && echo l2-begin && $*" >$l2_log
	sed -n '/^l2-begin/,/^l2-exit: /p' $l2_log | sed '1d; $d' >"$in_l2_output"
	in_l2_status=$(sed -n 's/^l2-exit: //p' $l2_log)
	return "${in_l2_status:-125}"
}

# reflected REASON: VM exits of guests for this reason (vmresume) that were given to Linux.
reflected() {
	nestor stat --csv | sed -n "s/^[0-9]*,total,l2_reflected,$1,//p"
}
