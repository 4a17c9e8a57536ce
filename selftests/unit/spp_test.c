// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sub-page write permissions: SPPT02 against what the bare processor finds in L1's table. Random tables
 * are ept02_test's and fuzz_ept12's.
 */
#include <string.h>

#include "duo.h"
#include "model_ept.h"
#include "ram.h"
#include "unit.h"

#define GPA	    0x5000ull
#define FRAME	    0x9000ull
#define RX	    5ull
#define RWX	    VMX_EPT_RWX_MASK
#define WB	    ((u64)MEM_TYPE_WB << VMX_EPT_MT_SHIFT)
#define AD	    (VMX_EPT_ACCESS_BIT | VMX_EPT_DIRTY_BIT)
#define SPP	    BIT_ULL(61)
#define GRANTED	    (GPA + 0x100) /* by the table that start() builds: every fourth sub-page */
#define DENIED	    (GPA + 0x180)
#define PERMISSIONS 0x1010101010101010ull
#define OTHER_TABLE 0x50000ull

static void map(u64 gpa, u64 entry)
{
	model_ept_write(EPT_TABLE(3) + (gpa >> 12 & 511) * 8, entry);
}

static void set_permissions(u64 gpa, u64 permissions)
{
	ram_set64(SPP_TABLE(3) + (gpa >> 12 & 511) * 8, permissions);
}

/* L2's page GPA can be written to in part; its neighbour has the same permissions. */
static void start(u32 proc2)
{
	unsigned int i;

	duo_start(MODEL_ALL, NULL);
	for (i = 0; i < 3; i++) {
		ram_set64(EPT_TABLE(i), EPT_TABLE(i + 1) | RWX | VMX_EPT_ACCESS_BIT);
		ram_set64(SPP_TABLE(i), SPP_TABLE(i + 1) | 1);
	}
	model_ept_begin();
	duo_setup(0);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL,
		duo_valid(FI_SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_SPP | proc2);
	duo_set(FI_SPP_TABLE_POINTER, SPP_TABLE(0));
	spp12 = (struct model_spp){ true, SPP_TABLE(0) };
	set_permissions(GPA, PERMISSIONS);
	set_permissions(GPA + 0x1000, PERMISSIONS);
	map(GPA, FRAME | RX | WB | AD | SPP);
}

/* What an access comes to for L1 is what the model says; returns the exits. */
static unsigned int access(u64 gpa, unsigned int what, enum ept_result expected, u64 qualification)
{
	u64 eptp = duo_valid(FI_EPT_POINTER);
	struct ept_outcome bare = model_ept12(eptp, false, gpa, what, false), outcome;
	unsigned int exits = l2_access(gpa, what, false, &outcome);

	CHECK_EQ(bare.result, expected);
	CHECK_EQ(outcome.result, expected);
	if (expected == EPT_OK)
		CHECK_EQ(outcome.pa, bare.pa);
	if (expected == EPT_VIOLATION || expected == EPT_SPP_EVENT) {
		CHECK_EQ(bare.qualification, qualification);
		CHECK_EQ(outcome.qualification, qualification);
	}
	CHECK_EQ(model_ept_differs(&bare), 0);
	return exits;
}

static unsigned int writes(u64 gpa)
{
	return access(gpa, ACCESS_WRITE, EPT_OK, 0);
}

/* L1 gets the violation of a page with read and execute access, and resumes. */
static void violates(u64 gpa, unsigned int what)
{
	access(gpa, what, EPT_VIOLATION, (what & 7) | RX << 3);
	l1_run_l2();
}

static void event(u64 gpa, u64 qualification)
{
	access(gpa, ACCESS_WRITE, EPT_SPP_EVENT, qualification);
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_SPP_EVENT);
	l1_run_l2();
}

#define MISS 0x800

