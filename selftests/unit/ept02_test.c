// SPDX-License-Identifier: GPL-2.0-only
/* EPT02 against the walk of EPT12 that the bare processor makes. */
#include <string.h>

#include "duo.h"
#include "random_ept.h"
#include "ram.h"
#include "unit.h"

static void random_tables(enum processor_model model)
{
	unsigned int i, step;
	u64 fills = 0;

	for (i = 0; i < 30; i++) {
		random_ept_begin(model, unit_random);
		for (step = 0; step < 200; step++)
			random_ept_step();
		fills += shared.stats.ept02_fills;
		random_ept_end();
	}
	CHECK_MSG(fills > 500, "%llu pages were filled: a poor choice of inputs", fills);
}

static void random_tables_on_broadwell(void)
{
	random_tables(MODEL_BROADWELL);
}

static void random_tables_with_every_feature(void)
{
	random_tables(MODEL_ALL);
}

static void random_tables_without_flags(void)
{
	random_tables(MODEL_WESTMERE);
}

#define GPA		0x5000ull
#define FRAME		0x9000ull
#define RWX		VMX_EPT_RWX_MASK
#define WB		((u64)MEM_TYPE_WB << VMX_EPT_MT_SHIFT)
#define AD		(VMX_EPT_ACCESS_BIT | VMX_EPT_DIRTY_BIT)

/* EPT12 whose last table is empty, in which L2 is about to run. */
static void start(enum processor_model model, void (*change)(struct vmx_caps *caps))
{
	duo_start(model, change);
	ram_set64(EPT_TABLE(0), EPT_TABLE(1) | RWX | VMX_EPT_ACCESS_BIT);
	ram_set64(EPT_TABLE(1), EPT_TABLE(2) | RWX | VMX_EPT_ACCESS_BIT);
	ram_set64(EPT_TABLE(2), EPT_TABLE(3) | RWX | VMX_EPT_ACCESS_BIT);
	model_ept_begin();
	duo_setup(0);
}

static void map(u64 gpa, u64 entry)
{
	model_ept_write(EPT_TABLE(3) + (gpa >> 12 & 511) * 8, entry);
}

static void map_large(u64 gpa, u64 entry)
{
	model_ept_write(EPT_TABLE(2) + (gpa >> 21 & 511) * 8, entry | VMX_EPT_LEAF_BIT);
}

/* Exits that an access takes, where it must succeed. */
static unsigned int touch(u64 gpa, unsigned int access, u64 pa)
{
	struct ept_outcome outcome;
	unsigned int exits = l2_access(gpa, access, false, &outcome);

	CHECK_EQ(outcome.result, EPT_OK);
	CHECK_EQ(outcome.pa, pa);
	return exits;
}

static void violates(u64 gpa, unsigned int access, u64 qualification)
{
	struct ept_outcome outcome;

	l2_access(gpa, access, false, &outcome);
	CHECK_EQ(outcome.result, EPT_VIOLATION);
	CHECK_EQ(outcome.qualification, qualification);
}

/* One exit brings the pages around; those that L1 has not mapped, or may not be read, excepted. */
static void neighbours_come_along(void)
{
	start(MODEL_WESTMERE, NULL);
	map(GPA, FRAME | RWX | WB);
	map(GPA + 0x1000, 0x33000 | RWX | WB);
	map(GPA - 0x1000, 0x44000 | 1 | WB);
	map(GPA - 0x2000, 0x55000 | 2 | WB);
	l1_run_l2();
	CHECK_EQ(touch(GPA, ACCESS_READ, FRAME), 1);
	CHECK_EQ(touch(GPA + 0x1008, ACCESS_WRITE, 0x33008), 0);
	CHECK_EQ(touch(GPA - 0x1000, ACCESS_READ, 0x44000), 0);
	violates(GPA - 0x1000, ACCESS_WRITE, 2 | 1 << 3);
	check_ept02();
}

