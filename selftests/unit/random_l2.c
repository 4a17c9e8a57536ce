// SPDX-License-Identifier: GPL-2.0-only
/* What L2 does, made from a source of numbers. */
#include "broken.h"
#include "duo.h"
#include "model_ept.h"
#include "random_l2.h"
#include "ram.h"
#include "source.h"

static u32 random_event(void)
{
	u32 info = (u32)source_next() & 0xbff;

	return source_once_in(3) ? info | INTR_INFO_VALID_MASK : 0;
}

/* Exits that Nestor may answer itself have tests of their own. */
static u32 random_reason(void)
{
	u32 reason = (u32)source_below(NR_EXIT_REASONS);

	switch (reason) {
	case EXIT_REASON_EPT_VIOLATION:
	case EXIT_REASON_SPP_EVENT:
	case EXIT_REASON_VMFUNC:
	case EXIT_REASON_VMREAD:
	case EXIT_REASON_VMWRITE:
	case EXIT_REASON_INVALID_STATE:
	case EXIT_REASON_MSR_LOAD_FAIL:
	case EXIT_REASON_MCE_DURING_VMENTRY:
		return EXIT_REASON_CPUID;
	default:
		return reason;
	}
}

void random_l2_exit(void)
{
	const struct l2_exit exit = {
		.reason = random_reason(),
		.qualification = source_next(),
		.intr_info = random_event(),
		.intr_error = (u32)source_next(),
		.idt_info = random_event(),
		.idt_error = (u32)source_next(),
		.length = (u32)source_below(16),
		.insn_info = (u32)source_next(),
		.gpa = source_next() & GENMASK_ULL(38, 0),
		.linear = source_next(),
	};

	duo_exit(&exit);
	if (source_once_in(4))
		duo_compare_fields();
}

/* A value that the register can have: the entry after an exit of Nestor's own checks it. */
static u64 l2_value(enum field_index field)
{
	u64 value = source_next();

	switch (field) {
	case FI_GUEST_CR4:
		return duo_valid(FI_GUEST_CR4) | (value & (X86_CR4_PGE | X86_CR4_DE | X86_CR4_TSD));
	case FI_GUEST_DR7:
		return (u32)value;
	case FI_GUEST_IA32_DEBUGCTL:
		return value & 3;
	case FI_GUEST_IA32_PAT:
		return value & 0x0404040404040404;
	case FI_GUEST_IA32_PKRS:
		return (u32)value;
	case FI_GUEST_S_CET:
		return value & 0x7ffffffff43f;
	case FI_GUEST_SSP:
		return value & 0x7ffffffffffc;
	case FI_GUEST_INTR_SSP_TABLE:
		return value & 0x7fffffffffff;
	default:
		return value;
	}
}

/* Registers that L2 changes without an exit. */
static void change_of_l2(void)
{
	static const u16 registers[] = {
		FI_GUEST_RIP, FI_GUEST_RSP, FI_GUEST_RFLAGS, FI_GUEST_CS_SELECTOR, FI_GUEST_DS_BASE,
		FI_GUEST_CR3, FI_GUEST_CR4, FI_GUEST_INTERRUPTIBILITY_INFO, FI_GUEST_GDTR_LIMIT,
		FI_GUEST_DR7, FI_GUEST_IA32_DEBUGCTL, FI_GUEST_SYSENTER_EIP, FI_GUEST_LDTR_AR_BYTES,
		FI_GUEST_SS_AR_BYTES, FI_GUEST_ACTIVITY_STATE, FI_GUEST_PENDING_DBG_EXCEPTIONS,
		FI_GUEST_PML_INDEX, FI_GUEST_INTR_STATUS, FI_VMX_PREEMPTION_TIMER_VALUE,
		FI_GUEST_IA32_PAT, FI_GUEST_BNDCFGS, FI_GUEST_S_CET, FI_GUEST_SSP,
		FI_GUEST_INTR_SSP_TABLE, FI_GUEST_IA32_PKRS,
	};
	enum field_index field = (enum field_index)registers[source_below(ARRAY_SIZE(registers))];

	duo_set_l2(field, l2_value(field));
}

void random_l2_fill_ept12(void)
{
	static const u64 entries[] = {
		0, VMX_EPT_RWX_MASK, 1, 2, 5, VMX_EPT_RWX_MASK | VMX_EPT_ACCESS_BIT,
		VMX_EPT_RWX_MASK | VMX_EPT_ACCESS_BIT | VMX_EPT_DIRTY_BIT,
	};
	unsigned int level, i;

	for (level = 0; level < 4; level++) {
		for (i = 0; i < 4; i++) {
			u64 entry = entries[level < 3 && i ? 5 : source_below(ARRAY_SIZE(entries))];

			entry |= level < 3 ? EPT_TABLE(level + 1) :
					     RAM_ABOVE | i << 12 | (u64)MEM_TYPE_WB << 3;
			ram_set64(EPT_TABLE(level) + i * 8, entry);
		}
	}
	model_ept_begin();
}

