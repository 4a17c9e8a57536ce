// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMREAD and VMWRITE of L2 under L1's own VMCS shadowing: which exit to L1, and that the others
 * reach the VMCS that L1's link pointer names.
 */
#include "vmcs/slot.h"
#include "duo.h"
#include "arch/errors.h"
#include "ram.h"
#include "unit.h"

#define BITMAP		L1_PAGES
#define SHADOW		L1_VMCS(9)

static void less_of_read_only_fields(struct vmx_caps *caps)
{
	caps->misc &= ~VMX_MISC_VMWRITE_SHADOW_RO_FIELDS;
}

/* L1 shadows a VMCS for L2, all of it. */
static void start_with(u64 link, void (*change)(struct vmx_caps *caps))
{
	duo_start(MODEL_ALL, change);
	ram_set32(SHADOW, VMX_BASIC_REVISION(processor_caps.basic) | VMCS_SHADOW_INDICATOR);
	duo_setup(0);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL,
		duo_valid(FI_SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_SHADOW_VMCS);
	duo_set(FI_VMCS_LINK_POINTER, link);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
}

static void start(void)
{
	start_with(SHADOW, NULL);
}

static enum outcome l2_vmread(u64 encoding, u64 *value)
{
	return l2_vmx_access(false, encoding, value).outcome;
}

static enum outcome l2_vmwrite(u64 encoding, u64 value)
{
	return l2_vmx_access(true, encoding, &value).outcome;
}

static void leave(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };

	CHECK(l2_exits(&cpuid));
	l1_set_mode(L1_LONG);
}

static u64 l1_reads(u64 encoding)
{
	u64 value = 0;

	l1_must(l1_vmread(encoding, &value));
	return value;
}

static void written_values_are_read(void)
{
	u64 value = 0, rip;

	start();
	rip = hw_state(FI_GUEST_RIP);
	CHECK_EQ(l2_vmwrite(GUEST_RIP, 0x1234567890), DONE_SUCCEED);
	CHECK_EQ(l2_vmread(GUEST_RIP, &value), DONE_SUCCEED);
	CHECK_EQ(value, 0x1234567890);
	/* L2's own RIP is another. */
	CHECK_EQ(hw_state(FI_GUEST_RIP), rip);
	/* An instruction breakpoint there has been met, when the instruction is executed again. */
	CHECK(hw_state(FI_GUEST_RFLAGS) & X86_EFLAGS_RF);
	/* The first access took an exit. */
	CHECK_EQ(shared.stats.l2_own[EXIT_REASON_VMREAD], 0);
	CHECK_EQ(shared.stats.l2_own[EXIT_REASON_VMWRITE], 1);
}

/* What L1 wrote there is what L2 reads, and the other way round, over several entries. */
static void l1_and_l2_see_the_same(void)
{
	u64 value = 0, i;

	duo_start(MODEL_ALL, NULL);
	for (i = 0; i < 5; i++) {
		start();
		leave();
		l1_must(l1_pointer(EXIT_REASON_VMPTRLD, SHADOW));
		l1_must(l1_vmwrite(GUEST_RSP, 0x1000 + i));
		l1_must(l1_vmwrite(HOST_RIP, 0x2000 + i));
		l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
		l1_must(l1_enter(EXIT_REASON_VMRESUME));
		CHECK_EQ(l2_vmread(GUEST_RSP, &value), DONE_SUCCEED);
		CHECK_EQ(value, 0x1000 + i);
		CHECK_EQ(l2_vmread(HOST_RIP, &value), DONE_SUCCEED);
		CHECK_EQ(value, 0x2000 + i);
		CHECK_EQ(l2_vmwrite(HOST_RSP, 0x3000 + i), DONE_SUCCEED);
		CHECK_EQ(l2_vmwrite(GUEST_CS_SELECTOR, 0x12345), DONE_SUCCEED);
		CHECK_EQ(l2_vmwrite(VM_EXIT_REASON, 0x99 + i), DONE_SUCCEED);
		CHECK_EQ(l2_vmwrite(EPT_POINTER, i << 12), DONE_SUCCEED);
		leave();
		CHECK(!nested.shadowed_l2);
		l1_must(l1_pointer(EXIT_REASON_VMPTRLD, SHADOW));
		CHECK_EQ(l1_reads(HOST_RSP), 0x3000 + i);
		CHECK_EQ(l1_reads(GUEST_CS_SELECTOR), 0x2345);
		CHECK_EQ(l1_reads(VM_EXIT_REASON), 0x99 + i);
		CHECK_EQ(l1_reads(EPT_POINTER), i << 12);
		CHECK_EQ(l1_reads(GUEST_RSP), 0x1000 + i);
	}
	CHECK_EQ(shared.stats.bugs, 0);
}