/* The processor must not be seen to access what L2 did not. */
static void neighbours_that_were_not_accessed(void)
{
	start(MODEL_BROADWELL, NULL);
	map(GPA, FRAME | RWX | WB);
	map(GPA + 0x1000, 0x33000 | RWX | WB);
	map(GPA - 0x1000, 0x44000 | RWX | WB | AD);
	l1_run_l2();
	CHECK_EQ(touch(GPA, ACCESS_READ, FRAME), 1);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8), FRAME | RWX | WB | VMX_EPT_ACCESS_BIT);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 6 * 8), 0x33000 | RWX | WB);
	CHECK_EQ(touch(GPA - 0x1000, ACCESS_WRITE, 0x44000), 0);
	CHECK_EQ(touch(GPA + 0x1000, ACCESS_READ, 0x33000), 1);
	/* The first write sets the dirty flag. */
	CHECK_EQ(touch(GPA, ACCESS_WRITE, FRAME), 1);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8), FRAME | RWX | WB | AD);
	CHECK_EQ(touch(GPA, ACCESS_WRITE, FRAME), 0);
}

static void with_log(u16 index)
{
	start(MODEL_ALL, NULL);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL,
		duo_valid(FI_SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_ENABLE_PML);
	duo_set(FI_GUEST_PML_INDEX, index);
	map(GPA, FRAME | RWX | WB);
	map(GPA + 0x1000, 0x33000 | RWX | WB);
	l1_run_l2();
}

/* SDM "Page-Modification Logging": the flag is set and the page logged in one step. */
static void a_written_page_is_logged(void)
{
	with_log(1);
	touch(GPA + 8, ACCESS_READ, FRAME + 8);
	CHECK_EQ(hw_state(FI_GUEST_PML_INDEX), 1);
	touch(GPA + 8, ACCESS_WRITE, FRAME + 8);
	CHECK_EQ(hw_state(FI_GUEST_PML_INDEX), 0);
	CHECK_EQ(ram_get64(L1_PAGES + 8), GPA);
	/* Another CPU, or an EPT02 that has forgotten, finds the page dirty and logs it no more. */
	ept02_drop(&nested);
	touch(GPA, ACCESS_WRITE, FRAME);
	CHECK_EQ(hw_state(FI_GUEST_PML_INDEX), 0);
	touch(GPA + 0x1000, ACCESS_WRITE, 0x33000);
	CHECK_EQ(ram_get64(L1_PAGES), GPA + 0x1000);
	CHECK_EQ(hw_state(FI_GUEST_PML_INDEX), 0xffff);
}

/* The log is full before any flag is set, and matters only where one is to be set. */
static void a_full_log(void)
{
	struct ept_outcome outcome;

	with_log(PML_ENTRIES);
	l2_access_exit.idt_info = INTR_INFO_VALID_MASK | 0x31;
	l2_access_exit.qualification = EPT_VIOLATION_NMI_UNBLOCKED;
	l2_access(GPA, ACCESS_READ, false, &outcome);
	CHECK_EQ(outcome.result, EPT_LOG_FULL);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8), FRAME | RWX | WB);
	CHECK_EQ(read_field(VM_EXIT_REASON), EXIT_REASON_PML_FULL);
	CHECK_EQ(read_field(EXIT_QUALIFICATION), EPT_VIOLATION_NMI_UNBLOCKED);
	CHECK_EQ(read_field(IDT_VECTORING_INFO_FIELD), INTR_INFO_VALID_MASK | 0x31);
	CHECK_EQ(read_field(GUEST_PML_INDEX), PML_ENTRIES);
	CHECK_EQ(shared.stats.l2_reflected[EXIT_REASON_PML_FULL], 1);
	memset(&l2_access_exit, 0, sizeof(l2_access_exit));

	with_log(PML_ENTRIES);
	map(GPA, FRAME | RWX | WB | AD);
	touch(GPA, ACCESS_WRITE, FRAME);
}

