# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # the variables are vmrun's
#
# The Bochs back end: full VMX in software, on any host.

: "${emulator:=$(default_emulator)}" "${cpu_model:=broadwell_ult}"

# Bochs ends with a status of its own after its help.
bochs_help() {
	"$emulator" --help "$@" 2>&1 || :
}

backend_check() {
	local tool

	# The preload library is told what to do besides its usual work.
	firmware=
	if [[ $cpu_model == *+vmx-locked ]]; then
		firmware=vmx-locked
		cpu_model=${cpu_model%+*}
	fi
	# One that was fetched has its firmware beside it.
	bios=${emulator%/*}/root/usr/share/bochs/BIOS-bochs-latest
	[[ -e $bios ]] || bios=/usr/share/bochs/BIOS-bochs-latest
	for tool in "$emulator" xorriso /usr/lib/ISOLINUX/isolinux.bin \
		/usr/lib/syslinux/modules/bios/ldlinux.c32 "$bios" /usr/share/vgabios/vgabios.bin; do
		need "$tool"
	done
	[[ $mem -le 2048 ]] || die "--mem: Bochs has no machine of more than 2048 MiB"
	bochs_help cpu | grep -x -e "$cpu_model" >/dev/null ||
		die "--cpu-model: $emulator has no '$cpu_model' ($emulator --help cpu lists them)"
}

# machine_quirks: print words for the kernel's command line that make up for faults of the machine.
machine_quirks() {
	# A CPU that waits by MWAIT comes back very late on this emulator.
	[[ $cpus -eq 1 ]] || echo idle=halt
	case $cpu_model in
	corei7_skylake_x)
		# CPUID claims a 3.5 GHz TSC, and a wrong size of the compacted XSAVE area.
		echo tsc_early_khz=100000 clearcpuid=xsaves,xsavec
		;;
	corei7_icelake_u | tigerlake)
		# It claims the same TSC; for XSAVE, CPUID has no leaf for PKRU, and wrong sizes. IA32_MISC_ENABLE
		# says that fast strings are off, for which Linux forgets ERMS but not FSRM: its
		# memmove() then runs short copies through the loop for long ones, over all memory.
		echo tsc_early_khz=100000 noxsave clearcpuid=fsrm
		;;
	sapphire_rapids)
		# The same, and AMX without extended feature disable, for which 6.1 stops.
		echo tsc_early_khz=100000 clearcpuid=fsrm,amx_tile
		;;
	arrow_lake | wildcat_lake)
		echo tsc_early_khz=100000 clearcpuid=fsrm
		;;
	esac
}

# A build without sound does not know its option.
has_sound() {
	bochs_help features | grep -x -e sb16 -e es1370 >/dev/null
}

write_bochsrc() {
	cat <<-END
	config_interface: textconfig
	display_library: rfb, options="timeout=0"
	cpu: model=$cpu_model, count=$cpus, quantum=16, ips=100000000, reset_on_triple_fault=0, ignore_bad_msrs=1
	memory: guest=$mem, host=$mem
	romimage: file=$bios
	vgaromimage: file=/usr/share/vgabios/vgabios.bin
	ata0-master: type=cdrom, path=$work/boot.iso, status=inserted
	${disk:+ata0-slave: type=disk, mode=flat, path=$work/disk, cylinders=0}
	boot: cdrom
	com1: enabled=1, mode=file, dev=$work/console
	port_e9_hack: enabled=1
	log: /dev/stderr
	clock: sync=none, time0=1700000000
	speaker: enabled=0
	$(has_sound && echo sound: waveoutdrv=dummy, waveindrv=dummy, midioutdrv=dummy)
	info: action=ignore, pc_system=report
	error: action=ignore
	debug: action=ignore
	panic: action=fatal
	${trace:+magic_break: enabled=1}
	END
}

make_iso() {
	cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$work/iso/"
	cat >"$work/iso/isolinux.cfg" <<-END
	DEFAULT l
	LABEL l
	 KERNEL /vmlinuz
	 INITRD /base,/run${with_qemu:+,/qemu}
	 APPEND $cmdline $(machine_quirks | xargs) $append
	END
	xorriso -as mkisofs -quiet -f -o "$work/boot.iso" -b isolinux.bin -c boot.cat \
		-no-emul-boot -boot-load-size 4 -boot-info-table "$work/iso" 2>"$work/xorriso.log" ||
		{ cat "$work/xorriso.log" >&2; die "xorriso cannot make the boot CD"; }
}

# XCHG BX,BX stops in the debugger, which turns tracing on and off in turn.
debugger_commands() {
	echo c
	[[ ! $trace ]] || printf 'trace %s\nc\n' {,,,,,,,,,,,,,,,}{on,off}
}

backend_prepare() {
	local options

	make_iso
	write_bochsrc >"$work/bochsrc"
	emulator_command=(env "LD_PRELOAD=$VM_BUILD/bochs_preload.so" "BOCHS_FIRMWARE=$firmware"
		"$emulator" -q -f "$work/bochsrc")
	# A build with the debugger waits for a command before it runs the machine; from 3.0 on only if it is
	# told to start the debugger.
	options=$(bochs_help)
	if [[ $options == *" -rc "* ]]; then
		debugger_commands >"$work/rc"
		emulator_command+=(-rc "$work/rc")
	elif [[ $trace ]]; then
		die "--trace: $emulator has no debugger"
	fi
	[[ ! $trace || $options != *" -debugger "* ]] || emulator_command+=(-debugger)
}