/* Every field goes there and back. */
static void every_field_is_there(void)
{
	u64 value;
	int field;

	start();
	for (field = 0; field < NR_FIELDS; field++) {
		if (processor.has[field])
			CHECK_EQ(l2_vmwrite(field_table[field].encoding, 0x5a00 + (u64)field),
				 DONE_SUCCEED);
	}
	leave();
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, SHADOW));
	for (field = 0; field < NR_FIELDS; field++) {
		if (processor.has[field])
			CHECK_EQ(l1_reads(field_table[field].encoding), 0x5a00 + (u64)field);
	}
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	for (field = 0; field < NR_FIELDS; field++) {
		if (processor.has[field]) {
			CHECK_EQ(l2_vmread(field_table[field].encoding, &value), DONE_SUCCEED);
			CHECK_EQ(value, 0x5a00 + (u64)field);
		}
	}
}

/* L1 fills such a VMCS, and empties it, without an exit; what it may not reach exits as ever. */
static void l1_reaches_it_without_exits(void)
{
	u64 reads, writes, value = 0;
	int field;

	start();
	leave();
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, SHADOW));
	reads = shared.stats.insns[VMX_VMREAD][VMX_SUCCEED];
	writes = shared.stats.insns[VMX_VMWRITE][VMX_SUCCEED];
	for (field = 0; field < NR_FIELDS; field++) {
		if (processor.has[field] && field != FI_VM_INSTRUCTION_ERROR) {
			l1_must(l1_vmwrite(field_table[field].encoding, 0x100 + (u64)field));
			CHECK_EQ(l1_reads(field_table[field].encoding), 0x100 + (u64)field);
		}
	}
	CHECK_EQ(shared.stats.insns[VMX_VMREAD][VMX_SUCCEED], reads);
	CHECK_EQ(shared.stats.insns[VMX_VMWRITE][VMX_SUCCEED], writes);
	CHECK_EQ(l1_vmread(0x5000, &value).error, VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	CHECK_EQ(l1_reads(VM_INSTRUCTION_ERROR), VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	/* It is a field of the VMCS as others: L2 sees it, the region keeps it, L1 writes it. */
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK_EQ(l2_vmread(VM_INSTRUCTION_ERROR, &value), DONE_SUCCEED);
	CHECK_EQ(value, VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	leave();
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, SHADOW));
	l1_vmread(0x5000, &value);
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, SHADOW));
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, SHADOW));
	CHECK_EQ(l1_reads(VM_INSTRUCTION_ERROR), VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	CHECK_EQ(l1_reads(HOST_RIP), 0x100 + (u64)FI_HOST_RIP);
	l1_vmread(0x5000, &value);
	l1_must(l1_vmwrite(VM_INSTRUCTION_ERROR, 3));
	CHECK_EQ(l1_reads(VM_INSTRUCTION_ERROR), 3);
	/* The next VMCS is no such one. */
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	reads = shared.stats.insns[VMX_VMREAD][VMX_SUCCEED];
	CHECK(l1_reads(HOST_RIP) != 0x100 + (u64)FI_HOST_RIP);
	CHECK_EQ(shared.stats.insns[VMX_VMREAD][VMX_SUCCEED], reads + 1);
}

