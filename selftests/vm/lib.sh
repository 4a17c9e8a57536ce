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

	for dir in "$CACHE"/*/complete; do
		dir=${dir%/complete}
		[[ ! -d $dir/root/boot ]] || echo "${dir##*/}"
	done | sort -V
}

# fetched_release WHAT: print the newest fetched release that is WHAT or begins with the version WHAT
# ("6.1" means 6.1.x, not 6.12). Fails if there is none.
fetched_release() {
	local release found=

	while read -r release; do
		[[ $release != "$1" && $release != "$1".* ]] || found=$release
	done < <(fetched_releases)
	[[ -n $found ]] && echo "$found"
}
