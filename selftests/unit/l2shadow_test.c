// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMREAD and VMWRITE of L2 under L1's own VMCS shadowing: which exit to L1, what the others read and
 * write in the VMCS that L1's link pointer names.
 */
#include <string.h>

#include "duo.h"
#include "errors.h"
#include "ram.h"
#include "unit.h"

#define BITMAP		L1_PAGES
#define SHADOW		L1_VMCS(9)
#define FLAGS		(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | \
			 X86_EFLAGS_SF | X86_EFLAGS_OF)

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
	CHECK(!(hw_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_SHADOW_VMCS));
	CHECK_EQ(hw_state(FI_VMCS_LINK_POINTER), VMX_NO_VMCS);
	l2_set_state(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED | FLAGS);
}

static void start(void)
{
	start_with(SHADOW, NULL);
}

/* The instruction, with register operands; true if L1 got the exit. */
static bool l2_executes(u32 reason, u64 encoding, u64 *value)
{
	const struct l2_exit exit = {
		.reason = reason, .length = 3, .insn_info = INFO_REGISTER(GPR_RBX, GPR_RCX),
	};
	bool reflected;

	gpr[GPR_RCX] = encoding;
	gpr[GPR_RBX] = *value;
	reflected = l2_exits(&exit);
	*value = gpr[GPR_RBX];
	return reflected;
}

static bool l2_vmread(u64 encoding, u64 *value)
{
	return l2_executes(EXIT_REASON_VMREAD, encoding, value);
}

static bool l2_vmwrite(u64 encoding, u64 value)
{
	return l2_executes(EXIT_REASON_VMWRITE, encoding, &value);
}

static u64 flags(void)
{
	return hw_state(FI_GUEST_RFLAGS) & FLAGS;
}

static void written_values_are_read(void)
{
	u64 value = 0, rip;

	start();
	rip = hw_state(FI_GUEST_RIP);
	CHECK(!l2_vmwrite(GUEST_RIP, 0x1234567890));
	CHECK_EQ(flags(), 0);
	CHECK_EQ(hw_state(FI_GUEST_RIP), rip + 3);
	CHECK(!l2_vmread(GUEST_RIP, &value));
	CHECK_EQ(value, 0x1234567890);
	/* L2's own RIP is another. */
	CHECK_EQ(hw_state(FI_GUEST_RIP), rip + 6);
	CHECK(!l2_vmwrite(TSC_OFFSET | 1, 0xabcd));
	CHECK(!l2_vmwrite(TSC_OFFSET, 0x1111111122222222));
	CHECK(!l2_vmwrite(TSC_OFFSET | 1, 0xabcd));
	CHECK(!l2_vmread(TSC_OFFSET, &value));
	CHECK_EQ(value, 0xabcd22222222);
	CHECK(!l2_vmread(TSC_OFFSET | 1, &value));
	CHECK_EQ(value, 0xabcd);
	CHECK_EQ(shared.stats.l2_own[EXIT_REASON_VMREAD], 3);
}

/* L1 finds there what L2 wrote. */
static void l1_sees_what_l2_wrote(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	u64 value = 0;

	start();
	CHECK(!l2_vmwrite(HOST_RSP, 0x77777));
	CHECK(!l2_vmwrite(GUEST_CS_SELECTOR, 0x12345));
	CHECK(!l2_vmwrite(VM_EXIT_REASON, 0x99));
	CHECK(l2_exits(&cpuid));
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, SHADOW));
	l1_must(l1_vmread(HOST_RSP, &value));
	CHECK_EQ(value, 0x77777);
	l1_must(l1_vmread(GUEST_CS_SELECTOR, &value));
	CHECK_EQ(value, 0x2345);
	l1_must(l1_vmread(VM_EXIT_REASON, &value));
	CHECK_EQ(value, 0x99);
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK(!l2_vmread(HOST_RSP, &value));
	CHECK_EQ(value, 0x77777);
}

static void the_stack_pointer_as_operand(void)
{
	struct l2_exit exit = {
		.reason = EXIT_REASON_VMWRITE, .insn_info = INFO_REGISTER(GPR_RSP, GPR_RCX),
	};

	start();
	l2_set_state(FI_GUEST_RSP, 0x4321);
	gpr[GPR_RCX] = HOST_RSP;
	CHECK(!l2_exits(&exit));
	l2_set_state(FI_GUEST_RSP, 0);
	exit.reason = EXIT_REASON_VMREAD;
	CHECK(!l2_exits(&exit));
	CHECK_EQ(hw_state(FI_GUEST_RSP), 0x4321);
}

