# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# What the scripts of the test VM share: where things lie, how they speak, which kernel is meant.

VM_DIR=$(cd "${BASH_SOURCE%/*}" && pwd)
TOP=$(cd "$VM_DIR/../.." && pwd)
# shellcheck disable=SC2034 # for the scripts that include this
VM_BUILD=$TOP/build/vm

default_cache() {
	if [[ -w /var/cache/nestor || ( ! -e /var/cache/nestor && -w /var/cache ) ]]; then
		echo /var/cache/nestor
	else
		echo "${XDG_CACHE_HOME:-$HOME/.cache}/nestor"
	fi
}

# depmod and modprobe are found by users too.
PATH=$PATH:/usr/sbin:/sbin

# A make that calls these scripts has said nothing to the makes that they call.
unset MAKEFLAGS MFLAGS MAKELEVEL

CACHE=${NESTOR_CACHE:-$(default_cache)}

say() {
	echo "$*" >&2
}

die() {
	say "${0##*/}: $*"
	exit 1
}

# make_top WORDS...: run make at the top of this tree, on every CPU.
make_top() {
	make -C "$TOP" --no-print-directory -j"$(nproc)" "$@"
}

as_root() {
	if [[ $(id -u) -eq 0 ]]; then
		"$@"
	else
		sudo -n "$@"
	fi
}

# fetched_releases: print every release that was fetched whole, the oldest first.
fetched_releases() {
	local dir

	for dir in "$CACHE"/[0-9]*/complete; do
		dir=${dir%/complete}
		[[ ! -d $dir/root/boot ]] || echo "${dir##*/}"
	done | sort -V
}

# tested_kernels: what the two kernels of tests are, the older one first
tested_kernels() {
	local version

	if [[ -n ${KERNELS:-} ]]; then
		echo "$KERNELS"
		return
	fi
	version=$(. /etc/os-release && echo "${VERSION_ID:-}")
	[[ $version == 12 ]] && echo 6.1 6.12 || echo 6.12 newest
}

# fetched_release WHAT: print the newest fetched release that is WHAT or begins with the version WHAT
# ("6.1" means 6.1.x, not 6.12); "older" and "newer" are those of tests. Fails if there is none.
fetched_release() {
	local release found='' what=$1

	case $what in
	older) what=$(tested_kernels | cut -d ' ' -f 1) ;;
	newer) what=$(tested_kernels | cut -d ' ' -f 2) ;;
	esac
	if [[ $what == newest ]]; then
		[[ -e $CACHE/newest/complete ]] && readlink "$CACHE/newest"
		return
	fi
	while read -r release; do
		[[ $release != "$what" && $release != "$what".* ]] || found=$release
	done < <(fetched_releases)
	[[ -n $found ]] && echo "$found"
}

# default_emulator: the newest Bochs there is: one that was fetched, or this machine's
default_emulator() {
	if [[ -x $CACHE/bochs/bochs ]]; then
		echo "$CACHE/bochs/bochs"
	else
		echo bochs-bin
	fi
}

# kernel_version WHAT: the version of a fetched release, as 6.12, or 6.1-debug. Fails if there is none.
kernel_version() {
	local release

	release=$(fetched_release "$1") || die "no kernel '$1' here: run selftests/vm/kernels fetch"
	[[ $release =~ ^[0-9]+\.[0-9]+(-debug$)? ]] && echo "${BASH_REMATCH[0]}"
}
