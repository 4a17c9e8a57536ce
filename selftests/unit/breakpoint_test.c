// SPDX-License-Identifier: GPL-2.0-only
/* L1's data breakpoints on the memory operands of its VMX instructions. */
#include "l1/breakpoint.h"
#include "l1.h"
#include "run/vmxinsn.h"
#include "ram.h"
#include "unit.h"
#include "arch/errors.h"

#define ENABLE(nr)	  (1ull << (2 * (nr)))
#define KIND(nr, rw, len) ((u64)((rw) | (len) << 2) << (16 + 4 * (nr)))

enum { RW_CODE, RW_WRITES, RW_IO, RW_ACCESSES };
enum { LEN_1, LEN_2, LEN_8, LEN_4 };

/* A pending trap of the first breakpoint */
#define HIT (PENDING_DBG_BREAKPOINT | BIT(0))

static void set(unsigned int nr, u64 address, unsigned int rw, unsigned int len)
{
	processor.breakpoint[nr] = address;
	l1_set_state(FI_GUEST_DR7, l1_state(FI_GUEST_DR7) | ENABLE(nr) | KIND(nr, rw, len));
}

/* The same, byte by byte */
static bool model(unsigned int rw, unsigned int len, u64 breakpoint, u64 linear, unsigned int size,
		  bool write, bool long_mode)
{
	static const unsigned int sizes[] = { 1, 2, 8, 4 };
	unsigned int i, j;

	if (rw != RW_ACCESSES && !(rw == RW_WRITES && write))
		return false;
	for (i = 0; i < size; i++) {
		u64 at = long_mode ? linear + i : (u32)(linear + i);

		for (j = 0; j < sizes[len]; j++) {
			if (breakpoint / sizes[len] * sizes[len] + j == at)
				return true;
		}
	}
	return false;
}

/* Places in linear memory that are usual, or where addresses wrap round */
static const u64 places[] = { 0x1000, 0, 0x100000000, 0x7fffffffffe0 };

static u64 near(u64 place)
{
	return place + unit_random_below(40) - 20;
}

static void which_accesses_hit(void)
{
	static const unsigned int sizes[] = { 4, 8, 16 };
	unsigned int i, nr, seen = 0;

	for (i = 0; i < 200000; i++) {
		bool long_mode = unit_random_below(2), write = unit_random_below(2);
		unsigned int size = sizes[unit_random_below(3)];
		u64 dr7 = 0x400 | (u32)unit_random(), want = 0;
		u64 place = places[unit_random_below(ARRAY_SIZE(places))];
		u64 linear = long_mode ? near(place) : (u32)near(place);

		for (nr = 0; nr < 4; nr++) {
			processor.breakpoint[nr] = near(place);
			if ((dr7 >> (2 * nr) & 3) &&
			    model(dr7 >> (16 + 4 * nr) & 3, dr7 >> (18 + 4 * nr) & 3,
				  processor.breakpoint[nr], linear, size, write, long_mode))
				want |= BIT(nr);
		}
		if (breakpoint_hits(dr7, linear, size, write, long_mode) != want) {
			CHECK_EQ(breakpoint_hits(dr7, linear, size, write, long_mode), want);
			return;
		}
		seen += !!want;
	}
	CHECK(seen > 10000);
}

static void start(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	l1_setup(0);
}

static u64 take_pending(void)
{
	u64 pending = l1_state(FI_GUEST_PENDING_DBG_EXCEPTIONS);

	l1_set_state(FI_GUEST_PENDING_DBG_EXCEPTIONS, 0);
	return pending;
}

/* Executes an instruction with an operand of which the breakpoint has the last byte. */
static u64 pending_after(u32 reason, unsigned int size, unsigned int rw, u64 pointer, u64 reg2)
{
	start();
	if (reason == EXIT_REASON_VMXON)
		l1_must(l1_vmxoff());
	ram_set64(L1_OPERAND, pointer);
	ram_set64(L1_OPERAND + 8, 0);
	gpr[GPR_RCX] = reg2;
	set(0, L1_OPERAND + size - 1, rw, LEN_1);
	l1_must(l1_execute(reason, INFO_MEMORY(GPR_RCX), L1_OPERAND));
	return take_pending();
}

static void each_instruction(void)
{
	static const struct {
		u32 reason;
		unsigned int size;
		bool write;
		u64 pointer;
		u64 reg2;
	} cases[] = {
		{ EXIT_REASON_VMXON, 8, false, L1_VMXON, 0 },
		{ EXIT_REASON_VMCLEAR, 8, false, L1_VMCS(0), 0 },
		{ EXIT_REASON_VMPTRLD, 8, false, L1_VMCS(1), 0 },
		{ EXIT_REASON_VMPTRST, 8, true, 0, 0 },
		{ EXIT_REASON_VMREAD, 8, true, 0, GUEST_CS_SELECTOR },
		{ EXIT_REASON_VMWRITE, 8, false, 5, GUEST_CS_SELECTOR },
		{ EXIT_REASON_INVEPT, 16, false, 0, VMX_EPT_EXTENT_GLOBAL },
		{ EXIT_REASON_INVVPID, 16, false, 0, VMX_VPID_EXTENT_ALL_CONTEXT },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 rip = 0;

		CHECK_EQ(pending_after(cases[i].reason, cases[i].size, RW_ACCESSES,
				       cases[i].pointer, cases[i].reg2),
			 HIT);
		rip = l1_state(FI_GUEST_RIP);
		CHECK_EQ(pending_after(cases[i].reason, cases[i].size, RW_WRITES, cases[i].pointer,
				       cases[i].reg2),
			 cases[i].write ? HIT : 0);
		CHECK_EQ(pending_after(cases[i].reason, cases[i].size, RW_IO, cases[i].pointer,
				       cases[i].reg2),
			 0);
		CHECK_EQ(pending_after(cases[i].reason, cases[i].size + 1, RW_ACCESSES,
				       cases[i].pointer, cases[i].reg2),
			 0);
		CHECK_EQ(l1_state(FI_GUEST_RIP), rip);
	}
}

