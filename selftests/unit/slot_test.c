// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMCSs of L1: any number of them keeps every field, in constant memory; against the bare
 * processor.
 */
#include "vmcs/slot.h"
#include "duo.h"
#include "arch/errors.h"
#include "ram.h"
#include "unit.h"

static u32 pool_at_start;

static void start(enum processor_model model)
{
	duo_start(model, NULL);
	pool_at_start = nested.pool.left;
}

/* An encoding: mostly of a field that exists, sometimes its high half, sometimes any number. */
static u64 random_encoding(void)
{
	u64 encoding;

	if (one_in(20))
		return unit_random() >> unit_random_below(60);
	encoding = field_table[unit_random_below(NR_FIELDS)].encoding;
	if (one_in(8))
		encoding |= 1;
	return encoding;
}

static u64 random_pointer(void)
{
	switch (unit_random_below(24)) {
	case 0:
		return L1_VMXON;
	case 1:
		return L1_VMCS(unit_random_below(64)) + 8;
	case 2:
		return BIT_ULL(processor_caps.maxphyaddr) + L1_VMCS(0);
	case 3:
		return L1_PAGES;	/* no revision identifier there */
	case 4:
		return RAM_HOLE;
	case 5:
		return RAM_HIDDEN;
	default:
		return L1_VMCS(unit_random_below(40));
	}
}

/* VMCLEAR of any valid address succeeds, so only those that are to keep their contents. */
static u64 random_cleared(void)
{
	u64 pointer = random_pointer();

	return pointer == L1_PAGES ? L1_VMCS(1) : pointer;
}

/* A slot keeps its pages from its first VMCS on. */
static u32 pages_of_slots(void)
{
	u32 pages = 0;
	unsigned int i;

	for (i = 0; i < NR_SLOTS; i++) {
		if (nested.slots[i].vmcs02)
			pages += nested.shadowing ? 2 : 1;
	}
	return pages;
}

static void random_step(void)
{
	switch (unit_random_below(32)) {
	case 0:
		duo_pointer(EXIT_REASON_VMXON, L1_VMXON);
		break;
	case 1:
		if (one_in(8))
			duo_vmxoff();
		break;
	case 2:
	case 3:
		duo_pointer(EXIT_REASON_VMCLEAR, random_cleared());
		break;
	case 4:
	case 5:
	case 6:
	case 7:
		duo_pointer(EXIT_REASON_VMPTRLD, random_pointer());
		break;
	case 8:
		/* Errors 4 and 5, and 7 because nothing valid is in it. */
		duo_enter(one_in(2) ? EXIT_REASON_VMLAUNCH : EXIT_REASON_VMRESUME);
		break;
	case 9:
		l1_set_mode(one_in(2) ? L1_PROTECTED : L1_LONG);
		break;
	default:
		if (one_in(3))
			duo_vmread(random_encoding());
		else
			duo_vmwrite(random_encoding(), unit_random());
	}
}

static void random_sequence(enum processor_model model, unsigned int steps)
{
	unsigned int i;

	start(model);
	duo_pointer(EXIT_REASON_VMXON, L1_VMXON);
	for (i = 0; i < steps; i++)
		random_step();
	if (bare.current)
		duo_compare_fields();
	CHECK_EQ(nested.pool.left + pages_of_slots(), pool_at_start);
	CHECK_EQ(shared.stats.bugs, 0);
}

static void random_sequences_on_every_model(void)
{
	unsigned int model, i;

	for (model = 0; model < NR_MODELS; model++) {
		for (i = 0; i < 3; i++)
			random_sequence((enum processor_model)model, 3000);
	}
}

/* Many more than there are slots: each keeps its own value of every field. */
static void many_vmcss_keep_every_field(enum processor_model model, unsigned int nr)
{
	unsigned int i;
	int field;

	start(model);
	for (i = 0; i < nr; i++)
		ram_set32(L1_VMCS(i), VMX_BASIC_REVISION(processor_caps.basic));
	l1_must(duo_pointer(EXIT_REASON_VMXON, L1_VMXON));
	for (i = 0; i < nr; i++) {
		l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(i)));
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(i)));
		for (field = (int)(i % 7); field < NR_FIELDS; field += 7) {
			if (!field_read_only((enum field_index)field))
				duo_set((enum field_index)field, unit_random());
		}
	}
	for (i = 0; i < nr; i++) {
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(i)));
		duo_compare_fields();
	}
	CHECK_EQ(nested.pool.left + pages_of_slots(), pool_at_start);
	CHECK(shared.stats.vmcs_evictions >= nr - NR_SLOTS);
	CHECK_EQ(shared.slots_used, NR_SLOTS);
	for (i = 0; i < nr; i++)
		l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(i)));
	CHECK_EQ(shared.slots_used, 0);
	CHECK_EQ(shared.current_vmcs, VMX_NO_VMCS);
}

