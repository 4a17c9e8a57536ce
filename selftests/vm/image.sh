# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# The initramfs of the test VM, in two archives that the kernel unpacks one after the other: a base
# per kernel (busybox, kernel modules), which is kept, and what belongs to one run.

# A test may load these modules; modprobe finds what they need.
readonly GUEST_MODULES=(kvm-intel msr cpuid ata_piix sd_mod)

# pack DIR ARCHIVE: make an archive of what is in the directory.
pack() {
	(cd "$1" && find . -mindepth 1 -printf '%P\0' | sort -z |
		cpio --quiet --null -o -H newc -R 0:0) >"$2"
}

# add_libraries STAGE PROGRAM: add the shared libraries of a program where its loader looks for them.
add_libraries() {
	local library

	while read -r library; do
		[[ ! -e $1$library ]] || continue
		mkdir -p "$1${library%/*}"
		cp -L "$library" "$1$library"
	done < <(ldd "$2" 2>/dev/null | grep -o '/\S*')
}

is_elf() {
	[[ $(head -c 4 "$1" | tr -d '\0') == $'\x7fELF' ]]
}

# add_file STAGE SRC DST: add a file with the libraries that it needs, or a whole directory.
add_file() {
	local stage=$1 src=$2 dst=$3 file

	[[ -e $src ]] || die "--add: there is no $src"
	mkdir -p "$stage$(dirname "$dst")"
	if [[ -d $src ]]; then
		mkdir -p "$stage$dst"
		cp -a "$src/." "$stage$dst/"
	else
		cp -L "$src" "$stage$dst"
	fi
	while IFS= read -r -d '' file; do
		! is_elf "$file" || add_libraries "$stage" "$file"
	done < <(find -L "$src" -type f -perm -u+x -print0)
}

# add_module STAGE RELEASE FILE DIR: add a module unpacked and without debug information, which
# halves the time to load it.
add_module() {
	local dir=$1/lib/modules/$2/$4 name=${3##*/}

	mkdir -p "$dir"
	case $name in
	*.xz)
		name=${name%.xz}
		xz -dc "$3" >"$dir/$name"
		;;
	*)
		cp -L "$3" "$dir/$name"
		;;
	esac
	strip --strip-debug -R .BTF -R .BTF_ids "$dir/$name"
}

# module_files ROOT RELEASE MODULE...: print the files of the modules and of all that they depend on.
module_files() {
	local root=$1 release=$2 name

	shift 2
	[[ -e $root/lib/modules/$release/modules.dep ]] || depmod -b "$root" "$release"
	for name; do
		modprobe -d "$root" -S "$release" -D "$name" | sed -n 's/^insmod \(\S*\).*/\1/p'
	done | sort -u
}

add_applets() {
	local applet

	mkdir -p "$1/bin"
	cp /bin/busybox "$1/bin/busybox"
	for applet in $(/bin/busybox --list); do
		[[ $applet == busybox ]] || ln -s busybox "$1/bin/$applet"
	done
}

# base_stage ROOT RELEASE STAGE: fill STAGE with what the base has in it.
base_stage() {
	local root=$1 release=$2 stage=$3 file

	mkdir -p "$stage"/{dev,proc,sys,tmp,run,root,etc,sbin,usr/bin,usr/sbin,add}
	echo root:x:0:0:root:/root:/bin/sh >"$stage/etc/passwd"
	echo root:x:0: >"$stage/etc/group"
	add_applets "$stage"
	while read -r file; do
		add_module "$stage" "$release" "$file" kernel
	done < <(module_files "$root" "$release" "${GUEST_MODULES[@]}")
	cp "$root/lib/modules/$release"/modules.{order,builtin,builtin.modinfo} \
		"$stage/lib/modules/$release/"
	depmod -b "$stage" "$release"
}

# base_image RELEASE: make base/ and base.cpio in the kernel's directory of build/vm, unless they are
# newer than what they are made of; print that directory.
base_image() {
	local release=$1 dir=$VM_BUILD/$1 root=$CACHE/$1/root tmp

	mkdir -p "$dir"
	exec {base_lock}>"$dir/lock"
	flock "$base_lock"
	if [[ ! $dir/base.cpio -nt $VM_DIR/image.sh || ! $dir/base.cpio -nt $CACHE/$1/complete ||
		! $dir/base.cpio -nt /bin/busybox ]]; then
		tmp=$(mktemp -d "$dir/.base.XXXXXX")
		base_stage "$root" "$release" "$tmp"
		rm -rf "$dir/base"
		chmod 755 "$tmp"
		mv "$tmp" "$dir/base"
		pack "$dir/base" "$dir/base.cpio"
	fi
	exec {base_lock}>&-
	echo "$dir"
}

# add_nestor STAGE RELEASE BASE: add the module and the CLI, as far as they have been built.
add_nestor() {
	local stage=$1 release=$2 base=$3 module=$TOP/build/$2/nestor.ko cli

	for cli in "$TOP/build/$release/nestor" "$TOP/build/nestor"; do
		[[ -x $cli && ! -d $cli ]] || continue
		add_file "$stage" "$cli" /bin/nestor
		break
	done
	[[ -e $module ]] || return 0
	mkdir -p "$stage/lib/modules"
	cp -a "$base/lib/modules/$release" "$stage/lib/modules/"
	add_module "$stage" "$release" "$module" extra
	depmod -b "$stage" "$release"
	rm -rf "$stage/lib/modules/$release/kernel"
}

# run_image STAGE RELEASE BASE COMMAND: add what belongs to this run, besides the files of --add.
run_image() {
	local stage=$1

	mkdir -p "$stage/bin" "$stage/vm"
	cp "$VM_DIR/init" "$stage/init"
	cp "$VM_DIR/run-l2" "$VM_BUILD/guestrun" "$stage/bin/"
	chmod 755 "$stage/init" "$stage/bin"/*
	printf '%s\n' "$4" >"$stage/vm/command"
	add_nestor "$stage" "$2" "$3"
}
