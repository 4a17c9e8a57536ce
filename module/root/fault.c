// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions in root: a fixup where L1 chose the value that faulted, a report where root is wrong.
 */
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/fields.h"
#include "cpu.h"
#include "fault.h"
#include "machine.h"
#include "machine/shared.h"
#include "nested.h"

struct fixup {
	u64 insn;
	u64 target;
};

/* The last one has no instruction: its target, root_resume in entry.S, is for all other faults. */
extern const struct fixup root_extable_start[], root_extable_last[];

struct fault_frame {
	u64 vector;
	u64 error_code;
	u64 rip;
	u64 cs;
	u64 rflags;
	u64 rsp;
	u64 ss;
};

static u64 read_cr2(void)
{
	u64 value;

	asm volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

void fault_bug(struct cpu *cpu, enum root_bug what, u64 detail)
{
	cpu->shared->stats.bugs++;
	report_event(&cpu->nested, EVENT_BUG, what, detail, 0, 0);
}

/*
 * Root is wrong and cannot go on. Stop the machine in a way that leaves a report: L1 gets a double
 * fault at the place where it was, and its panic message follows the event that names root's
 * instruction.
 */
static void stop_machine(struct cpu *cpu, struct fault_frame *frame)
{
	cpu->shared->stats.bugs++;
	report_event(&cpu->nested, EVENT_ROOT_FAULT, frame->vector, frame->rip, frame->error_code,
		     read_cr2());
	nested_abandon(&cpu->nested);
	m_vmwrite(VM_ENTRY_EXCEPTION_ERROR_CODE, 0);
	m_vmwrite(VM_ENTRY_INTR_INFO_FIELD, DF_VECTOR | INTR_TYPE_HARD_EXCEPTION |
						    INTR_INFO_DELIVER_CODE_MASK |
						    INTR_INFO_VALID_MASK);
	cpu->config.launch = 0;
}

void fault_in_root(struct cpu *cpu, struct fault_frame *frame)
{
	const struct fixup *fixup;

	for (fixup = root_extable_start; fixup < root_extable_last; fixup++) {
		if (fixup->insn == frame->rip) {
			frame->rip = fixup->target;
			return;
		}
	}
	stop_machine(cpu, frame);
	/* Unwind to the registers that were saved at the exit, and enter L1 from there. */
	frame->rip = root_extable_last->target;
	frame->rsp = cpu->config.stack_top - NR_GPRS * sizeof(u64);
}
