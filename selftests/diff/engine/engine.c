// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine: executes the steps that diff has put into the arena, in ring 0, and logs what it sees.
 *
 * A step EXEC (exec.c) runs a few bytes of code with all registers given, and logs how that ended. Everything
 * else prepares that, or brings a machine in any state back to one that Linux can go on with (state.c).
 */
#include "../lhv.h"
#include "apic.h"
#include "engine.h"
#include "exec.h"
#include "frame.h"
#include "header.h"
#include "insn.h"
#include "record.h"
#include "safe.h"
#include "state.h"
#include "tame.h"

#define VM_EXIT_REASON			0x4402
#define VM_EXIT_INSTRUCTION_LEN		0x440c
#define GUEST_RIP			0x681e
#define EXIT_REASON_FAILED_ENTRY	(1ull << 31)

_Static_assert(sizeof(struct lhv_step) == 64, "LHV_MAX_STEPS counts on it");

static const struct lhv_step *steps = (void *)(u64)(LHV_BASE + LHV_STEPS);

static void vmwrite_step(const struct lhv_step *step)
{
	u64 flags = safe_vmwrite(step->x, step->y);

	if (flags & (RFLAGS_CF | RFLAGS_ZF))
		record_put(LHV_K_WRITE_FAILED, flags << 32 | (u32)step->x);
}

static void vmread_step(const struct lhv_step *step)
{
	u64 value = 0, flags = safe_vmread(step->x, &value);

	if (flags & (RFLAGS_CF | RFLAGS_ZF))
		record_put(LHV_K_NO_FIELD, flags << 32 | (u32)step->x);
	else
		record_put(LHV_K_FIELD + (step->x & 0xffff), value);
}

static void cpuid_step(const struct lhv_step *step)
{
	u32 a = step->x, c = step->y, b, d;

	asm volatile("cpuid" : "+a" (a), "=b" (b), "+c" (c), "=d" (d));
	record_put(LHV_K_CPUID_AB, (u64)b << 32 | a);
	record_put(LHV_K_CPUID_CD, (u64)d << 32 | c);
}

/* What a hypervisor does with an instruction that it has emulated. */
static void skip_step(void)
{
	u64 reason = 0, rip = 0, length = 0;

	if (safe_vmread(VM_EXIT_REASON, &reason) & (RFLAGS_CF | RFLAGS_ZF))
		return;
	/* Failed entries, events and violations are no instructions. */
	if (reason & EXIT_REASON_FAILED_ENTRY || reason < 9 || reason == 37 || reason == 41 ||
	    (reason >= 43 && reason <= 45) || reason == 48 || reason == 49 || reason == 52 ||
	    reason == 56 || reason == 62)
		return;
	safe_vmread(VM_EXIT_INSTRUCTION_LEN, &length);
	safe_vmread(GUEST_RIP, &rip);
	safe_vmwrite(GUEST_RIP, rip + length);
}

static int run_step(const struct lhv_step *step)
{
	switch (step->op) {
	case LHV_EXEC:
		return exec_step(step);
	case LHV_REG:
		exec_set_reg(step->arg, step->x);
		return 1;
	case LHV_VMWRITE:
		vmwrite_step(step);
		return 1;
	case LHV_VMREAD:
		vmread_step(step);
		return 1;
	case LHV_POKE:
		copy((void *)(LHV_BASE + step->x), &step->y, step->arg);
		return 1;
	case LHV_PEEK:
		record_put(LHV_K_PEEK, *(u64 *)(LHV_BASE + step->x));
		return 1;
	case LHV_ICR:
		apic_send_to_self(step->y);
		record_changes();
		return 1;
	case LHV_WINDOW:
		asm volatile("sti\n\tnop\n\tnop\n\tcli" ::: "memory");
		record_changes();
		return 1;
	case LHV_CPUID:
		cpuid_step(step);
		return 1;
	case LHV_SKIP:
		skip_step();
		return 1;
	case LHV_TAME:
		tame_entry();
		return 1;
	default:
		return 0;
	}
}

void engine_run(void)
{
	u32 i = 0;

	own_fault_rip = 0;
	running = 0;
	record_begin();
	state_keep();
	apic_stop_timer();
	state_begin();
	/* An interrupt that was signalled to the CPU before TPR held it back is spurious now: take it. */
	apic_drain();
	interrupts = 0;
	state_tell_diff();
	record_expect(header.cr0, header.cr4, header.efer);
	exec_begin();
	while (i < LHV_MAX_STEPS && run_step(&steps[i]))
		record_at(++i);
}