/* A page that L1 has mapped upon a violation is there when L2 goes on. */
static void the_awaited_page(void)
{
	start(MODEL_WESTMERE, NULL);
	l1_run_l2();
	violates(GPA, ACCESS_READ, 1);
	map(GPA, FRAME | RWX | WB);
	l1_run_l2();
	CHECK_EQ(touch(GPA, ACCESS_READ, FRAME), 0);
	/* The same where EPT02 has its table already; and again, with the flags set. */
	map(GPA + 0x10000, 0);
	violates(GPA + 0x10000, ACCESS_READ, 1);
	map(GPA + 0x10000, 0x33000 | RWX | WB);
	l1_run_l2();
	CHECK_EQ(touch(GPA + 0x10000, ACCESS_WRITE, 0x33000), 0);
	start(MODEL_BROADWELL, NULL);
	map(GPA + 0x10000, FRAME | RWX | WB | AD);
	l1_run_l2();
	touch(GPA + 0x10000, ACCESS_READ, FRAME);
	violates(GPA, ACCESS_READ, 1);
	map(GPA, FRAME | RWX | WB | VMX_EPT_ACCESS_BIT);
	l1_run_l2();
	CHECK_EQ(touch(GPA, ACCESS_READ, FRAME), 0);
	CHECK_EQ(touch(GPA, ACCESS_WRITE, FRAME), 1);
	/* Nestor's own memory has no such way. */
	violates(GPA + 0x20000, ACCESS_READ, 1);
	map(GPA + 0x20000, RAM_HIDDEN | RWX | WB | AD);
	l1_run_l2();
	touch(GPA + 0x20000, ACCESS_READ, nested.hidden_page);
	check_ept02();
	/* Not if the processor would have to set a flag for it. */
	start(MODEL_BROADWELL, NULL);
	l1_run_l2();
	violates(GPA, ACCESS_WRITE, 2);
	map(GPA, FRAME | RWX | WB | VMX_EPT_ACCESS_BIT);
	l1_run_l2();
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8), FRAME | RWX | WB | VMX_EPT_ACCESS_BIT);
	CHECK_EQ(touch(GPA, ACCESS_WRITE, FRAME), 1);
}

static void invept_forgets(void)
{
	start(MODEL_BROADWELL, NULL);
	map(GPA, FRAME | RWX | WB | AD);
	l1_run_l2();
	touch(GPA, ACCESS_WRITE, FRAME);
	l1_leave_l2();
	map(GPA, 0x33000 | RWX | WB | AD);
	l1_must(l1_invept(VMX_EPT_EXTENT_CONTEXT, duo_valid(FI_EPT_POINTER)));
	l1_run_l2();
	CHECK_EQ(touch(GPA, ACCESS_WRITE, 0x33000), 1);
	l1_leave_l2();
	map(GPA, 0);
	/* The flags of the pointer do not matter, its address does. */
	l1_must(l1_invept(VMX_EPT_EXTENT_CONTEXT,
			  duo_valid(FI_EPT_POINTER) ^ VMX_EPTP_AD_ENABLE_BIT));
	l1_run_l2();
	violates(GPA, ACCESS_READ, 1);
	CHECK_EQ(shared.stats.ept02_flushes, 2);
}

static void invept(void)
{
	l1_must(l1_invept(VMX_EPT_EXTENT_CONTEXT, duo_valid(FI_EPT_POINTER)));
}

/* What EPT12 still has costs no exit: here the same page, and one that has become clean. */
static void invept_keeps_what_is_still_so(void)
{
	start(MODEL_BROADWELL, NULL);
	map(GPA, FRAME | RWX | WB | AD);
	map(GPA + 0x10000, 0x33000 | RWX | WB | AD);
	map_large(0x400000, RAM_ABOVE | RWX | WB | AD);
	l1_run_l2();
	touch(GPA, ACCESS_WRITE, FRAME);
	touch(GPA + 0x10000, ACCESS_WRITE, 0x33000);
	touch(0x400000, ACCESS_WRITE, RAM_ABOVE);
	l1_leave_l2();
	map(GPA + 0x10000, 0x33000 | RWX | WB | VMX_EPT_ACCESS_BIT);
	invept();
	l1_run_l2();
	CHECK_EQ(touch(GPA, ACCESS_WRITE, FRAME), 0);
	CHECK_EQ(touch(0x401000, ACCESS_WRITE, RAM_ABOVE + 0x1000), 0);
	CHECK_EQ(touch(GPA + 0x10000, ACCESS_READ, 0x33000), 0);
	CHECK_EQ(touch(GPA + 0x10000, ACCESS_WRITE, 0x33000), 1);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 0x15 * 8), 0x33000 | RWX | WB | AD);
	check_ept02();
}