/* One exit brings a page's permissions; then the processor knows what is granted, and denies the rest. */
static void sub_pages(void)
{
	start(0);
	l1_run_l2();
	CHECK(hw_state(FI_SPP_TABLE_POINTER) != SPP_TABLE(0));
	CHECK_EQ(writes(GRANTED), 1);
	CHECK_EQ(writes(GRANTED + 0x7f), 0);
	CHECK_EQ(writes(GPA + 0x300), 0);
	violates(DENIED, ACCESS_WRITE);
	violates(GPA, ACCESS_WRITE);
	violates(GRANTED + 0x80, ACCESS_READ | ACCESS_WRITE);
	CHECK_EQ(writes(GRANTED), 0);
	CHECK_EQ(access(DENIED, ACCESS_READ, EPT_OK, 0), 0);
	CHECK_EQ(access(DENIED, ACCESS_FETCH, EPT_OK, 0), 0);
	CHECK_EQ(access(GRANTED, ACCESS_READ | ACCESS_WRITE, EPT_OK, 0), 0);
	check_ept02();
}

static void other_orders(void)
{
	start(0);
	l1_run_l2();
	violates(DENIED, ACCESS_WRITE);
	CHECK_EQ(access(DENIED, ACCESS_READ, EPT_OK, 0), 1);
	CHECK_EQ(writes(GRANTED), 1);
	CHECK_EQ(access(DENIED, ACCESS_READ, EPT_OK, 0), 0);
	/* The page beside it, that the same instruction writes to, is not forgotten for this one. */
	map(GPA + 0x1000, FRAME | RX | WB | AD | SPP);
	CHECK_EQ(writes(GRANTED + 0x1000), 1);
	CHECK_EQ(writes(GRANTED), 0);
	CHECK_EQ(writes(GRANTED + 0x1000), 0);
	check_ept02();
	/* L1 answers a violation: L2's next attempt is one more, but not two. */
	start(0);
	l1_run_l2();
	access(DENIED, ACCESS_WRITE, EPT_VIOLATION, ACCESS_WRITE | RX << 3);
	set_permissions(GPA, ~0ull / 3);
	l1_run_l2();
	CHECK_EQ(writes(DENIED), 1);
}

/* Writes that only look so. */
static void not_eligible(void)
{
	/* The control is off. */
	start(0);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL, duo_valid(FI_SECONDARY_VM_EXEC_CONTROL));
	spp12.on = false;
	l1_run_l2();
	CHECK_EQ(access(GRANTED, ACCESS_WRITE, EPT_VIOLATION, ACCESS_WRITE | RX << 3), 1);
	/* The same with what shares the way to it. */
	start(0);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL,
		duo_valid(FI_SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_EPT_VIOLATION_VE);
	map(GPA, FRAME | RX | WB | AD | SPP | VMX_EPT_SUPPRESS_VE_BIT);
	spp12.on = false;
	l1_run_l2();
	CHECK_EQ(access(GRANTED, ACCESS_WRITE, EPT_VIOLATION, ACCESS_WRITE | RX << 3), 1);
	/* No bit 61. */
	start(0);
	map(GPA, FRAME | RX | WB | AD);
	l1_run_l2();
	violates(GRANTED, ACCESS_WRITE);
	/* It can be written to anyway; it is clean, so that EPT02 says nothing of that. */
	start(0);
	map(GPA, FRAME | RWX | WB | VMX_EPT_ACCESS_BIT | SPP);
	l1_run_l2();
	access(DENIED, ACCESS_READ, EPT_OK, 0);
	writes(DENIED);
	CHECK_EQ(writes(DENIED), 0);
	/* It cannot be read. */
	start(0);
	map(GPA, FRAME | 4 | WB | AD | SPP);
	l1_run_l2();
	access(GRANTED, ACCESS_WRITE, EPT_VIOLATION, ACCESS_WRITE | 4 << 3);
	/* Bit 61 of a large page, and of a table. */
	start(0);
	model_ept_write(EPT_TABLE(2) + 2 * 8, RAM_ABOVE | RX | WB | AD | SPP | VMX_EPT_LEAF_BIT);
	l1_run_l2();
	violates(0x400100, ACCESS_WRITE);
	start(0);
	model_ept_write(EPT_TABLE(2), EPT_TABLE(3) | RX | VMX_EPT_ACCESS_BIT | SPP);
	map(GPA, FRAME | RWX | WB | AD);
	l1_run_l2();
	violates(GRANTED, ACCESS_WRITE);
	/* Flags in L2's paging structures. */
	start(0);
	l1_run_l2();
	violates(GRANTED, ACCESS_WRITE | ACCESS_PAGING);
	violates(GRANTED, ACCESS_READ | ACCESS_WRITE | ACCESS_PAGING);
	CHECK_EQ(writes(GRANTED), 1);
	violates(GRANTED, ACCESS_WRITE | ACCESS_PAGING);
	/* Another right is missing too. */
	start(0);
	map(GPA, FRAME | 1 | WB | AD | SPP);
	l1_run_l2();
	CHECK_EQ(writes(GRANTED), 1);
	access(GRANTED, ACCESS_FETCH, EPT_VIOLATION, ACCESS_FETCH | 1 << 3);
}

