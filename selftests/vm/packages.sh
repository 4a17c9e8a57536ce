# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Debian's packages that are fetched and unpacked, not installed: those of this machine's suites, or of another
# suite, whose lists are kept apart from this machine's, below $CACHE/apt.

# Debian's stable release has a newer emulator than the one before, its backports have the newest kernel.
# shellcheck disable=SC2034 # for the scripts that include this
readonly STABLE=trixie

# mirror: where this machine has Debian's packages from
mirror() {
	local own

	own=$(. /etc/os-release && echo "${VERSION_CODENAME:-}")
	# shellcheck disable=SC2016 # apt knows these
	apt-get indextargets --format '$(REPO_URI) $(CODENAME)' 'Created-By: Packages' |
		awk -v own="$own" '$2 == own { print $1; exit }'
}

# suite_apt SUITE TOOL WORD...: apt-get or apt-cache, which know SUITE and its backports; '' is this machine's apt.
suite_apt() {
	local dir=$CACHE/apt/$1 tool=$2
	local -a own=()

	[[ -z $1 ]] || own=(-o Dir::State::lists="$dir/lists" -o Dir::State::status="$dir/status"
		-o Dir::Cache="$dir/cache" -o Dir::Etc::sourcelist="$dir/sources.list" -o Dir::Etc::sourceparts="$dir/none"
		-o Dir::Etc::preferences="$dir/none/none" -o Dir::Etc::preferencesparts="$dir/none")
	shift 2
	"$tool" -o APT::Sandbox::User=root "${own[@]}" "$@"
}

# suite_refresh SUITE: ask for its lists.
suite_refresh() {
	local dir=$CACHE/apt/$1 from part

	if [[ -z $1 ]]; then
		as_root apt-get update -qq
		return
	fi
	from=$(mirror)
	[[ -n $from ]] || die "apt does not say where this machine has Debian's packages from"
	mkdir -p "$dir/none" "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	for part in "" -backports; do
		echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $from $1$part main"
	done >"$dir/sources.list"
	suite_apt "$1" apt-get update -qq
}

declare -A refreshed=()

# refresh SUITE: lists may be missing or older than the archive. Asks for them once, when they are needed.
refresh() {
	[[ -z ${refreshed[.$1]:-} ]] || return 0
	refreshed[.$1]=1
	say "${0##*/}: refreshing apt's package lists${1:+ of $1}"
	suite_refresh "$1" || die "apt-get update failed: is the network there?"
}

# download SUITE DIR PACKAGE...: once more with fresh lists if the archive has moved on.
download() {
	local suite=$1 dir=$2

	shift 2
	[[ -z $suite || -e $CACHE/apt/$suite/sources.list ]] || refresh "$suite"
	(cd "$dir" && suite_apt "$suite" apt-get download -q "$@" >apt.log 2>&1) && return
	refresh "$suite"
	(cd "$dir" && suite_apt "$suite" apt-get download -q "$@" >apt.log 2>&1) && return
	cat "$dir/apt.log" >&2
	return 1
}

# unpack DIR TO: the packages in DIR; they are gone afterwards.
unpack() {
	local deb

	for deb in "$1"/*.deb; do
		say "${0##*/}: unpacking ${deb##*/}"
		dpkg -x "$deb" "$2"
		rm "$deb"
	done
}
