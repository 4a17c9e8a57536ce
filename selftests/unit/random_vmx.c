// SPDX-License-Identifier: GPL-2.0-only
/* What L1 and L2 do, made from a source of numbers. */
#include "broken.h"
#include "model_ept.h"
#include "random_vmx.h"
#include "ram.h"

#define NR_REGIONS	24

static u64 (*next)(void);
static u32 pool_at_start;

static u64 below(u64 bound)
{
	return next() % bound;
}

static bool once_in(unsigned int n)
{
	return !below(n);
}

static u64 random_encoding(void)
{
	u64 encoding = field_table[below(NR_FIELDS)].encoding;

	if (once_in(12))
		return next() >> below(60);
	return once_in(8) ? encoding | 1 : encoding;
}

static u64 random_pointer(void)
{
	switch (below(32)) {
	case 0:
		return L1_VMXON;
	case 1:
		return L1_VMCS(below(NR_REGIONS)) + 8;
	case 2:
		return next();
	case 3:
		return RAM_HIDDEN;
	default:
		return L1_VMCS(below(NR_REGIONS));
	}
}

/* Addresses that are Nestor's own make a difference that is meant: not here. */
static u64 not_hidden(enum field_index field, u64 value)
{
	if (field_table[field].type == FIELD_TYPE_CONTROL && ram_hidden(value))
		value ^= RAM_HIDDEN;
	return value;
}

static u64 random_value(enum field_index field)
{
	u64 value = duo_valid(field);

	switch (below(8)) {
	case 0:
		value = next();
		break;
	case 1:
		value = 0;
		break;
	case 2:
		value = ~0ull;
		break;
	case 3:
		value = next() >> below(64);
		break;
	default:
		value ^= BIT_ULL(below(field_bits(field)));
	}
	return not_hidden(field, value);
}

/* SDM "VM-Exit Controls for MSRs": only a few entries are sure to be processed. */
static bool is_list(enum field_index field)
{
	return field == FI_VM_EXIT_MSR_STORE_COUNT || field == FI_VM_EXIT_MSR_LOAD_COUNT ||
	       field == FI_VM_ENTRY_MSR_LOAD_COUNT;
}

static void set_random_field(void)
{
	enum field_index field = (enum field_index)below(NR_FIELDS);

	/* Three out of four: the words of controls, which decide about all others. */
	if (once_in(2)) {
		static const u16 words[] = {
			FI_PIN_BASED_VM_EXEC_CONTROL, FI_CPU_BASED_VM_EXEC_CONTROL,
			FI_SECONDARY_VM_EXEC_CONTROL, FI_VM_EXIT_CONTROLS,
			FI_VM_ENTRY_CONTROLS, FI_VM_ENTRY_INTR_INFO_FIELD,
		};

		field = (enum field_index)words[below(ARRAY_SIZE(words))];
	}
	if (processor.has[field] && !field_read_only(field) && !is_list(field))
		duo_set(field, random_value(field));
}

void random_break(unsigned int fields)
{
	while (fields--)
		set_random_field();
}

struct result random_enter(void)
{
	return duo_enter(bare.current && bare.current->launched ? EXIT_REASON_VMRESUME :
								   EXIT_REASON_VMLAUNCH);
}

static void make_valid(void)
{
	if (!bare.current)
		return;
	duo_write_valid();
	if (once_in(3))
		duo_set(FI_VM_EXIT_CONTROLS,
			duo_valid(FI_VM_EXIT_CONTROLS) | VM_EXIT_SAVE_IA32_EFER |
				VM_EXIT_SAVE_IA32_PAT);
	random_break((unsigned int)below(4));
}

static bool has_64_bits(void)
{
	return l1_state(FI_GUEST_IA32_EFER) & EFER_LMA;
}

/* In VMX operation CR0.PG is fixed, so L1 cannot leave or enter IA-32e mode. */
static void random_mode(void)
{
	bool long_mode = bare.in_vmx ? has_64_bits() : once_in(2);

	if (once_in(4))
		l1_set_mode(long_mode ? L1_COMPAT : L1_V8086);
	else
		l1_set_mode(long_mode ? L1_LONG : L1_PROTECTED);
}

static void invalidate(void)
{
	if (once_in(2))
		duo_invept(below(4), once_in(4) ? next() : duo_valid(FI_EPT_POINTER));
	else
		duo_invvpid(below(5), once_in(8) ? next() : below(4), once_in(2) ? next() : 0);
}

/*
 * L1 goes on where VMX instructions and their operands exist: a broken VMCS may have given it page
 * tables or segments that it has no use for. Faults are the subject of other tests.
 */