/* A change to one page of many, each of another kind. */
static void invept_drops_what_is_not(void)
{
	static const u64 changed[] = {
		0x44000 | RWX | WB | AD,		       /* another frame */
		FRAME | RWX | AD,			       /* another memory type */
		FRAME | RWX | WB | AD | VMX_EPT_IPAT_BIT,      /* likewise */
		FRAME | RWX | WB | VMX_EPT_DIRTY_BIT,	       /* not accessed */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(changed); i++) {
		start(MODEL_BROADWELL, NULL);
		map(GPA, FRAME | RWX | WB | AD);
		l1_run_l2();
		touch(GPA, ACCESS_WRITE, FRAME);
		l1_leave_l2();
		map(GPA, changed[i]);
		invept();
		l1_run_l2();
		CHECK_EQ(touch(GPA, ACCESS_WRITE, changed[i] & GENMASK_ULL(51, 12)), 1);
		l1_leave_l2();
		map(GPA, (changed[i] & ~RWX) | 1 | VMX_EPT_ACCESS_BIT);
		invept();
		l1_run_l2();
		CHECK_EQ(touch(GPA, ACCESS_READ, changed[i] & GENMASK_ULL(51, 12)), 0);
		violates(GPA, ACCESS_WRITE, 2 | 1 << 3);
	}
}

/* Sizes that change after an INVEPT; and rights of a table. */
static void invept_of_other_sizes(void)
{
	start(MODEL_BROADWELL, NULL);
	map_large(0x400000, RAM_ABOVE | RWX | WB | AD);
	map_large(0x600000, RAM_HIGH | RWX | WB | AD);
	l1_run_l2();
	touch(0x400000, ACCESS_WRITE, RAM_ABOVE);
	touch(0x600000, ACCESS_WRITE, RAM_HIGH);
	l1_leave_l2();
	map(0x400000, FRAME | RWX | WB | AD);
	model_ept_write(EPT_TABLE(2) + 2 * 8, EPT_TABLE(3) | RWX | VMX_EPT_ACCESS_BIT);
	invept();
	l1_run_l2();
	CHECK_EQ(touch(0x400000, ACCESS_READ, FRAME), 1);
	CHECK_EQ(touch(0x600000, ACCESS_WRITE, RAM_HIGH), 0);
	l1_leave_l2();
	model_ept_write(EPT_TABLE(0), EPT_TABLE(1) | 5 | VMX_EPT_ACCESS_BIT);
	invept();
	l1_run_l2();
	CHECK_EQ(touch(0x600000, ACCESS_READ, RAM_HIGH), 0);
	violates(0x600000, ACCESS_WRITE, 2 | 5 << 3);
	check_ept02();
}

/* Too many to look at each: all are forgotten, and no table is lost. */
static void invept_of_a_large_root(void)
{
	unsigned int i;
	u32 left;

	start(MODEL_BROADWELL, NULL);
	l1_run_l2();
	l1_leave_l2();
	left = nested.pool.left;
	for (i = 0; i < 400; i++)
		map(i << 12, FRAME | RWX | WB | AD);
	l1_run_l2();
	for (i = 0; i < 400; i++)
		touch((u64)i << 12, ACCESS_WRITE, FRAME);
	CHECK(nested.pool.left < left);
	l1_leave_l2();
	invept();
	l1_run_l2();
	CHECK_EQ(nested.pool.left, left);
	CHECK_EQ(touch(0, ACCESS_WRITE, FRAME), 1);
}

/* A large page under a small one, and the other way round, without an INVEPT in between. */
static void sizes_that_change(void)
{
	u32 left;

	start(MODEL_WESTMERE, NULL);
	map_large(0x400000, RAM_ABOVE | RWX | WB);
	model_ept_write(EPT_TABLE(2) + 3 * 8, EPT_TABLE(3) | RWX);
	map(0x600000, FRAME | RWX | WB);
	l1_run_l2();
	CHECK_EQ(touch(0x400000, ACCESS_READ, RAM_ABOVE), 1);
	CHECK_EQ(touch(0x5ff000, ACCESS_WRITE, RAM_ABOVE + 0x1ff000), 0);
	left = nested.pool.left;
	CHECK_EQ(touch(0x600000, ACCESS_READ, FRAME), 1);
	CHECK_EQ(nested.pool.left, left - 1);
	l1_leave_l2();
	/* The table goes back to the pool when a large page takes its place. */
	map_large(0x600000, RAM_ABOVE | RWX | WB);
	l1_run_l2();
	CHECK_EQ(touch(0x601000, ACCESS_WRITE, RAM_ABOVE + 0x1000), 1);
	CHECK_EQ(nested.pool.left, left);
	l1_leave_l2();
	model_ept_write(EPT_TABLE(2) + 2 * 8, EPT_TABLE(3) | 5);
	map(0x400000, FRAME | 5 | WB);
	l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
	l1_run_l2();
	violates(0x400000, ACCESS_WRITE, 2 | 5 << 3);
	check_ept02();
}