static void eighty_vmcss_without_shadowing(void)
{
	many_vmcss_keep_every_field(MODEL_WESTMERE, 80);
}

static void five_hundred_vmcss_with_shadowing(void)
{
	many_vmcss_keep_every_field(MODEL_ALL, L1_MAX_VMCS);
}

/* VMCLEAR writes the region; what VMPTRLD finds there is what was written. */
static void fields_survive_vmclear_and_vmxoff(void)
{
	start(MODEL_BROADWELL);
	duo_setup(0);
	duo_set(FI_GUEST_RIP, 0x123456789abcdef0);
	l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0)));
	CHECK_EQ(duo_vmread(GUEST_RIP).outcome, DONE_FAIL_INVALID);
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	duo_compare_fields();
	l1_must(duo_vmxoff());
	CHECK_EQ(duo_vmread(GUEST_RIP).outcome, DONE_FAULT);
	CHECK_EQ(shared.slots_used, 0);
	CHECK_EQ(shared.stats.vmxoff_active, 1);
	l1_must(duo_pointer(EXIT_REASON_VMXON, L1_VMXON));
	CHECK_EQ(duo_vmread(GUEST_RIP).outcome, DONE_FAIL_INVALID);
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	duo_compare_fields();
}

/* SDM "Format of the VMCS Region": the first eight bytes are software's, the rest the size says. */
static void the_region_is_written_within_its_size(void)
{
	u64 i, size;

	start(MODEL_ALL);
	size = VMX_BASIC_VMCS_SIZE(processor_caps.basic);
	for (i = 4; i < 4096; i += 4)
		ram_set32(L1_VMCS(0) + i, 0xa5a5a5a5);
	duo_pointer(EXIT_REASON_VMXON, L1_VMXON);
	duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0));
	duo_write_valid();
	duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0));
	CHECK_EQ(ram_get32(L1_VMCS(0)), VMX_BASIC_REVISION(processor_caps.basic));
	CHECK_EQ(ram_get32(L1_VMCS(0) + 4), 0xa5a5a5a5);
	for (i = size; i < 4096; i += 4)
		CHECK_EQ(ram_get32(L1_VMCS(0) + i), 0xa5a5a5a5);
}

static void launch_state_survives_eviction(void)
{
	const struct l2_exit hlt = { .reason = EXIT_REASON_HLT };
	unsigned int i;

	start(MODEL_BROADWELL);
	duo_setup(0);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_VMRESUME_NONLAUNCHED_VMCS);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&hlt);
	for (i = 1; i <= NR_SLOTS; i++)
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(i)));
	CHECK(!slot_find(&nested, L1_VMCS(0)));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).error, VMXERR_VMLAUNCH_NONCLEAR_VMCS);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	duo_exit(&hlt);
	l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0)));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_VMRESUME_NONLAUNCHED_VMCS);
}

/* VMCLEAR of a VMCS that was evicted clears its launch state all the same. */
static void vmclear_reaches_what_is_in_no_slot(void)
{
	const struct l2_exit hlt = { .reason = EXIT_REASON_HLT };
	unsigned int i;

	start(MODEL_BROADWELL);
	duo_setup(0);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&hlt);
	for (i = 1; i <= NR_SLOTS; i++)
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(i)));
	l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0)));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_VMRESUME_NONLAUNCHED_VMCS);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
}

/* A VMCS with bit 31 of its revision identifier set can be loaded, and not be entered. */
static void shadow_indicator(void)
{
	start(MODEL_BROADWELL);
	ram_set32(L1_VMCS(1), ram_get32(L1_VMCS(1)) | VMCS_SHADOW_INDICATOR);
	duo_setup(1);
	CHECK_EQ(duo_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_FAIL_INVALID);
	CHECK(nested.current->tracked->flags & TRACKED_SHADOW);
	l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(1)));
	CHECK_EQ(duo_pointer(EXIT_REASON_VMXON, L1_VMXON).outcome, DONE_FAIL_INVALID);

	/* Without VMCS shadowing bit 31 makes the revision identifier wrong. */
	start(MODEL_WESTMERE);
	ram_set32(L1_VMCS(1), ram_get32(L1_VMCS(1)) | VMCS_SHADOW_INDICATOR);
	l1_must(duo_pointer(EXIT_REASON_VMXON, L1_VMXON));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	CHECK_EQ(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(1)).error,
		 VMXERR_VMPTRLD_INCORRECT_VMCS_REVISION_ID);
}