/* Outside 64-bit mode VMREAD and VMWRITE have four bytes, and addresses have 32 bits. */
static void outside_64_bit_mode(void)
{
	start();
	l1_set_mode(L1_PROTECTED);
	gpr[GPR_RCX] = GUEST_CS_SELECTOR;
	set(0, L1_OPERAND + 3, RW_WRITES, LEN_1);
	l1_must(l1_execute(EXIT_REASON_VMREAD, INFO_MEMORY32(GPR_RCX), L1_OPERAND));
	CHECK_EQ(take_pending(), HIT);
	processor.breakpoint[0]++;
	l1_must(l1_execute(EXIT_REASON_VMREAD, INFO_MEMORY32(GPR_RCX), L1_OPERAND));
	CHECK_EQ(take_pending(), 0);
	processor.breakpoint[0] = BIT_ULL(32) + L1_OPERAND;
	l1_must(l1_execute(EXIT_REASON_VMREAD, INFO_MEMORY32(GPR_RCX), L1_OPERAND));
	CHECK_EQ(take_pending(), 0);
}

/* An instruction that fails has read its operand; one whose operand does not count has not. */
static void instructions_that_fail(void)
{
	start();
	set(0, L1_OPERAND, RW_ACCESSES, LEN_8);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0) + 1).outcome, DONE_FAIL_VALID);
	CHECK_EQ(take_pending(), HIT);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMXON).outcome, DONE_FAIL_VALID);
	CHECK_EQ(take_pending(), HIT);
	CHECK_EQ(l1_invvpid(1, 0, 0).outcome, DONE_FAIL_VALID);
	CHECK_EQ(take_pending(), HIT);
	CHECK_EQ(l1_invept(3, 0).outcome, DONE_FAIL_VALID);
	CHECK_EQ(take_pending(), 0);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, L1_VMXON).outcome, DONE_FAIL_VALID);
	CHECK_EQ(take_pending(), 0);
	gpr[GPR_RCX] = 0x6fff;
	CHECK_EQ(l1_execute(EXIT_REASON_VMREAD, INFO_MEMORY(GPR_RCX), L1_OPERAND).error,
		 VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	CHECK_EQ(take_pending(), 0);
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0)));
	CHECK_EQ(take_pending(), HIT);
	CHECK_EQ(l1_execute(EXIT_REASON_VMWRITE, INFO_MEMORY(GPR_RCX), L1_OPERAND).outcome,
		 DONE_FAIL_INVALID);
	CHECK_EQ(take_pending(), 0);
}

/* A fault of any kind comes before the access, whichever byte it is for. */
static void instructions_that_fault(void)
{
	const u64 last = 0x200000000 - 4;

	start();
	set(0, last, RW_ACCESSES, LEN_4);
	CHECK_EQ(l1_execute(EXIT_REASON_VMPTRST, INFO_MEMORY(0), last).fault.vector, PF_VECTOR);
	CHECK_EQ(take_pending(), 0);
	set(1, L1_OPERAND, RW_ACCESSES, LEN_8);
	l1_set_state(FI_CR0_READ_SHADOW, 0);
	l1_must(l1_vmxoff());
	l1_set_state(FI_CR0_READ_SHADOW, 0);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, L1_VMXON).fault.vector, GP_VECTOR);
	CHECK_EQ(take_pending(), 0);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)).fault.vector, UD_VECTOR);
	CHECK_EQ(take_pending(), 0);
	l1_set_state(FI_GUEST_SS_AR_BYTES, 0xc0f3);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, L1_VMXON).fault.vector, GP_VECTOR);
	CHECK_EQ(take_pending(), 0);
}

/* Single step, and what a MOV SS before has left, are in the same #DB. */
static void with_other_causes(void)
{
	start();
	set(0, L1_OPERAND, RW_ACCESSES, LEN_8);
	set(3, L1_OPERAND + 5, RW_ACCESSES, LEN_1);
	l1_set_state(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED | X86_EFLAGS_TF);
	l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_MOV_SS);
	l1_set_state(FI_GUEST_PENDING_DBG_EXCEPTIONS, PENDING_DBG_BREAKPOINT | BIT(1));
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(1)));
	CHECK_EQ(take_pending(), PENDING_DBG_BS | HIT | BIT(1) | BIT(3));
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
}

static const struct unit_test tests[] = {
	TEST(which_accesses_hit),     TEST(each_instruction),	     TEST(outside_64_bit_mode),
	TEST(instructions_that_fail), TEST(instructions_that_fault), TEST(with_other_causes),
};

UNIT_MAIN(tests)