/* The error number of an instruction that failed in L2 is in the current VMCS: L1's, not L2's. */
static void errors(void)
{
	u64 value = 0;

	/* Where read-only fields cannot be written Nestor has no shadow VMCS to lend. */
	start_with(SHADOW, less_of_read_only_fields);
	CHECK_EQ(l2_vmwrite(VM_EXIT_REASON, 1), DONE_EXITED);
	/* An encoding that names nothing. */
	start();
	CHECK_EQ(l2_vmread(0x5000, &value), DONE_FAIL_VALID);
	leave();
	CHECK_EQ(l1_reads(VM_INSTRUCTION_ERROR), VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	/* L1's own error before it is not in the way, and is there if L2 makes none. */
	l1_vmread(0x5000, &value);
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK_EQ(l2_vmread(GUEST_RIP, &value), DONE_SUCCEED);
	leave();
	CHECK_EQ(l1_reads(VM_INSTRUCTION_ERROR), VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	/* L1 linked nothing. */
	start_with(VMX_NO_VMCS, NULL);
	CHECK_EQ(l2_vmread(GUEST_RIP, &value), DONE_FAIL_INVALID);
}

/* The encoding in RSP; L2 with 32 bits has no upper half of it. */
static void where_the_encoding_is(void)
{
	struct l2_exit exit = {
		.reason = EXIT_REASON_VMREAD, .insn_info = INFO_REGISTER(GPR_RBX, GPR_RSP),
	};

	start();
	l2_set_state(FI_GUEST_RSP, BIT_ULL(40) | GUEST_RIP);
	CHECK(l2_exits(&exit));
	start();
	l2_set_state(FI_GUEST_RSP, GUEST_RIP);
	CHECK(!l2_exits(&exit));
	start();
	l2_set_state(FI_GUEST_CS_AR_BYTES, 0xc09b);
	l2_set_state(FI_GUEST_RSP, BIT_ULL(40) | GUEST_RIP);
	CHECK(!l2_exits(&exit));
}

/* SDM "Changes to Instruction Behavior in VMX Non-Root Operation" */
static void what_exits_to_l1(void)
{
	u64 value = 0;

	start();
	ram_set64(BITMAP + GUEST_RIP / 64 * 8, BIT_ULL(GUEST_RIP % 64));
	CHECK_EQ(l2_vmread(GUEST_RIP, &value), DONE_EXITED);
	start();
	CHECK_EQ(l2_vmread(BIT_ULL(15), &value), DONE_EXITED);
	start();
	CHECK_EQ(l2_vmwrite(BIT_ULL(40) | GUEST_RIP, value), DONE_EXITED);
	/* Without the control all of them exit. */
	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK_EQ(l2_vmread(GUEST_RIP, &value), DONE_EXITED);
}

/* The processor must not be shown a page of Nestor's as a bitmap. */
static void bitmaps_in_hidden_memory(void)
{
	static const enum field_index bitmaps[] = { FI_VMREAD_BITMAP, FI_VMWRITE_BITMAP };
	unsigned int i;
	u64 value = 0;

	for (i = 0; i < ARRAY_SIZE(bitmaps); i++) {
		start();
		leave();
		l1_must(l1_vmwrite(field_table[bitmaps[i]].encoding, RAM_HIDDEN));
		l1_must(l1_enter(EXIT_REASON_VMRESUME));
		CHECK_EQ(l2_vmread(GUEST_RIP, &value), DONE_EXITED);
	}
}

/* The linked VMCS is loaded into a slot, and a neighbour may have to go. */
static void the_linked_vmcs_in_no_slot(void)
{
	u64 value = 0;
	unsigned int i;

	start();
	CHECK_EQ(l2_vmwrite(GUEST_RIP, 0x5555), DONE_SUCCEED);
	leave();
	for (i = 1; i < 40; i++) {
		if (L1_VMCS(i) != SHADOW)
			l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(i)));
	}
	CHECK(!slot_find(&nested, SHADOW));
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK_EQ(l2_vmread(GUEST_RIP, &value), DONE_SUCCEED);
	CHECK_EQ(value, 0x5555);
	CHECK_EQ(l2_vmwrite(GUEST_RIP, 0x6666), DONE_SUCCEED);
	leave();
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, SHADOW));
	CHECK_EQ(l1_reads(GUEST_RIP), 0x6666);
}

static const struct unit_test tests[] = {
	TEST(written_values_are_read),
	TEST(l1_and_l2_see_the_same),
	TEST(every_field_is_there),
	TEST(l1_reaches_it_without_exits),
	TEST(errors),
	TEST(where_the_encoding_is),
	TEST(what_exits_to_l1),
	TEST(bitmaps_in_hidden_memory),
	TEST(the_linked_vmcs_in_no_slot),
};

UNIT_MAIN(tests)