/* Hidden memory is a page of its own; what L2 does there is counted. */
static void hidden_memory(void)
{
	start(MODEL_WESTMERE, NULL);
	map_large(0x400000, RAM_HIDDEN | RWX | WB);
	l1_run_l2();
	touch(0x412345, ACCESS_READ, nested.hidden_page + 0x345);
	CHECK_EQ(shared.stats.blocked_reads, 1);
	touch(0x413000, ACCESS_WRITE, nested.hidden_sink);
	CHECK_EQ(shared.stats.blocked_writes, 1);
	check_ept02();
}

/* What an L2 writes there is found by no other page that is read, and by no L2 that comes after it. */
static void writes_to_hidden_memory_vanish(void)
{
	u64 *sink;

	start(MODEL_BROADWELL, NULL);
	sink = (u64 *)(void *)ram_own(nested.hidden_sink);
	map(GPA, RAM_HIDDEN | RWX | WB | AD);
	map(GPA + 0x1000, (RAM_HIDDEN + 0x1000) | RWX | WB | AD);
	l1_run_l2();
	CHECK_EQ(touch(GPA, ACCESS_READ, nested.hidden_page), 1);
	/* The neighbour was not accessed. */
	CHECK_EQ(shared.stats.blocked_reads, 1);
	CHECK_EQ(touch(GPA + 0x1000, ACCESS_READ, nested.hidden_page), 1);
	CHECK_EQ(touch(GPA, ACCESS_WRITE, nested.hidden_sink), 1);
	*sink = 7;
	CHECK_EQ(touch(GPA, ACCESS_READ, nested.hidden_sink), 0);
	CHECK_EQ(touch(GPA + 0x1000, ACCESS_READ, nested.hidden_page), 0);
	CHECK_EQ(touch(GPA + 0x1000, ACCESS_WRITE, nested.hidden_sink), 1);
	CHECK_EQ(*sink, 0);
	CHECK_EQ(shared.stats.blocked_reads, 2);
	CHECK_EQ(shared.stats.blocked_writes, 2);
	check_ept02();
}

/* Where accesses to the APIC page are virtualized it is a small page, wherever it is. */
static void the_apic_access_page(void)
{
	start(MODEL_BROADWELL, NULL);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL,
		duo_valid(FI_SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES);
	duo_set(FI_APIC_ACCESS_ADDR, RAM_ABOVE + 0x1000);
	map_large(0x400000, RAM_ABOVE | RWX | WB | AD);
	map_large(0x600000, RAM_HIGH | RWX | WB | AD);
	l1_run_l2();
	CHECK_EQ(touch(0x401000, ACCESS_READ, RAM_ABOVE + 0x1000), 1);
	CHECK_EQ(touch(0x402000, ACCESS_READ, RAM_ABOVE + 0x2000), 1);
	CHECK_EQ(touch(0x600000, ACCESS_READ, RAM_HIGH), 1);
	CHECK_EQ(touch(0x601000, ACCESS_READ, RAM_HIGH + 0x1000), 0);
}