static bool runs_on_ept12(void)
{
	const u64 *f = bare.current->field;
	const u32 other = SECONDARY_EXEC_EPT_VIOLATION_VE | SECONDARY_EXEC_MODE_BASED_EPT_EXEC;

	return (f[FI_CPU_BASED_VM_EXEC_CONTROL] & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS) &&
	       (f[FI_SECONDARY_VM_EXEC_CONTROL] & SECONDARY_EXEC_ENABLE_EPT) &&
	       !(f[FI_SECONDARY_VM_EXEC_CONTROL] & other) &&
	       (f[FI_EPT_POINTER] & GENMASK_ULL(51, 12)) == L1_TABLES;
}

/* Events that the access may be a part of the delivery of. */
static void random_delivery(struct l2_exit *exit)
{
	static const u32 events[] = {
		0, 0, 0, INTR_INFO_VALID_MASK | 0x31, INTR_INFO_VALID_MASK | 0x300 | UD_VECTOR,
		INTR_INFO_VALID_MASK | 0x300 | INTR_INFO_DELIVER_CODE_MASK | GP_VECTOR,
		INTR_INFO_VALID_MASK | INTR_TYPE_SOFT_INTR | 0x80,
	};

	*exit = (struct l2_exit){
		.idt_info = events[source_below(ARRAY_SIZE(events))],
		.idt_error = (u32)source_below(256),
		.length = (u32)source_below(15) + 1,
		.linear = source_next(),
	};
}

/* L2 accesses memory: Nestor's affair where EPT12 allows it, L1's where not. */
static void access_of_l2(void)
{
	static const u8 accesses[] = { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH, 3 };
	u64 gpa = source_below(4) << 39 | source_below(4) << 30 | source_below(4) << 21 |
		  source_below(4) << 12;
	unsigned int access = accesses[source_below(ARRAY_SIZE(accesses))];
	struct ept_outcome n, b;
	struct l2_exit exit;
	u64 at;

	if (!runs_on_ept12())
		return;
	duo_set_l2(FI_GUEST_PENDING_DBG_EXCEPTIONS, 0);
	random_delivery(&l2_access_exit);
	pml12.on = bare.current->field[FI_SECONDARY_VM_EXEC_CONTROL] & SECONDARY_EXEC_ENABLE_PML;
	pml12.address = bare.current->field[FI_PML_ADDRESS];
	spp12.on = bare.current->field[FI_SECONDARY_VM_EXEC_CONTROL] & SECONDARY_EXEC_SPP;
	spp12.table = bare.current->field[FI_SPP_TABLE_POINTER];
	pml12.index = (u16)bare.l2[FI_GUEST_PML_INDEX];
	b = model_ept12(bare.current->field[FI_EPT_POINTER], false, gpa, access, false);
	l2_access(gpa, access, false, &n);
	exit = l2_access_exit;
	if (n.result != b.result)
		broken("access %u to %#llx: %d, bare: %d", access, gpa, n.result, b.result);
	at = model_ept_differs(&b);
	if (at)
		broken("access %u to %#llx: the entry at %#llx is %#llx", access, gpa, at,
		       ram_get64(at));
	if (model_pml_differs())
		broken("access %u to %#llx: %#llx is not in the log", access, gpa, pml12.gpa);
	bare_set_l2(FI_GUEST_PML_INDEX, pml12.index);
	if (b.result == EPT_OK)
		return;
	exit.reason = b.result == EPT_VIOLATION ? EXIT_REASON_EPT_VIOLATION :
		      b.result == EPT_LOG_FULL	? EXIT_REASON_PML_FULL :
		      b.result == EPT_SPP_EVENT ? EXIT_REASON_SPP_EVENT :
						  EXIT_REASON_EPT_MISCONFIG;
	exit.qualification = b.result == EPT_VIOLATION ? b.qualification | 0x180 :
			     b.result == EPT_SPP_EVENT ? b.qualification : 0;
	exit.gpa = gpa;
	duo_exited(&exit);
}

void random_l2_step(void)
{
	if (source_once_in(3))
		random_l2_exit();
	else if (source_once_in(2))
		access_of_l2();
	else
		change_of_l2();
}
