# SPDX-License-Identifier: GPL-2.0-only
# Completion of nestor(8) for bash.

_nestor_words() {
	mapfile -t COMPREPLY < <(compgen -W "$1" -- "${COMP_WORDS[COMP_CWORD]}")
}

_nestor_cpus() {
	local cpu

	for cpu in /sys/devices/system/cpu/cpu[0-9]*; do
		echo "${cpu##*/cpu}"
	done
}

# Needs root: without it there is nothing to choose from.
_nestor_addresses() {
	nestor vmcs list 2>/dev/null | awk '/^0x/ { print $1 }' | sort -u
}

_nestor_decode() {
	case $COMP_CWORD in
	2) _nestor_words "reason error field check pin proc proc2 proc3 exit exit2 entry insn qualification" ;;
	*) _nestor_words "--reason --qualification --json --help" ;;
	esac
}

_nestor_vmcs() {
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	show) _nestor_words "$(_nestor_addresses)" ;;
	vmcs) _nestor_words "list show --cpu --json --help" ;;
	*) _nestor_words "--cpu --json --help" ;;
	esac
}

_nestor() {
	COMPREPLY=()
	if [[ $COMP_CWORD -eq 1 ]]; then
		_nestor_words "status check enable disable stat vmcs caps trace decode --help --version"
		return
	fi
	case ${COMP_WORDS[COMP_CWORD - 1]} in
	-c | --cpu)
		_nestor_words "$(_nestor_cpus)"
		return
		;;
	esac
	case ${COMP_WORDS[1]} in
	status | check) _nestor_words "--json --help" ;;
	enable | disable) _nestor_words "--help" ;;
	stat) _nestor_words "--cpu --watch --count --json --csv --prometheus --help" ;;
	trace) _nestor_words "--count --json --help" ;;
	vmcs) _nestor_vmcs ;;
	caps) _nestor_words "--diff --bits --cpu --verbose --json --help" ;;
	decode) _nestor_decode ;;
	esac
}

complete -F _nestor nestor