static void come_to_itself(void)
{
	l1_set_mode(has_64_bits() ? L1_LONG : L1_PROTECTED);
}

/*
 * A VMCS12 of any contents, Nestor's own memory included: there is no bare processor to compare
 * with, but the entry must end somehow, and check_vmcs02() and others look what it did.
 */
void random_contents(unsigned int fields)
{
	const struct l2_exit exit = { .reason = EXIT_REASON_HLT };
	enum field_index field;

	while (fields--) {
		field = (enum field_index)below(NR_FIELDS);
		if (!processor.has[field] || field_read_only(field))
			continue;
		l1_must(l1_vmwrite(field_table[field].encoding,
				   once_in(2) ? RAM_HIDDEN - 0x1000 * below(4) : next()));
	}
	l1_enter(nested.current->launched ? EXIT_REASON_VMRESUME : EXIT_REASON_VMLAUNCH);
	if (nested.in_l2)
		l2_exits(&exit);
	come_to_itself();
}

static void write_any(void)
{
	u64 encoding = random_encoding();
	int field = field_index(encoding);

	if (field < 0 || !is_list((enum field_index)field))
		duo_vmwrite(encoding, next() & 0xffff);
}

/* A value that each of the three can have */
static void change_cet(void)
{
	if (hw_has_cet())
		processor.cet[below(NR_CET)] = next() & 0x7ffff03c;
}

static void step_of_l1(void)
{
	come_to_itself();
	switch (below(25)) {
	case 24:
		change_cet();
		break;
	case 0:
		duo_pointer(EXIT_REASON_VMXON, once_in(4) ? random_pointer() : L1_VMXON);
		break;
	case 1:
		if (once_in(8))
			duo_vmxoff();
		break;
	case 2:
		duo_pointer(EXIT_REASON_VMCLEAR, random_pointer());
		break;
	case 3:
	case 4:
		duo_pointer(EXIT_REASON_VMPTRLD, random_pointer());
		break;
	case 5:
	case 6:
		make_valid();
		break;
	case 7:
		random_mode();
		duo_vmread(random_encoding());
		break;
	case 8:
		invalidate();
		break;
	case 9:
		duo_enter(once_in(2) ? EXIT_REASON_VMLAUNCH : EXIT_REASON_VMRESUME);
		break;
	case 10:
		if (bare.current)
			set_random_field();
		break;
	case 11:
	case 12:
		write_any();
		break;
	case 13:
	case 14:
		duo_vmread(random_encoding());
		break;
	default:
		random_enter();
	}
}

static u32 random_event(void)
{
	u32 info = (u32)next() & 0xbff;

	return once_in(3) ? info | INTR_INFO_VALID_MASK : 0;
}

