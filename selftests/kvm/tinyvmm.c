// SPDX-License-Identifier: GPL-2.0-only
/*
 * tinyvmm: a small VMM on /dev/kvm whose guests each exercise one thing that KVM asks of VMX.
 *
 *	tinyvmm			run all tests
 *	tinyvmm -l		list them
 *	tinyvmm NAME...		run some
 *
 * What it prints depends only on what the guests observed, so that a run on the bare machine and a
 * run above a hypervisor can be compared line by line.
 */
#include "vm.h"
#include "vmm_tests.h"

static const struct tap_test tests[] = {
	{ "cpuid-loop", test_cpuid_loop },
	{ "vmcall-loop", test_vmcall_loop },
	{ "pio", test_pio },
	{ "pio-string", test_pio_string },
	{ "mmio", test_mmio },
	{ "hlt-exit", test_hlt_exit },
	{ "hlt-wake", test_hlt_wake },
	{ "msr-tsc", test_msr_tsc },
	{ "msr-efer", test_msr_efer },
	{ "msr-sysenter", test_msr_sysenter },
	{ "msr-unknown", test_msr_unknown },
	{ "touch-pages", test_touch_pages },
	{ "page-tables", test_page_tables },
	{ "dirty-log", test_dirty_log },
	{ "readonly-slot", test_readonly_slot },
	{ "remap-discarded", test_remap_discarded },
	{ "remap-replaced", test_remap_replaced },
	{ "remap-moved-slot", test_remap_moved_slot },
	{ "smp-lock", test_smp_lock },
	{ "ud2-handled", test_ud2_handled },
	{ "inject-gp", test_inject_gp },
	{ "triple-fault", test_triple_fault },
	{ "entry-failure", test_entry_failure },
	{ "interrupt", test_interrupt },
	{ "nmi", test_nmi },
	{ "spin-interrupts-on", test_spin_interrupts_on },
	{ "spin-interrupts-off", test_spin_interrupts_off },
	{ "single-step", test_single_step },
	{ "hardware-breakpoint", test_hardware_breakpoint },
	{ "real-mode", test_real_mode },
	{ "mode-switch", test_mode_switch },
	{ "registers64", test_registers64 },
	{ "fpu", test_fpu },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, tests, ARRAY_SIZE(tests), vm_requirement);
}