/* The right may be missing at any level. */
static void rights_of_tables(void)
{
	start(0);
	model_ept_write(EPT_TABLE(1), EPT_TABLE(2) | RX | VMX_EPT_ACCESS_BIT);
	map(GPA, FRAME | RWX | WB | AD | SPP);
	l1_run_l2();
	CHECK_EQ(writes(GRANTED), 1);
	violates(DENIED, ACCESS_WRITE);
	start(0);
	model_ept_write(EPT_TABLE(1), EPT_TABLE(2) | 4 | VMX_EPT_ACCESS_BIT);
	map(GPA, FRAME | RWX | WB | AD | SPP);
	l1_run_l2();
	access(GRANTED, ACCESS_WRITE, EPT_VIOLATION, ACCESS_WRITE | 4 << 3);
}

/* SDM "Exit Qualification": bit 11 tells a miss from a misconfiguration. */
static void events(void)
{
	static const u8 bits[] = { 1, 7, 11, 39, 51, 52, 63 };
	unsigned int level, i;

	for (level = 0; level < 3; level++) {
		u64 next = SPP_TABLE(level + 1);

		start(0);
		ram_set64(SPP_TABLE(level), next);
		l1_run_l2();
		event(GRANTED, MISS);
		event(DENIED, MISS);
		/* Nothing of it is cached. */
		ram_set64(SPP_TABLE(level), next | 1);
		CHECK_EQ(writes(GRANTED), 1);
		for (i = 0; i < ARRAY_SIZE(bits); i++) {
			start(0);
			ram_set64(SPP_TABLE(level), next | 1 | BIT_ULL(bits[i]));
			l1_run_l2();
			event(GRANTED, 0);
		}
		start(0);
		ram_set64(SPP_TABLE(level), ~1ull);
		l1_run_l2();
		event(GRANTED, MISS);
	}
	for (i = 1; i < 64; i += 2) {
		start(0);
		set_permissions(GPA, PERMISSIONS | BIT_ULL(i));
		l1_run_l2();
		event(GRANTED, 0);
		event(DENIED, 0);
	}
}