/* Nothing is left in the processor when the CPU is given back. */
static void exit_leaves_nothing_active(void)
{
	unsigned int i;

	start(MODEL_BROADWELL);
	duo_setup(0);
	for (i = 1; i < 4; i++)
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(i)));
	nested_exit(&nested);
	CHECK_EQ(shared.slots_used, 0);
	CHECK_EQ(nested.pool.left, pool_at_start);
	check_promises();
	for (i = 0; i < NR_SLOTS; i++)
		CHECK_EQ(nested.slots[i].address, VMX_NO_VMCS);
}

/* `nestor vmcs list` has room for NR_TRACKED_VMCS; those in a slot are always among them. */
static void records_for_vmcs_list(void)
{
	unsigned int i, found = 0;

	start(MODEL_BROADWELL);
	l1_must(duo_pointer(EXIT_REASON_VMXON, L1_VMXON));
	for (i = 0; i < 3 * NR_TRACKED_VMCS; i++) {
		ram_set32(L1_VMCS(i), VMX_BASIC_REVISION(processor_caps.basic));
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(i)));
		CHECK_EQ(nested.current->tracked->address, L1_VMCS(i));
		CHECK_EQ(nested.current->tracked->flags, TRACKED_ACTIVE | TRACKED_CURRENT);
		if (one_in(3))
			l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(i)));
	}
	for (i = 0; i < NR_TRACKED_VMCS; i++)
		found += shared.tracked[i].slot >= 0;
	CHECK_EQ(found, shared.slots_used);
}

static void without_timer(struct vmx_caps *caps)
{
	caps->pin.allowed1 &= ~PIN_BASED_VMX_PREEMPTION_TIMER;
}

/* An INIT that waited for the first entry: to L1, L2 was entered and left. */
static void launched_without_having_run(void)
{
	duo_start(MODEL_BROADWELL, without_timer);
	duo_setup(0);
	CHECK_EQ(nested.current->tracked->flags, TRACKED_ACTIVE | TRACKED_CURRENT);
	events_init_signal(&nested);
	CHECK_EQ(l1_enter(EXIT_REASON_VMLAUNCH).outcome, DONE_EXITED);
	CHECK_EQ(nested.current->tracked->flags,
		 TRACKED_ACTIVE | TRACKED_CURRENT | TRACKED_LAUNCHED);
}

/*
 * Behind VMPTRLD L1 writes some host fields without an exit, until L2 has run: they count, an exit
 * loads them, and the checks see them.
 */
static void the_place_of_a_vmcs(void)
{
	const struct l2_exit hlt = { .reason = EXIT_REASON_HLT };
	u64 writes;

	start(MODEL_ALL);
	duo_setup(0);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&hlt);
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(1)));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	writes = shared.stats.insns[VMX_VMWRITE][VMX_SUCCEED];
	l1_must(duo_vmwrite(HOST_GS_BASE, 0x123000));
	l1_must(duo_vmwrite(HOST_CR4, duo_valid(FI_HOST_CR4) | X86_CR4_PGE));
	l1_must(duo_vmwrite(HOST_TR_BASE, BIT_ULL(60)));
	CHECK_EQ(shared.stats.insns[VMX_VMWRITE][VMX_SUCCEED], writes);
	duo_vmread(HOST_GS_BASE);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_ENTRY_INVALID_HOST_STATE_FIELD);
	/* Nothing has run: they are there to be written still. */
	l1_must(duo_vmwrite(HOST_TR_BASE, duo_valid(FI_HOST_TR_BASE)));
	CHECK_EQ(shared.stats.insns[VMX_VMWRITE][VMX_SUCCEED], writes);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	duo_exit(&hlt);
	l1_must(duo_vmwrite(HOST_GS_BASE, 0x456000));
	CHECK_EQ(shared.stats.insns[VMX_VMWRITE][VMX_SUCCEED], writes + 1);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	duo_exit(&hlt);
	/* VMCLEAR finds what has not come to an entry. */
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(1)));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	l1_must(duo_vmwrite(HOST_FS_BASE, 0x789000));
	l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0)));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	duo_compare_fields();
}

static const struct unit_test tests[] = {
	TEST(random_sequences_on_every_model),
	TEST(eighty_vmcss_without_shadowing),
	TEST(five_hundred_vmcss_with_shadowing),
	TEST(fields_survive_vmclear_and_vmxoff),
	TEST(the_region_is_written_within_its_size),
	TEST(launch_state_survives_eviction),
	TEST(vmclear_reaches_what_is_in_no_slot),
	TEST(shadow_indicator),
	TEST(exit_leaves_nothing_active),
	TEST(records_for_vmcs_list),
	TEST(launched_without_having_run),
	TEST(the_place_of_a_vmcs),
};

UNIT_MAIN(tests)
