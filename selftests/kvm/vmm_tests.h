/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The tests that tinyvmm runs, by the file they are in.
 */
#ifndef NESTOR_SELFTESTS_VMM_TESTS_H
#define NESTOR_SELFTESTS_VMM_TESTS_H

/* vmm_exits.c: instructions that leave the guest. */
void test_cpuid_loop(void);
void test_vmcall_loop(void);
void test_pio(void);
void test_pio_string(void);
void test_mmio(void);
void test_hlt_exit(void);
void test_hlt_wake(void);
void test_msr_tsc(void);
void test_msr_efer(void);
void test_msr_sysenter(void);
void test_msr_unknown(void);

/* vmm_memory.c: what the guest sees as memory. */
void test_touch_pages(void);
void test_page_tables(void);
void test_dirty_log(void);
void test_readonly_slot(void);
void test_remap_discarded(void);
void test_remap_replaced(void);
void test_remap_moved_slot(void);
void test_smp_lock(void);

/* vmm_events.c: exceptions, interrupts, faults and debugging. */
void test_ud2_handled(void);
void test_inject_gp(void);
void test_triple_fault(void);
void test_entry_failure(void);
void test_interrupt(void);
void test_nmi(void);
void test_spin_interrupts_on(void);
void test_spin_interrupts_off(void);
void test_single_step(void);
void test_hardware_breakpoint(void);

/* vmm_modes.c: processor modes and the state that lives over exits. */
void test_real_mode(void);
void test_mode_switch(void);
void test_registers64(void);
void test_fpu(void);

#endif