/* What L1 is told besides. */
static void event_information(void)
{
	const u32 idt = INTR_INFO_VALID_MASK | INTR_TYPE_SOFT_INTR | 0x80;

	start(0);
	ram_set64(SPP_TABLE(1), 0);
	l1_run_l2();
	l2_access_exit.qualification = EPT_VIOLATION_NMI_UNBLOCKED;
	l2_access_exit.linear = 0xffff800012345100;
	access(GRANTED, ACCESS_WRITE, EPT_SPP_EVENT, MISS);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), MISS | EPT_VIOLATION_NMI_UNBLOCKED);
	CHECK_EQ(read_field(GUEST_PHYSICAL_ADDRESS), GRANTED);
	CHECK_EQ(read_field(GUEST_LINEAR_ADDRESS), 0xffff800012345100);
	CHECK_EQ(shared.stats.l2_reflected[EXIT_REASON_SPP_EVENT], 1);
	l1_run_l2();
	l2_access_exit.qualification = 0;
	l2_access_exit.idt_info = idt;
	l2_access_exit.length = 2;
	access(GRANTED, ACCESS_WRITE, EPT_SPP_EVENT, MISS);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), idt);
	CHECK_EQ(read_field(VM_EXIT_INSTRUCTION_LEN), 2);
	memset(&l2_access_exit, 0, sizeof(l2_access_exit));
}

/* A table, or the pointer's own, where L1 has no memory: all ones, which is a misconfiguration. */
static void tables_in_hidden_memory(void)
{
	static const u64 nowhere[] = { RAM_HIDDEN + 0x3000, RAM_HOLE };
	unsigned int level, i;

	for (i = 0; i < ARRAY_SIZE(nowhere); i++) {
		for (level = 0; level < 3; level++) {
			start(0);
			ram_set64(SPP_TABLE(level), nowhere[i] | 1);
			l1_run_l2();
			event(GRANTED, 0);
			check_ept02();
		}
		start(0);
		duo_set(FI_SPP_TABLE_POINTER, nowhere[i]);
		spp12.table = nowhere[i];
		l1_run_l2();
		event(GRANTED, 0);
	}
}

static void invept_of_permissions(void)
{
	start(0);
	l1_run_l2();
	writes(GRANTED);
	l1_leave_l2();
	l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
	l1_run_l2();
	writes(GRANTED);
	violates(DENIED, ACCESS_WRITE);
	l1_leave_l2();
	set_permissions(GPA, 0);
	l1_must(l1_invept(VMX_EPT_EXTENT_CONTEXT, duo_valid(FI_EPT_POINTER)));
	l1_run_l2();
	violates(GRANTED, ACCESS_WRITE);
	l1_set_mode(L1_LONG);
	/* More than before needs no INVEPT of a processor that asks again. */
	set_permissions(GPA, PERMISSIONS | 1 << 6);
	CHECK_EQ(writes(DENIED), 1);
	l1_leave_l2();
	ram_set64(SPP_TABLE(2), 0);
	l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
	l1_run_l2();
	event(GRANTED, MISS);
	check_ept02();
}

/* What the processor has been shown changes without INVEPT, to more. */
static void more_permissions(void)
{
	start(0);
	l1_run_l2();
	writes(GRANTED);
	violates(DENIED, ACCESS_WRITE);
	set_permissions(GPA, PERMISSIONS | 1 << 6);
	CHECK_EQ(writes(DENIED), 1);
	CHECK_EQ(writes(GRANTED), 0);
}