/* Exits that Nestor may answer itself have tests of their own. */
static u32 random_reason(void)
{
	u32 reason = (u32)below(NR_BASIC_REASONS);

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

static void exit_of_l2(void)
{
	const struct l2_exit exit = {
		.reason = random_reason(),
		.qualification = next(),
		.intr_info = random_event(),
		.intr_error = (u32)next(),
		.idt_info = random_event(),
		.idt_error = (u32)next(),
		.length = (u32)below(16),
		.insn_info = (u32)next(),
		.gpa = next() & GENMASK_ULL(38, 0),
		.linear = next(),
	};

	duo_exit(&exit);
	if (once_in(4))
		duo_compare_fields();
}

/* A value that the register can have: the entry behind an exit of Nestor's own checks it. */
static u64 l2_value(enum field_index field)
{
	u64 value = next();

	switch (field) {
	case FI_GUEST_CR4:
		return duo_valid(FI_GUEST_CR4) | (value & (X86_CR4_PGE | X86_CR4_DE | X86_CR4_TSD));
	case FI_GUEST_DR7:
		return (u32)value;
	case FI_GUEST_IA32_DEBUGCTL:
		return value & 3;
	case FI_GUEST_IA32_PAT:
		return value & 0x0404040404040404;
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
	enum field_index field = (enum field_index)registers[below(ARRAY_SIZE(registers))];

	duo_set_l2(field, l2_value(field));
}

/* EPT12 with a bit of everything. */
static void fill_ept12(void)
{
	static const u64 entries[] = {
		0, VMX_EPT_RWX_MASK, 1, 2, 5, VMX_EPT_RWX_MASK | VMX_EPT_ACCESS_BIT,
		VMX_EPT_RWX_MASK | VMX_EPT_ACCESS_BIT | VMX_EPT_DIRTY_BIT,
	};
	unsigned int level, i;

	for (level = 0; level < 4; level++) {
		for (i = 0; i < 4; i++) {
			u64 entry = entries[level < 3 && i ? 5 : below(ARRAY_SIZE(entries))];

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
		.idt_info = events[below(ARRAY_SIZE(events))],
		.idt_error = (u32)below(256),
		.length = (u32)below(15) + 1,
		.linear = next(),
	};
}

/* L2 accesses memory: Nestor's affair where EPT12 allows it, L1's where not. */
static void access_of_l2(void)
{
	static const u8 accesses[] = { ACCESS_READ, ACCESS_WRITE, ACCESS_FETCH, 3 };
	u64 gpa = below(4) << 39 | below(4) << 30 | below(4) << 21 | below(4) << 12;
	unsigned int access = accesses[below(ARRAY_SIZE(accesses))];
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

static void step_of_l2(void)
{
	if (once_in(3))
		exit_of_l2();
	else if (once_in(2))
		access_of_l2();
	else
		change_of_l2();
}

/* Some controls fewer, but none that a machine must have before Nestor takes it over. */
static u32 fewer(u32 allowed1, u32 allowed0, u32 needed)
{
	return (allowed1 & ~(1u << below(32)) & ~(1u << below(32))) | allowed0 | needed;
}

static void random_caps(struct vmx_caps *caps)
{
	/* SDM "Default Settings": what is 1 by default can always be 1. */
	const u32 exit = VM_EXIT_ALWAYSON_WITHOUT_TRUE_MSR | VM_EXIT_HOST_ADDR_SPACE_SIZE |
			 VM_EXIT_SAVE_IA32_EFER | VM_EXIT_LOAD_IA32_EFER | VM_EXIT_SAVE_IA32_PAT | VM_EXIT_LOAD_IA32_PAT;
	const u32 entry = VM_ENTRY_ALWAYSON_WITHOUT_TRUE_MSR | VM_ENTRY_IA32E_MODE |
			  VM_ENTRY_LOAD_IA32_EFER | VM_ENTRY_LOAD_IA32_PAT;

	if (once_in(2))
		return;
	caps->pin.allowed1 = fewer(caps->pin.allowed1, caps->pin.allowed0,
				   PIN_BASED_ALWAYSON_WITHOUT_TRUE_MSR);
	caps->proc.allowed1 =
		fewer(caps->proc.allowed1, caps->proc.allowed0,
		      CPU_BASED_ALWAYSON_WITHOUT_TRUE_MSR | CPU_BASED_USE_MSR_BITMAPS |
			      CPU_BASED_ACTIVATE_SECONDARY_CONTROLS);
	caps->proc2.allowed1 =
		fewer(caps->proc2.allowed1, caps->proc2.allowed0,
		      SECONDARY_EXEC_ENABLE_EPT | SECONDARY_EXEC_UNRESTRICTED_GUEST);
	caps->exit.allowed1 = fewer(caps->exit.allowed1, caps->exit.allowed0, exit);
	caps->entry.allowed1 = fewer(caps->entry.allowed1, caps->entry.allowed0, entry);
	/* CET has both or none. */
	if (!(caps->exit.allowed1 & VM_EXIT_LOAD_CET_STATE) ||
	    !(caps->entry.allowed1 & VM_ENTRY_LOAD_CET_STATE)) {
		caps->exit.allowed1 &= ~VM_EXIT_LOAD_CET_STATE;
		caps->entry.allowed1 &= ~VM_ENTRY_LOAD_CET_STATE;
	}
	caps->misc ^= BIT_ULL(below(2) ? 29 : 30);
	caps->ept_vpid &= ~(BIT_ULL(below(2) ? 0 : 21) | BIT_ULL(17));
	if (once_in(4))
		caps->basic |= VMX_BASIC_32BIT_PHYS_ADDR_ONLY;
}

void random_vmx_begin(enum processor_model model, u64 (*source)(void))
{
	next = source;
	duo_start(model, random_caps);
	pool_at_start = nested.pool.left;
	fill_ept12();
	duo_setup(0);
}

void random_vmx_step(void)
{
	if (nested.in_l2)
		step_of_l2();
	else
		step_of_l1();
}

void random_vmx_end(void)
{
	if (nested.in_l2)
		exit_of_l2();
	come_to_itself();
	if (bare.current)
		duo_compare_fields();
	duo_vmxoff();
	check_ept02();
	nested_exit(&nested);
	if (nested.pool.left != pool_at_start)
		broken("%u pages of the pool are lost", pool_at_start - nested.pool.left);
	if (shared.stats.bugs)
		broken("%llu bugs were counted", shared.stats.bugs);
}
