# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables are vmrun's
#
# The QEMU back end: KVM where /dev/kvm gives its guests VMX. Elsewhere QEMU emulates a machine
# without VMX, which is good for seeing Nestor refuse.

: "${emulator:=qemu-system-x86_64}"

backend_check() {
	local why

	[[ ! $trace ]] || die "--trace: only the bochs back end can"
	need "$emulator"
	if why=$("$VM_BUILD/kvmprobe"); then
		accel=kvm
		: "${cpu_model:=host}"
	else
		say "vmrun: no VMX from /dev/kvm ($why): QEMU emulates a machine without VMX"
		accel=tcg
		: "${cpu_model:=max}"
	fi
}

backend_prepare() {
	local archives=("$work/iso/base" "$work/iso/run")

	[[ -z $with_qemu ]] || archives+=("$work/iso/qemu")
	cat "${archives[@]}" >"$work/initrd"
	# shellcheck disable=SC2054 # the commas are QEMU's
	emulator_command=("$emulator" -accel "$accel" -cpu "$cpu_model" -smp "$cpus" -m "$mem"
		-nodefaults -no-user-config -display none -monitor none
		-chardev stdio,id=channel,signal=off -device isa-debugcon,iobase=0xe9,chardev=channel
		-serial "file:$work/console" -kernel "$work/iso/vmlinuz" -initrd "$work/initrd"
		-append "$cmdline $append")
	[[ $resets -gt 0 ]] || emulator_command+=(-no-reboot)
	[[ ! $disk ]] || emulator_command+=(-drive "file=$work/disk,format=raw,if=ide")
}