/* More EPT12s than roots: the one used longest ago goes, no page is lost. */
static void more_ept12s_than_roots(void)
{
	unsigned int i, round;
	u32 left;

	start(MODEL_WESTMERE, NULL);
	left = nested.pool.left;
	for (round = 0; round < 3; round++) {
		for (i = 0; i < NR_EPT02_ROOTS + 5; i++) {
			u64 pml4 = L1_VMCS(100 + i);

			ram_set64(pml4, EPT_TABLE(1) | RWX);
			map(GPA, FRAME | RWX | WB);
			duo_set(FI_EPT_POINTER, pml4 | MEM_TYPE_WB | VMX_EPTP_PWL_4);
			l1_run_l2();
			touch(GPA, ACCESS_READ, FRAME);
			l1_leave_l2();
			check_ept02();
		}
	}
	CHECK(shared.stats.ept02_evictions >= 2 * (NR_EPT02_ROOTS + 5));
	l1_must(l1_vmxoff());
	/* A root keeps its two pages. */
	CHECK_EQ(nested.pool.left + 2 * nested.ept02.nr_roots, left);
	CHECK_EQ(shared.pool_free + 2 * nested.ept02.nr_roots, left);
}

/* A VMCS whose root was taken for another EPT12 meanwhile gets a root of its own EPT12 again. */
static void a_root_that_was_taken(void)
{
	unsigned int i;

	start(MODEL_WESTMERE, NULL);
	map(GPA, FRAME | RWX | WB);
	l1_run_l2();
	touch(GPA, ACCESS_READ, FRAME);
	l1_leave_l2();
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(1)));
	duo_write_valid();
	for (i = 0; i < NR_EPT02_ROOTS + 3; i++) {
		duo_set(FI_EPT_POINTER, L1_VMCS(100 + i) | MEM_TYPE_WB | VMX_EPTP_PWL_4);
		l1_run_l2();
		violates(GPA, ACCESS_READ, 1);
		l1_set_mode(L1_LONG);
	}
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	l1_run_l2();
	touch(GPA, ACCESS_READ, FRAME);
	l1_leave_l2();
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(1)));
	l1_run_l2();
	violates(GPA, ACCESS_READ, 1);
}

/* When the pool is empty EPT02 forgets all, and L2 goes on. */
static void an_empty_pool(void)
{
	u32 left;
	u64 i;

	start(MODEL_WESTMERE, NULL);
	for (i = 0; i < 512; i++) {
		model_ept_write(EPT_TABLE(0) + i * 8, EPT_TABLE(1) | RWX);
		model_ept_write(EPT_TABLE(1) + i * 8, EPT_TABLE(2) | RWX);
	}
	map(GPA, FRAME | RWX | WB);
	left = nested.pool.left;
	l1_run_l2();
	for (i = 0; i < left; i++)
		touch(i << 30 | GPA, ACCESS_READ, FRAME);
	CHECK(shared.stats.ept02_evictions > 0);
	CHECK(nested.pool.left > 0);
	check_ept02();
	l1_leave_l2();
	l1_must(l1_vmxoff());
	CHECK_EQ(nested.pool.left + 2 * nested.ept02.nr_roots, left);
}

/* Another processor of L1's changes EPT12 while it is walked. */
static u64 raced;
static u64 new_entry;

static void race(u64 pa)
{
	if (raced++)
		return;
	ram_set64(pa, new_entry);
}

static void a_race_for_the_flags(void)
{
	start(MODEL_BROADWELL, NULL);
	map(GPA, FRAME | RWX | WB);
	l1_run_l2();
	raced = 0;
	new_entry = 0x33000 | RWX | WB;
	memory_before_cmpxchg = race;
	/* L2 tries again. */
	CHECK_EQ(touch(GPA, ACCESS_READ, 0x33000), 2);
	CHECK_EQ(ram_get64(EPT_TABLE(3) + 5 * 8), 0x33000 | RWX | WB | VMX_EPT_ACCESS_BIT);
	/* In a table above. */
	l1_leave_l2();
	model_ept_write(EPT_TABLE(2), EPT_TABLE(3) | RWX);
	l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
	l1_run_l2();
	raced = 0;
	new_entry = EPT_TABLE(4) | RWX;
	model_ept_write(EPT_TABLE(4) + 5 * 8, 0x44000 | RWX | WB);
	CHECK_EQ(touch(GPA, ACCESS_READ, 0x44000), 2);
	memory_before_cmpxchg = NULL;
}

/* In a bit that means nothing, each time another value: no flag can be set. */
static void change_always(u64 pa)
{
	raced++;
	ram_set64(pa, (ram_get64(pa) & ~GENMASK_ULL(58, 52)) | (raced & 63) << 52);
	if (raced > 100)
		memory_before_cmpxchg = NULL;
}