/* The error number of an instruction that failed in L2 is in the current VMCS: L1's, not L2's. */
static u64 instruction_error(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	u64 value = 0;

	CHECK(l2_exits(&cpuid));
	l1_must(l1_vmread(VM_INSTRUCTION_ERROR, &value));
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	return value;
}

static void errors(void)
{
	u64 value = 0;

	/* Where read-only fields cannot be written. */
	start_with(SHADOW, less_of_read_only_fields);
	CHECK(!l2_vmwrite(VM_EXIT_REASON, 1));
	CHECK_EQ(flags(), X86_EFLAGS_ZF);
	CHECK_EQ(instruction_error(), VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT);
	CHECK(!l2_vmread(VM_INSTRUCTION_ERROR, &value));
	CHECK_EQ(value, 0);
	CHECK_EQ(flags(), 0);
	/* An encoding that names nothing. */
	CHECK(!l2_vmread(0x5000, &value));
	CHECK_EQ(flags(), X86_EFLAGS_ZF);
	CHECK_EQ(instruction_error(), VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	/* L1 linked nothing. */
	start_with(VMX_NO_VMCS, NULL);
	CHECK(!l2_vmread(GUEST_RIP, &value));
	CHECK_EQ(flags(), X86_EFLAGS_CF);
}

static void privileged(void)
{
	const u32 gp = INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK | 0x300 | GP_VECTOR;
	u64 value = 0;

	start();
	l2_set_state(FI_GUEST_SS_AR_BYTES, 0xc0f3);
	CHECK(!l2_vmread(GUEST_RIP, &value));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), gp);
	CHECK_EQ(hw_state(FI_GUEST_RIP), duo_valid(FI_GUEST_RIP));
}

/* SDM "Changes to Instruction Behavior in VMX Non-Root Operation" */
static void what_exits_to_l1(void)
{
	const struct l2_exit memory = {
		.reason = EXIT_REASON_VMREAD, .insn_info = INFO_MEMORY(GPR_RCX),
	};
	u64 value = 0;

	start();
	ram_set64(BITMAP + GUEST_RIP / 8 / 8 * 8, BIT_ULL(GUEST_RIP % 64));
	CHECK(l2_vmread(GUEST_RIP, &value));
	start();
	CHECK(l2_vmread(BIT_ULL(15), &value));
	start();
	CHECK(l2_vmwrite(BIT_ULL(40) | GUEST_RIP, value));
	/* A memory operand is L1's to execute. */
	start();
	gpr[GPR_RCX] = GUEST_RIP;
	CHECK(l2_exits(&memory));
	/* Without the control all of them exit. */
	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_vmread(GUEST_RIP, &value));
	duo_start(MODEL_ALL, NULL);
	duo_setup(0);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(l2_vmwrite(GUEST_RIP, value));
}

/* L2 with 32 bits: operands and encoding are 32 bits wide. */
static void narrow_operands(void)
{
	u64 value = 0;

	start();
	l2_set_state(FI_GUEST_CS_AR_BYTES, 0xc09b);
	CHECK(!l2_vmwrite(0xffffffff00000000 | GUEST_RIP, 0xaaaaaaaa55555555));
	value = ~0ull;
	CHECK(!l2_vmread(GUEST_RIP, &value));
	CHECK_EQ(value, 0x55555555);
}

/* The linked VMCS is loaded into a slot, and its neighbours may have to go. */
static void the_linked_vmcs_in_no_slot(void)
{
	const struct l2_exit cpuid = { .reason = EXIT_REASON_CPUID };
	u64 value = 0;
	unsigned int i;

	start();
	CHECK(!l2_vmwrite(GUEST_RIP, 0x5555));
	CHECK(l2_exits(&cpuid));
	for (i = 1; i < 40; i++) {
		if (L1_VMCS(i) != SHADOW)
			l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(i)));
	}
	CHECK(!slot_find(&nested, SHADOW));
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	l1_must(l1_enter(EXIT_REASON_VMRESUME));
	CHECK(!l2_vmread(GUEST_RIP, &value));
	CHECK_EQ(value, 0x5555);
}

static const struct unit_test tests[] = {
	TEST(written_values_are_read),
	TEST(l1_sees_what_l2_wrote),
	TEST(the_stack_pointer_as_operand),
	TEST(errors),
	TEST(privileged),
	TEST(what_exits_to_l1),
	TEST(narrow_operands),
	TEST(the_linked_vmcs_in_no_slot),
};

UNIT_MAIN(tests)
