// SPDX-License-Identifier: GPL-2.0-only
/* What L1 does, made from a source of numbers. */
#include "broken.h"
#include "random_l2.h"
#include "random_vmx.h"
#include "ram.h"
#include "source.h"

#define NR_REGIONS	24

static u32 pool_at_start;

static u64 random_encoding(void)
{
	u64 encoding = field_table[source_below(NR_FIELDS)].encoding;

	if (source_once_in(12))
		return source_next() >> source_below(60);
	return source_once_in(8) ? encoding | 1 : encoding;
}

static u64 random_pointer(void)
{
	switch (source_below(32)) {
	case 0:
		return L1_VMXON;
	case 1:
		return L1_VMCS(source_below(NR_REGIONS)) + 8;
	case 2:
		return source_next();
	case 3:
		return RAM_HIDDEN;
	default:
		return L1_VMCS(source_below(NR_REGIONS));
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

	switch (source_below(8)) {
	case 0:
		value = source_next();
		break;
	case 1:
		value = 0;
		break;
	case 2:
		value = ~0ull;
		break;
	case 3:
		value = source_next() >> source_below(64);
		break;
	default:
		value ^= BIT_ULL(source_below(field_bits(field)));
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
	enum field_index field = (enum field_index)source_below(NR_FIELDS);

	/* Three out of four: the words of controls, which decide about all others. */
	if (source_once_in(2)) {
		static const u16 words[] = {
			FI_PIN_BASED_VM_EXEC_CONTROL, FI_CPU_BASED_VM_EXEC_CONTROL,
			FI_SECONDARY_VM_EXEC_CONTROL, FI_VM_EXIT_CONTROLS,
			FI_VM_ENTRY_CONTROLS, FI_VM_ENTRY_INTR_INFO_FIELD,
		};

		field = (enum field_index)words[source_below(ARRAY_SIZE(words))];
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
	if (source_once_in(3))
		duo_set(FI_VM_EXIT_CONTROLS,
			duo_valid(FI_VM_EXIT_CONTROLS) | VM_EXIT_SAVE_IA32_EFER |
				VM_EXIT_SAVE_IA32_PAT);
	random_break((unsigned int)source_below(4));
}

static bool has_64_bits(void)
{
	return l1_state(FI_GUEST_IA32_EFER) & EFER_LMA;
}

/* In VMX operation CR0.PG is fixed, so L1 cannot leave or enter IA-32e mode. */
static void random_mode(void)
{
	bool long_mode = bare.in_vmx ? has_64_bits() : source_once_in(2);

	if (source_once_in(4))
		l1_set_mode(long_mode ? L1_COMPAT : L1_V8086);
	else
		l1_set_mode(long_mode ? L1_LONG : L1_PROTECTED);
}

static void invalidate(void)
{
	if (source_once_in(2))
		duo_invept(source_below(4),
			   source_once_in(4) ? source_next() : duo_valid(FI_EPT_POINTER));
	else
		duo_invvpid(source_below(5), source_once_in(8) ? source_next() : source_below(4),
			    source_once_in(2) ? source_next() : 0);
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
		field = (enum field_index)source_below(NR_FIELDS);
		if (!processor.has[field] || field_read_only(field))
			continue;
		l1_must(l1_vmwrite(field_table[field].encoding,
				   source_once_in(2) ? RAM_HIDDEN - 0x1000 * source_below(4) :
						       source_next()));
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
		duo_vmwrite(encoding, source_next() & 0xffff);
}

/* A value that each of the three can have, or a new IA32_PKRS */
static void change_kept(void)
{
	if (hw_has_pkrs() && source_once_in(4))
		processor.pkrs = (u32)source_next();
	else if (hw_has_cet())
		processor.cet[source_below(NR_CET)] = source_next() & 0x7ffff03c;
}

static void step_of_l1(void)
{
	come_to_itself();
	switch (source_below(25)) {
	case 24:
		change_kept();
		break;
	case 0:
		duo_pointer(EXIT_REASON_VMXON, source_once_in(4) ? random_pointer() : L1_VMXON);
		break;
	case 1:
		if (source_once_in(8))
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
		duo_enter(source_once_in(2) ? EXIT_REASON_VMLAUNCH : EXIT_REASON_VMRESUME);
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

/* Some controls fewer, but none that a machine must have before Nestor takes it over. */
static u32 fewer(u32 allowed1, u32 allowed0, u32 needed)
{
	return (allowed1 & ~(1u << source_below(32)) & ~(1u << source_below(32))) | allowed0 |
	       needed;
}

static void random_caps(struct vmx_caps *caps)
{
	/* SDM "Default Settings": what is 1 by default can always be 1. */
	const u32 exit = VM_EXIT_ALWAYSON_WITHOUT_TRUE_MSR | VM_EXIT_HOST_ADDR_SPACE_SIZE |
			 VM_EXIT_SAVE_IA32_EFER | VM_EXIT_LOAD_IA32_EFER | VM_EXIT_SAVE_IA32_PAT |
			 VM_EXIT_LOAD_IA32_PAT;
	const u32 entry = VM_ENTRY_ALWAYSON_WITHOUT_TRUE_MSR | VM_ENTRY_IA32E_MODE |
			  VM_ENTRY_LOAD_IA32_EFER | VM_ENTRY_LOAD_IA32_PAT;

	if (source_once_in(2))
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
	/* CET has both or none, and so has PKRS. */
	if (!(caps->exit.allowed1 & VM_EXIT_LOAD_CET_STATE) ||
	    !(caps->entry.allowed1 & VM_ENTRY_LOAD_CET_STATE)) {
		caps->exit.allowed1 &= ~VM_EXIT_LOAD_CET_STATE;
		caps->entry.allowed1 &= ~VM_ENTRY_LOAD_CET_STATE;
	}
	if (!(caps->exit.allowed1 & VM_EXIT_LOAD_IA32_PKRS) ||
	    !(caps->entry.allowed1 & VM_ENTRY_LOAD_IA32_PKRS)) {
		caps->exit.allowed1 &= ~VM_EXIT_LOAD_IA32_PKRS;
		caps->entry.allowed1 &= ~VM_ENTRY_LOAD_IA32_PKRS;
	}
	caps->misc ^= BIT_ULL(source_below(2) ? 29 : 30);
	caps->ept_vpid &= ~(BIT_ULL(source_below(2) ? 0 : 21) | BIT_ULL(17));
	if (source_once_in(4))
		caps->basic |= VMX_BASIC_32BIT_PHYS_ADDR_ONLY;
}

void random_vmx_begin(enum processor_model model, u64 (*source)(void))
{
	source_begin(source);
	duo_start(model, random_caps);
	pool_at_start = nested.pool.left;
	random_l2_fill_ept12();
	duo_setup(0);
}

void random_vmx_step(void)
{
	if (nested.in_l2)
		random_l2_step();
	else
		step_of_l1();
}

void random_vmx_end(void)
{
	if (nested.in_l2)
		random_l2_exit();
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