/* Root does not wait for the end of it: L2 tries again, and each attempt is an exit. */
static void a_race_without_end(void)
{
	const struct l2_exit read = {
		.reason = EXIT_REASON_EPT_VIOLATION, .qualification = 0x181, .gpa = GPA,
	};

	start(MODEL_BROADWELL, NULL);
	map(GPA, FRAME | RWX | WB);
	l1_run_l2();
	raced = 0;
	memory_before_cmpxchg = change_always;
	CHECK(!l2_exits(&read));
	CHECK(raced < 10);
	CHECK_EQ(shared.stats.ept02_fills, 0);
	memory_before_cmpxchg = NULL;
	CHECK_EQ(touch(GPA, ACCESS_READ, FRAME), 1);
}

static void mix_of_types(void)
{
	static const struct {
		u64 gpa;
		u64 type;
	} pages[] = {
		{ 0x1000, MEM_TYPE_WB }, { 0xa0000, MEM_TYPE_UC }, { 0xc0000, MEM_TYPE_WP },
		{ 0x200000, MEM_TYPE_WB }, { RAM_HIGH, MEM_TYPE_WB }, { RAM_HOLE, MEM_TYPE_UC },
	};
	struct ept_outcome outcome;
	unsigned int i;

	start(MODEL_BROADWELL, NULL);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL, 0);
	l1_run_l2();
	for (i = 0; i < ARRAY_SIZE(pages); i++) {
		l2_access(pages[i].gpa, ACCESS_WRITE, false, &outcome);
		CHECK_EQ(outcome.result, EPT_OK);
		CHECK_EQ(outcome.pa, pages[i].gpa);
		CHECK_EQ(outcome.type >> VMX_EPT_MT_SHIFT, pages[i].type);
	}
	/* Nestor's memory is hidden from an L2 without EPT too. */
	touch(RAM_HIDDEN, ACCESS_READ, nested.hidden_page);
	check_ept02();
	l1_leave_l2();
	/* INVEPT of some EPT12 has nothing to do with it, the global one has. */
	l1_must(l1_invept(VMX_EPT_EXTENT_CONTEXT, duo_valid(FI_EPT_POINTER)));
	l1_run_l2();
	CHECK_EQ(touch(0x200000, ACCESS_READ, 0x200000), 0);
}

static void wide(struct vmx_caps *caps)
{
	caps->maxphyaddr = 52;
}

/* L2's physical addresses are the machine's, however wide they are: none stands for another. */
static void without_ept12_and_more_than_48_bits(void)
{
	static const u64 high[] = { BIT_ULL(48), BIT_ULL(51) | BIT_ULL(30), BIT_ULL(52) - 0x200000 };
	unsigned int i;

	start(MODEL_ALL, wide);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL, 0);
	l1_run_l2();
	CHECK_EQ(touch(0x200000, ACCESS_WRITE, 0x200000), 1);
	for (i = 0; i < ARRAY_SIZE(high); i++) {
		CHECK_EQ(touch(high[i], ACCESS_WRITE, high[i]), 1);
		CHECK_EQ(touch(0x200000, ACCESS_WRITE, 0x200000), 0);
	}
	check_ept02();
}

/* SDM "Virtualization Exceptions" */
#define VE_PAGE		L1_PAGES

static void start_ve(void)
{
	start(MODEL_ALL, NULL);
	duo_set(FI_SECONDARY_VM_EXEC_CONTROL,
		duo_valid(FI_SECONDARY_VM_EXEC_CONTROL) | SECONDARY_EXEC_EPT_VIOLATION_VE);
	duo_set(FI_EPTP_INDEX, 6);
}

static bool violation_exits(void)
{
	const struct l2_exit exit = {
		.reason = EXIT_REASON_EPT_VIOLATION, .qualification = 0x181, .gpa = GPA,
		.linear = 0xffff800012345000, .idt_info = l2_access_exit.idt_info,
	};

	return l2_exits(&exit);
}