/* SDM "Accessed and Dirty Flags for EPT", "Page-Modification Logging": as any write, once it is granted. */
static void flags_and_log(void)
{
	const u64 page = FRAME | RX | WB | SPP;
	struct ept_outcome outcome;

	start(SECONDARY_EXEC_ENABLE_PML);
	pml12 = (struct model_pml){ .on = true, .address = duo_valid(FI_PML_ADDRESS), .index = 3 };
	duo_set(FI_GUEST_PML_INDEX, 3);
	duo_set(FI_EPT_POINTER, duo_valid(FI_EPT_POINTER) | VMX_EPTP_AD_ENABLE_BIT);
	map(GPA, page);
	l1_run_l2();
	l2_access(DENIED, ACCESS_WRITE, false, &outcome);
	CHECK_EQ(outcome.result, EPT_VIOLATION);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8) & VMX_EPT_DIRTY_BIT, 0);
	l1_run_l2();
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8), page | VMX_EPT_ACCESS_BIT);
	l2_access(GRANTED, ACCESS_WRITE, false, &outcome);
	CHECK_EQ(outcome.result, EPT_OK);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8), page | AD);
	CHECK_EQ(ram_get64(duo_valid(FI_PML_ADDRESS) + 3 * 8), GPA);
	CHECK_EQ(hw_state(FI_GUEST_PML_INDEX), 2);
	CHECK_EQ(l2_access(GRANTED, ACCESS_WRITE, false, &outcome), 0);
	CHECK_EQ(hw_state(FI_GUEST_PML_INDEX), 2);
	l1_leave_l2();
	/* A log that is full matters where the write is granted. */
	duo_set(FI_GUEST_PML_INDEX, PML_ENTRIES);
	map(GPA, page | VMX_EPT_ACCESS_BIT);
	l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
	l1_run_l2();
	l2_access(DENIED, ACCESS_WRITE, false, &outcome);
	CHECK_EQ(outcome.result, EPT_VIOLATION);
	l1_run_l2();
	l2_access(GRANTED, ACCESS_WRITE, false, &outcome);
	CHECK_EQ(outcome.result, EPT_LOG_FULL);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8), page | VMX_EPT_ACCESS_BIT);
}

/* VMCSs with tables of their own; EPT12 is the same. */
static void two_tables(void)
{
	unsigned int i;

	start(0);
	for (i = 0; i < 3; i++)
		ram_set64(OTHER_TABLE + i * 0x1000, (OTHER_TABLE + (i + 1) * 0x1000) | 1);
	ram_set64(OTHER_TABLE + 0x3000 + 5 * 8, PERMISSIONS << 2);
	l1_run_l2();
	writes(GRANTED);
	l1_leave_l2();
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(1)));
	duo_write_valid();
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL,
		duo_valid(FI_SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_SPP);
	duo_set(FI_SPP_TABLE_POINTER, OTHER_TABLE);
	for (i = 0; i < 3; i++) {
		spp12.table = OTHER_TABLE;
		l1_run_l2();
		violates(GRANTED, ACCESS_WRITE);
		writes(DENIED);
		l1_leave_l2();
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
		spp12.table = SPP_TABLE(0);
		l1_run_l2();
		violates(DENIED, ACCESS_WRITE);
		writes(GRANTED);
		check_ept02();
		l1_leave_l2();
		l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(1)));
	}
	/* One VMCS with another table: the pointer alone changes. */
	spp12.table = OTHER_TABLE;
	l1_run_l2();
	writes(DENIED);
	l1_leave_l2();
	spp12.table = SPP_TABLE(0);
	duo_set(FI_SPP_TABLE_POINTER, SPP_TABLE(0));
	l1_run_l2();
	violates(DENIED, ACCESS_WRITE);
	writes(GRANTED);
}

/*
 * Bit 61 of a leaf outlives the entry of SPPT02, whose table a neighbour has brought back: the processor
 * finds zeros there, and keeps them.
 */
static void an_entry_that_is_gone(void)
{
	unsigned int i;

	start(0);
	map(GPA + 0x1000, FRAME | RX | WB | AD | SPP);
	for (i = 0; i < 3; i++)
		ram_set64(OTHER_TABLE + i * 0x1000, SPP_TABLE(i + 1) | 1);
	l1_run_l2();
	writes(GRANTED);
	l1_leave_l2();
	duo_set(FI_SPP_TABLE_POINTER, OTHER_TABLE);
	spp12.table = OTHER_TABLE;
	l1_run_l2();
	writes(GRANTED + 0x1000);
	CHECK_EQ(writes(GRANTED), 1);
	CHECK_EQ(writes(GRANTED), 0);
	violates(DENIED, ACCESS_WRITE);
}

static bool denied_by_the_processor(u64 gpa)
{
	const struct l2_exit exit = {
		.reason = EXIT_REASON_EPT_VIOLATION,
		.qualification = 0x182 | RX << 3,
		.gpa = gpa,
	};

	return l2_exits(&exit);
}

