# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Tests of a machine that suspends, reboots or crashes source this after machine.sh. A case is what such
# a machine has loaded, in this order, and what it does at that moment, joined by "+":
#
#	bare		kvm_intel
#	nestor		Nestor
#	nestor-first	Nestor, kvm_intel
#	kvm-first	kvm_intel, Nestor
#	..+guest	and a guest runs
#
# The word LIFE= on the kernel's line has cases, with "/" between them.

# nth N: print the Nth case of LIFE=, nothing if there are not so many.
nth() {
	word LIFE '' | awk -F/ -v n="$1" '{ print $n }'
}

# is_case WORD: the case has this word.
is_case() {
	case +$case+ in
	*+$1+*) return 0 ;;
	esac
	return 1
}

# every_cpu_is_in: so it must be wherever Nestor is loaded.
every_cpu_is_in() {
	is_case bare || nestor status | grep -qE "^nestor [0-9.]+: enabled on $(nproc) of $(nproc) CPUs\$"
}

# arrive CASE: load that, and start the guest.
arrive() {
	case=$1
	! is_case bare || modprobe kvm_intel || return
	! is_case kvm-first || modprobe kvm_intel || return
	is_case bare || modprobe nestor || return
	! is_case nestor-first || modprobe kvm_intel || return
	! is_case guest || start /add/machine/steady || return
	every_cpu_is_in
}

# goes_on: it is all there still, the guest comes to its end, and root mode met no fault of its own.
goes_on() {
	every_cpu_is_in || return
	! is_case guest || stop || return
	is_case bare || [ "$(counter bugs)" = 0 ]
}

# leave: unload it. Without a word if it was not loaded.
leave() {
	! grep -q '^kvm_intel ' /proc/modules || rmmod kvm_intel || return
	! grep -q '^nestor ' /proc/modules || { nestor disable && rmmod nestor; }
}

# disk_is_there: load the drivers of the disk and wait for it.
disk_is_there() {
	modprobe ata_piix && modprobe sd_mod || return
	until [ -e /dev/sda ]; do
		usleep 10000
	done
}

# next_line WORD...: the line for the next kernel.
next_line() {
	echo "$(tr ' ' '\n' </proc/cmdline | grep -vE '^(BOOT_IMAGE|initrd|crashkernel|phase)=' | xargs) $*"
}

# file_system FIND-WORDS...: make an initramfs of what this machine has.
file_system() {
	(cd / && find . -xdev "$@" | cpio -o -H newc) >/dev/shm/initrd 2>/dev/null
}

# load_next WORD...: let `kexec go` start this kernel again, with these words on its line.
load_next() {
	file_system ! -path './tmp/*'
	/add/machine/kexec load /boot/vmlinuz /dev/shm/initrd "$(next_line "$@")"
}

# load_crash WORD...: let a panic start this kernel. Only what its tests need: each MiB is hashed twice.
load_crash() {
	file_system ! -path './boot/*' ! -path './tmp/*' ! -path './lib*/*' ! -path './add/*' \
		! -path ./bin/nestor
	(cd / && echo "./add/machine
./add/machine/vmcore
./add/machine/machine.sh
./add/machine/life.sh" | cpio -o -H newc) >>/dev/shm/initrd 2>/dev/null
	/add/machine/kexec crash /boot/vmlinuz /dev/shm/initrd "$(next_line nr_cpus=1 "$@")"
}

# second_life: after a boot that a machine under Nestor caused: all of its memory is memory, Nestor takes
# the machine over, and guests run. Five results.
second_life() {
	check "all memory is memory" /add/machine/fill
	arrive nestor-first+guest
	result $? "Nestor takes it over, a guest runs"
	goes_on
	result $? "the guest ends well"
	check "it goes" leave
	is_quiet
}