static void a_violation_becomes_ve(void)
{
	const u32 ve = INTR_INFO_VALID_MASK | INTR_TYPE_HARD_EXCEPTION | VE_VECTOR;

	start_ve();
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(!(hw_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_EPT_VIOLATION_VE));
	CHECK(!violation_exits());
	CHECK_EQ(hw_state(FI_VM_ENTRY_INTR_INFO_FIELD), ve);
	CHECK_EQ(ram_get32(VE_PAGE), EXIT_REASON_EPT_VIOLATION);
	CHECK_EQ(ram_get32(VE_PAGE + 4), 0xffffffff);
	CHECK_EQ(ram_get64(VE_PAGE + 8), 0x181);
	CHECK_EQ(ram_get64(VE_PAGE + 16), 0xffff800012345000);
	CHECK_EQ(ram_get64(VE_PAGE + 24), GPA);
	CHECK_EQ(ram_get32(VE_PAGE + 32) & 0xffff, 6);
	CHECK(hw_state(FI_GUEST_RFLAGS) & X86_EFLAGS_RF);
	/* Until L2 clears the second word there is no other. */
	CHECK(violation_exits());
}

/* SDM "Handling Multiple NMIs": an IRET that faults has unblocked NMIs. */
static void an_iret_that_raises_ve(void)
{
	const struct l2_exit exit = {
		.reason = EXIT_REASON_EPT_VIOLATION,
		.qualification = 0x181 | EPT_VIOLATION_NMI_UNBLOCKED,
		.gpa = GPA,
	};

	start_ve();
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(!l2_exits(&exit));
	CHECK_EQ(ram_get64(VE_PAGE + 8), exit.qualification);
	CHECK_EQ(hw_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
}

static void violations_that_stay(void)
{
	start_ve();
	map(GPA, VMX_EPT_SUPPRESS_VE_BIT);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(violation_exits());
	start_ve();
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	l2_access_exit.idt_info = INTR_INFO_VALID_MASK | 0x30d;
	CHECK(violation_exits());
	start_ve();
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	l2_set_state(FI_GUEST_CR0, X86_CR0_NE);
	CHECK(violation_exits());
	start_ve();
	duo_set(FI_VE_INFORMATION_ADDRESS, RAM_HOLE);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(violation_exits());
}

/* L1 intercepts the exception. */
static void a_ve_that_exits(void)
{
	u64 value;

	start_ve();
	duo_set(FI_EXCEPTION_BITMAP, BIT(VE_VECTOR));
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	CHECK(violation_exits());
	l1_must(l1_vmread(VM_EXIT_REASON, &value));
	CHECK_EQ(value, EXIT_REASON_EXCEPTION_NMI);
	l1_must(l1_vmread(VM_EXIT_INTR_INFO, &value));
	CHECK_EQ(value, INTR_INFO_VALID_MASK | INTR_TYPE_HARD_EXCEPTION | VE_VECTOR);
	l1_must(l1_vmread(EXIT_QUALIFICATION, &value));
	CHECK_EQ(value, 0);
	CHECK_EQ(ram_get32(VE_PAGE + 4), 0xffffffff);
	CHECK(read_field(GUEST_RFLAGS) & X86_EFLAGS_RF);
}

static const struct unit_test tests[] = {
	TEST(random_tables_on_broadwell),
	TEST(random_tables_with_every_feature),
	TEST(random_tables_without_flags),
	TEST(neighbours_come_along),
	TEST(neighbours_that_were_not_accessed),
	TEST(a_written_page_is_logged),
	TEST(a_full_log),
	TEST(the_awaited_page),
	TEST(invept_forgets),
	TEST(invept_keeps_what_is_still_so),
	TEST(invept_drops_what_is_not),
	TEST(invept_of_other_sizes),
	TEST(invept_of_a_large_root),
	TEST(sizes_that_change),
	TEST(hidden_memory),
	TEST(writes_to_hidden_memory_vanish),
	TEST(the_apic_access_page),
	TEST(more_ept12s_than_roots),
	TEST(a_root_that_was_taken),
	TEST(an_empty_pool),
	TEST(a_race_for_the_flags),
	TEST(a_race_without_end),
	TEST(mix_of_types),
	TEST(without_ept12_and_more_than_48_bits),
	TEST(a_violation_becomes_ve),
	TEST(an_iret_that_raises_ve),
	TEST(violations_that_stay),
	TEST(a_ve_that_exits),
};

UNIT_MAIN(tests)