/* An access of two sub-pages whose address is that of the one that is granted: it must not repeat for ever. */
static void two_sub_pages_at_once(void)
{
	start(0);
	l1_run_l2();
	CHECK(!denied_by_the_processor(GRANTED + 0x7e));
	CHECK(denied_by_the_processor(GRANTED + 0x7e));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_EPT_VIOLATION);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), 0x182 | RX << 3);
	l1_run_l2();
	/* L1 grants the other one too. */
	set_permissions(GPA, ~0ull / 3);
	CHECK(!denied_by_the_processor(GRANTED + 0x7e));
	CHECK_EQ(writes(GRANTED + 0x80), 0);
}

/* SDM "Virtualization Exceptions": a denied sub-page is a violation, an SPP-related event is none. */
static void virtualization_exceptions(void)
{
	start(SECONDARY_EXEC_EPT_VIOLATION_VE);
	l1_run_l2();
	CHECK(!denied_by_the_processor(DENIED));
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD),
		 INTR_INFO_VALID_MASK | INTR_TYPE_HARD_EXCEPTION | VE_VECTOR);
	CHECK_EQ(ram_get64(L1_PAGES + 8), 0x182 | RX << 3);
	CHECK(hw_state(FI_GUEST_RFLAGS) & X86_EFLAGS_RF);
	start(SECONDARY_EXEC_EPT_VIOLATION_VE);
	ram_set64(L1_PAGES, 0);
	ram_set64(SPP_TABLE(0), 0);
	l1_run_l2();
	CHECK(denied_by_the_processor(DENIED));
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_SPP_EVENT);
	CHECK_EQ(ram_get32(L1_PAGES + 4), 0);
}

/* EPT02 and SPPT02 forget all when the pool is empty, and L2 goes on. */
static void empty_pool(unsigned int taken)
{
	u32 left;
	u64 i;

	start(0);
	/* Which of the two is short of pages is a matter of their number. */
	for (i = 0; i < taken; i++)
		pool_get(&nested.pool);
	left = nested.pool.left;
	for (i = 0; i < 512; i++) {
		model_ept_write(EPT_TABLE(1) + i * 8, EPT_TABLE(2) | RWX | VMX_EPT_ACCESS_BIT);
		ram_set64(SPP_TABLE(1) + i * 8, SPP_TABLE(2) | 1);
	}
	l1_run_l2();
	for (i = 0; i < 512; i++) {
		access(i << 30 | GRANTED, ACCESS_READ, EPT_OK, 0);
		writes(i << 30 | GRANTED);
		violates(i << 30 | DENIED, ACCESS_WRITE);
	}
	CHECK(shared.stats.ept02_evictions > 0);
	check_ept02();
	l1_leave_l2();
	l1_must(l1_vmxoff());
	CHECK_EQ(nested.pool.left + 2 * nested.ept02.nr_roots, left);
}

static void an_empty_pool(void)
{
	unsigned int taken;

	for (taken = 0; taken < 4; taken++)
		empty_pool(taken);
}

/* A processor without them has no page for them. */
static void without_sub_pages(void)
{
	duo_start(MODEL_BROADWELL, NULL);
	CHECK_EQ(nested.sppt02.root, 0);
}

static const struct unit_test tests[] = {
	TEST(sub_pages),
	TEST(other_orders),
	TEST(not_eligible),
	TEST(rights_of_tables),
	TEST(events),
	TEST(event_information),
	TEST(tables_in_hidden_memory),
	TEST(invept_of_permissions),
	TEST(more_permissions),
	TEST(flags_and_log),
	TEST(two_tables),
	TEST(an_entry_that_is_gone),
	TEST(two_sub_pages_at_once),
	TEST(virtualization_exceptions),
	TEST(an_empty_pool),
	TEST(without_sub_pages),
};

UNIT_MAIN(tests)
