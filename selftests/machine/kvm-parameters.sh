# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
#
# Tests of the VM source this after tap.sh and machine.sh, and have the programs of selftests/kvm. It
# loads kvm_intel with parameters that make it use VMX in other ways, without and with Nestor.

rounds=/tmp/kvm-parameters

# in_force NAME=VALUE...: does kvm_intel have these parameters?
in_force() {
	for word; do
		now=$(tr YN 10 <"/sys/module/kvm_intel/parameters/${word%=*}")
		[ "$now" = "${word#*=}" ] || { echo "${word%=*} is $now"; return 1; }
	done
}

# all_rounds WHERE: run the small guests with every line of parameters; WHERE/NUMBER keeps what they saw.
all_rounds() {
	mkdir -p $rounds/"$1"
	number=0
	while read -r parameters; do
		number=$((number + 1))
		# shellcheck disable=SC2086 # words
		{
			modprobe kvm_intel $parameters && in_force $parameters && /add/kvm/tinyvmm
			echo "status $?"
			rmmod kvm_intel && rmmod kvm
		} >$rounds/"$1"/$number 2>&1
	done <$rounds/list
}

judge_rounds() {
	number=0
	while read -r parameters; do
		number=$((number + 1))
		passed=$(grep -c '^ok' $rounds/bare/$number)
		cmp -s $rounds/bare/$number $rounds/nested/$number && [ "$passed" -gt 25 ]
		status=$?
		[ $status -eq 0 ] || note "$(diff $rounds/bare/$number $rounds/nested/$number)"
		result $status "'$parameters': $passed guests pass, bare and above Nestor alike"
	done <$rounds/list
}

# compare_parameters: a whole test. Standard input has a line of parameters for each round.
compare_parameters() {
	mkdir -p $rounds
	cat >$rounds/list
	plan $(($(wc -l <$rounds/list) + 4))
	all_rounds bare
	fresh_log
	modprobe nestor || return
	all_rounds nested
	judge_rounds
	is "VM entries went through Nestor" "$(($(counter entries) > 10000))" 1
	is "nothing happened that must not" "$(counter bugs)" 0
	check "nestor disable" nestor disable
	rmmod nestor
	is_quiet
}
