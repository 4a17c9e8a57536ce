// SPDX-License-Identifier: GPL-2.0-only
/*
 * EPT01: L1's instructions on the model machine, one at a time, with what they touch of memory. The
 * processor walks EPT01 for them; an EPT violation is root's, and the instruction begins anew.
 */
#include <string.h>

#include "arch/vmx.h"
#include "arch/x86.h"
#include "cpu.h"
#include "ept/tables.h"
#include "ept01.h"
#include "fault.h"
#include "mtrr.h"
#include "ram.h"
#include "step.h"
#include "unit.h"
#include "vmcs01.h"

#define ROOT_PAGE (RAM_HIDDEN + 0x1000)
#define L2_ROOT	  (RAM_HIDDEN + 0x2000)
#define L2_LOG	  (RAM_HIDDEN + 0x3000)
#define POOL	  (RAM_HIDDEN + 0x10000)
#define POOL_END  (RAM_HIDDEN + RAM_BLOCK_SIZE)
#define SECOND	  (RAM_HIDDEN + RAM_BLOCK_SIZE)

#define GB(n)	 ((u64)(n) << 30)
#define BLOCK(n) ((u64)(n) << 21)

/* More exits than any instruction here needs */
#define TOO_MANY 200

static struct cpu cpu;
static struct root_shared shared;
static u64 mixed_from, mixed_end;
static unsigned int bugs;

/* Memory types: all is write-back; the large pages of a range have more than one. */
void mtrr_read(struct mtrrs *m, u8 maxphyaddr)
{
	(void)maxphyaddr;
	m->valid = true;
}

u8 mtrr_type(const struct mtrrs *m, u64 pa, u64 size)
{
	CHECK(m->valid);
	if (size > PAGE_4K_SIZE && pa < mixed_end && pa + size > mixed_from)
		return MTRR_MIXED;
	return MEM_TYPE_WB;
}

void fault_bug(struct cpu *c, enum root_bug what, u64 detail)
{
	(void)c;
	(void)what;
	(void)detail;
	bugs++;
}

static void begin(enum processor_model model, unsigned int pages, u8 levels)
{
	processor_reset(model);
	processor_features();
	ram_reset();
	memset(&cpu, 0, sizeof(cpu));
	memset(&shared, 0, sizeof(shared));
	bugs = 0;
	mixed_from = 0;
	mixed_end = 0;
	*(u32 *)(void *)ram_own(VMCS01) = VMX_BASIC_REVISION(processor_caps.basic);
	hw_vmptrld(VMCS01);
	vmcs01_fill(&processor_caps);
	cpu.caps = processor_caps;
	cpu.shared = &shared;
	cpu.nested.shared = &shared;
	cpu.nested.caps = &cpu.caps;
	memset(ram_own(ROOT_PAGE), 0, PAGE_4K_SIZE);
	memset(ram_own(L2_LOG), 0, PAGE_4K_SIZE);
	cpu.config.ept01_root = ROOT_PAGE;
	cpu.ept01 = ROOT_PAGE | MEM_TYPE_WB | (levels == 5 ? VMX_EPTP_PWL_5 : VMX_EPTP_PWL_4);
	pool_add(&cpu.nested.pool, POOL, POOL + pages * PAGE_4K_SIZE);
	ept01_init(&cpu);
}

static bool walk(u64 gpa, u64 need, u64 *pa)
{
	int level = (cpu.ept01 & VMX_EPTP_PWL_MASK) == VMX_EPTP_PWL_5 ? 5 : 4;
	u64 table = cpu.config.ept01_root, entry;

	for (;; level--) {
		entry = ((u64 *)(void *)ram_own(table))[gpa >> (12 + 9 * (level - 1)) & 511];
		if ((entry & need) != need)
			return false;
		table = entry & VMX_EPT_ADDRESS_MASK;
		if (level == 1 || (entry & VMX_EPT_LEAF_BIT))
			break;
	}
	*pa = table | (gpa & (BIT_ULL(12 + 9 * (level - 1)) - 1));
	return true;
}

static void violation(u64 gpa, u64 need)
{
	struct hw_vmcs *vmcs = processor_vmcs(VMCS01);

	vmcs->field[FI_GUEST_PHYSICAL_ADDRESS] = gpa;
	vmcs->field[FI_EXIT_QUALIFICATION] = need;
	ept01_violation(&cpu);
}

/* Nestor's own memory is never mapped, but for what hidden blocks show. */
static void check_tables(u64 table, int level)
{
	const u64 *entry = (const u64 *)(const void *)ram_own(table);
	unsigned int i;

	if (table == cpu.zero_table || table == cpu.sink_table)
		return;
	for (i = 0; i < 512; i++) {
		u64 pa = entry[i] & VMX_EPT_ADDRESS_MASK;

		if (!(entry[i] & VMX_EPT_RWX_MASK))
			continue;
		if (level == 1 || (entry[i] & VMX_EPT_LEAF_BIT))
			CHECK_MSG(!ram_any_hidden(pa, pa + BIT_ULL(12 + 9 * (level - 1))),
				  "EPT01 maps %#llx, level %d", pa, level);
		else
			check_tables(pa, level - 1);
	}
}

/* No page is lost, and none has come to the pool that is not Nestor's: ram_own() would refuse it. */
static unsigned int free_pages(void)
{
	unsigned int i, pages = 0;
	u64 pa;

	for (pa = cpu.nested.pool.free; pa; pa = *(u64 *)(void *)ram_own(pa))
		pages++;
	for (i = 0; i < cpu.nested.pool.nr_ranges; i++)
		pages += (cpu.nested.pool.range[i].end - cpu.nested.pool.range[i].start) >> 12;
	CHECK_EQ(cpu.nested.pool.left, pages);
	return pages;
}

struct access {
	u64 gpa;
	bool write;
	u64 value; /* what is written, or what a read of hidden memory must find */
};

static u64 *hidden_word(u64 gpa, u64 pa)
{
	return ram_hidden(gpa) ? (u64 *)(void *)ram_own(pa) : NULL;
}

/* What root does at the exit that ends a step. */
static void trap(void)
{
	if (!cpu.stepping)
		return;
	ept01_hide(&cpu);
	step_end(&cpu);
}

/* One attempt. Returns false if it has exited; @done counts the accesses before that. */
static bool attempt(const struct access *accesses, unsigned int nr)
{
	unsigned int i;
	u64 pa, *word;

	for (i = 0; i < nr; i++) {
		const struct access *a = &accesses[i];
		u64 need = a->write ? VMX_EPT_READABLE_MASK | VMX_EPT_WRITABLE_MASK :
				      VMX_EPT_READABLE_MASK;

		if (!walk(a->gpa, need, &pa)) {
			violation(a->gpa,
				  a->write ? EPT_VIOLATION_ACC_WRITE : EPT_VIOLATION_ACC_READ);
			return false;
		}
		word = hidden_word(a->gpa, pa);
		if (!word)
			CHECK_EQ(pa, a->gpa);
		else if (a->write)
			*word = a->value;
		else
			CHECK_EQ(*word, a->value);
	}
	return true;
}

/* An instruction that makes accesses, in this order. Returns how often it has exited. */
static unsigned int execute(const struct access *accesses, unsigned int nr)
{
	unsigned int exits = 0;

	while (!attempt(accesses, nr)) {
		check_tables(ROOT_PAGE, (cpu.ept01 & VMX_EPTP_PWL_MASK) == VMX_EPTP_PWL_5 ? 5 : 4);
		if (++exits == TOO_MANY)
			break;
	}
	CHECK_MSG(exits < TOO_MANY, "the instruction makes no progress");
	trap();
	CHECK_EQ(bugs, 0);
	free_pages();
	return exits;
}

static void read_word(u64 gpa)
{
	const struct access access = { .gpa = gpa };

	execute(&access, 1);
}

/* An L2 has a root of its own whose tables hold all pages that are left but @left. */
static void drain(unsigned int left)
{
	struct ept02_root *root = &cpu.nested.ept02.roots[0];

	if (!cpu.nested.ept02.nr_roots) {
		cpu.nested.ept02.nr_roots = 1;
		*root = (struct ept02_root){ .root = L2_ROOT, .log = L2_LOG, .first = 511 };
		clear_table(L2_ROOT);
	}
	root->filled = true;
	while (cpu.nested.pool.left > left) {
		u64 *table, pa = pool_get(&cpu.nested.pool);

		table = (u64 *)(void *)ram_own(pa);
		/* It has large pages of L1's memory. */
		table[0] = RAM_LOW | VMX_EPT_RWX_MASK | VMX_EPT_LEAF_BIT;
		table[5] = RAM_ABOVE | VMX_EPT_RWX_MASK | VMX_EPT_LEAF_BIT;
		log_table(root, pa);
	}
}

static void memory_is_the_machines(void)
{
	begin(MODEL_BROADWELL, 100, 4);
	read_word(0x1000);
	read_word(GB(5) + 0x123456);
	read_word(GB(600));
	CHECK_EQ(shared.stats.blocked_reads, 0);
	CHECK(!cpu.stepping);
}

static void reads_give_zeros_and_writes_vanish(void)
{
	static const struct access write[] = {
		{ .gpa = RAM_HIDDEN + 0x40, .write = true, .value = 7 }
	};
	static const struct access again[] = { { .gpa = RAM_HIDDEN + 0x40 } };
	unsigned int left;

	begin(MODEL_BROADWELL, 100, 4);
	*(u64 *)(void *)ram_own(RAM_HIDDEN + 0x40) = 0x1234;
	read_word(0);
	left = free_pages();
	CHECK_EQ(execute(again, 1), 1);
	CHECK_EQ(execute(write, 1), 1);
	CHECK_EQ(execute(again, 1), 1);
	CHECK_EQ(*(u64 *)(void *)ram_own(RAM_HIDDEN + 0x40), 0x1234);
	CHECK_EQ(shared.stats.blocked_reads, 2);
	CHECK_EQ(shared.stats.blocked_writes, 1);
	CHECK_EQ(free_pages(), left);
}

/* REP MOVS from block to block is one step for each element; ENTER writes first and reads then. */
static void one_block_does_not_show_what_another_was_given(void)
{
	static const struct access move[] = {
		{ .gpa = RAM_HIDDEN + 0x40 },
		{ .gpa = SECOND + 0x40, .write = true, .value = 7 },
	};
	static const struct access enter[] = {
		{ .gpa = SECOND + 0x40, .write = true, .value = 7 },
		{ .gpa = SECOND + 0x40, .value = 7 },
		{ .gpa = RAM_HIDDEN + 0x40 },
		{ .gpa = RAM_HIDDEN + 0x5040 },
	};

	begin(MODEL_ALL, 100, 4);
	read_word(0);
	CHECK_EQ(execute(move, 2), 2);
	CHECK_EQ(execute(move, 2), 2);
	CHECK_EQ(execute(enter, 4), 2);
	CHECK_EQ(execute(enter, 4), 2);
	CHECK_EQ(shared.stats.blocked_reads, 4);
	CHECK_EQ(shared.stats.blocked_writes, 4);
}

/* A block that was read is written to. */
static void read_and_then_written(void)
{
	static const struct access accesses[] = {
		{ .gpa = RAM_HIDDEN + 0x40 },
		{ .gpa = RAM_HIDDEN + 0x40, .write = true, .value = 7 },
	};

	begin(MODEL_ALL, 100, 4);
	read_word(0);
	CHECK_EQ(execute(accesses, 2), 2);
	CHECK_EQ(execute(accesses, 2), 2);
	CHECK(!cpu.stepping);
}

/*
 * The pool gets empty while an instruction is shown hidden memory. EPT01 begins anew, and the pages
 * that were its tables become tables of EPT02 with pages of L1's in them.
 */
static void the_pool_gets_empty_in_a_step(enum processor_model model)
{
	const struct access accesses[] = {
		{ .gpa = RAM_HIDDEN + 0x40, .write = true, .value = 7 },
		{ .gpa = GB(2) },
		{ .gpa = SECOND },
	};
	unsigned int all;

	begin(model, 100, 4);
	all = free_pages();
	mixed_from = GB(2) + BLOCK(7);
	mixed_end = mixed_from + 1;
	read_word(0);
	drain(0);
	CHECK(!attempt(accesses, 3));
	CHECK(cpu.stepping);
	CHECK_EQ(cpu.nr_shown, 1);
	CHECK(!attempt(accesses, 3));
	CHECK_EQ(cpu.nr_shown, 0);
	drain(0);
	execute(accesses, 3);
	CHECK(!cpu.stepping);
	ept02_drop(&cpu.nested);
	ept01_reset(&cpu);
	CHECK_EQ(free_pages(), all);
}

static void the_pool_gets_empty_in_a_step_of_the_monitor_trap(void)
{
	the_pool_gets_empty_in_a_step(MODEL_ALL);
}

static void the_pool_gets_empty_in_a_step_of_the_trap_flag(void)
{
	the_pool_gets_empty_in_a_step(MODEL_BROADWELL);
}

/* L1 writes to an MTRR, or does all that empties EPT01, before its step has ended. */
static void emptied_in_a_step(void)
{
	static const struct access access[] = { { .gpa = RAM_HIDDEN, .write = true, .value = 7 } };
	unsigned int all;

	begin(MODEL_ALL, 100, 4);
	all = free_pages();
	CHECK(!attempt(access, 1));
	CHECK(cpu.stepping);
	ept01_reset(&cpu);
	CHECK_EQ(free_pages(), all);
	drain(0);
	trap();
	CHECK(!cpu.stepping);
	CHECK(!(l1_state(FI_CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_MONITOR_TRAP_FLAG));
	free_pages();
	read_word(RAM_HIDDEN);
}

/* EPT02 has all pages, and L1 touches hidden memory whose gigabyte EPT01 has not. */
static void hidden_memory_with_an_empty_pool(void)
{
	unsigned int left;

	for (left = 0; left < 4; left++) {
		begin(MODEL_BROADWELL, 100, 4);
		drain(left);
		read_word(RAM_HIDDEN);
		CHECK_EQ(shared.stats.blocked_reads, 1);
		read_word(SECOND);
		CHECK_EQ(shared.stats.blocked_reads, 2);
	}
}

/*
 * The pool gets empty when a gigabyte is half filled: check_tables() sees whether hidden memory
 * shows meanwhile.
 */
static void half_a_gigabyte(void)
{
	unsigned int left;

	for (left = 0; left < 8; left++) {
		begin(MODEL_BROADWELL, 100, 4);
		mixed_from = BLOCK(100);
		mixed_end = BLOCK(103);
		drain(left);
		read_word(RAM_HIDDEN);
		read_word(BLOCK(4));
	}
}

/* A gather, or what else has many operands */
static void more_blocks_than_are_remembered(enum processor_model model, unsigned int nr)
{
	struct access accesses[3 * ROOT_MAX_SHOWN];
	unsigned int i, all;

	begin(model, 100, 4);
	all = free_pages();
	ram_hide(GB(3), GB(4));
	for (i = 0; i < nr; i++) {
		accesses[i] = (struct access){
			.gpa = GB(3) + BLOCK(7 * i) + 8 * i,
			.write = i % 5 == 4,
			.value = i % 5 == 4 ? 0x55 : 0,
		};
	}
	CHECK_EQ(execute(accesses, nr), nr);
	CHECK_EQ(execute(accesses, nr), nr);
	CHECK_EQ(shared.stats.blocked_reads + shared.stats.blocked_writes, 2 * nr);
	CHECK_EQ(shared.event_next, 2 * nr);
	CHECK_EQ(cpu.nr_shown, 0);
	CHECK(!cpu.stepping);
	ept01_reset(&cpu);
	CHECK_EQ(free_pages(), all);
}

static void many_blocks_in_one_instruction(void)
{
	unsigned int nr;

	for (nr = ROOT_MAX_SHOWN - 1; nr <= 3 * ROOT_MAX_SHOWN; nr++) {
		more_blocks_than_are_remembered(MODEL_ALL, nr);
		more_blocks_than_are_remembered(MODEL_BROADWELL, nr);
	}
}

/* SDM "EPT Translation Mechanism": bits 51:48 have a level of their own. */
static void addresses_of_more_than_48_bits(void)
{
	static const u64 high[] = { BIT_ULL(48), BIT_ULL(51) + GB(3), BIT_ULL(52) - GB(1) };
	unsigned int i, all;

	begin(MODEL_ALL, 100, 5);
	cpu.caps.maxphyaddr = 52;
	all = free_pages();
	read_word(0x5000);
	for (i = 0; i < ARRAY_SIZE(high); i++) {
		read_word(high[i] + 0x5000);
		read_word(0x5000);
	}
	read_word(RAM_HIDDEN);
	ept01_reset(&cpu);
	CHECK_EQ(free_pages(), all);
	read_word(BIT_ULL(51));
}

/*
 * Without the monitor trap flag L1 is changed for the step. SDM "Checks on Guest Non-Register State":
 * while MOV SS blocks events a single-step trap must be pending, if RFLAGS.TF asks for one.
 */
static void a_step_that_is_cut_short(void)
{
	static const struct access access[] = { { .gpa = RAM_HIDDEN } };
	static const u64 blocking[] = {
		0,
		GUEST_INTR_STATE_STI,
		GUEST_INTR_STATE_MOV_SS | GUEST_INTR_STATE_NMI,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(blocking); i++) {
		begin(MODEL_BROADWELL, 100, 4);
		l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, blocking[i]);
		l1_set_state(FI_GUEST_IA32_DEBUGCTL, 2);
		CHECK(!attempt(access, 1));
		CHECK(cpu.stepping);
		CHECK(l1_state(FI_GUEST_RFLAGS) & X86_EFLAGS_TF);
		CHECK_EQ(l1_state(FI_GUEST_IA32_DEBUGCTL), 0);
		CHECK_EQ(l1_state(FI_EXCEPTION_BITMAP), BIT(DB_VECTOR));
		CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO),
			 (blocking[i] & GUEST_INTR_STATE_NMI) | GUEST_INTR_STATE_MOV_SS);
		CHECK_EQ(l1_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), PENDING_DBG_BS);
		/* A handler has come before the instruction, and exits. */
		l1_set_state(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED);
		ept01_hide(&cpu);
		step_cut_short(&cpu);
		CHECK(cpu.stepping);
		CHECK_EQ(l1_state(FI_EXCEPTION_BITMAP), BIT(DB_VECTOR));
		/* It has returned. */
		l1_set_state(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED | X86_EFLAGS_TF);
		CHECK(!attempt(access, 1));
		step_cut_short(&cpu);
		CHECK(!cpu.stepping);
		CHECK_EQ(l1_state(FI_GUEST_RFLAGS), X86_EFLAGS_FIXED);
		CHECK_EQ(l1_state(FI_GUEST_IA32_DEBUGCTL), 2);
		CHECK_EQ(l1_state(FI_EXCEPTION_BITMAP), 0);
		CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), blocking[i]);
		CHECK_EQ(l1_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), 0);
	}
}

/* SDM "Checks on Guest Non-Register State": an interrupt is not injected while MOV SS blocks it. */
static void a_step_that_begins_with_an_interrupt(void)
{
	static const struct access access[] = { { .gpa = RAM_HIDDEN } };

	begin(MODEL_BROADWELL, 100, 4);
	processor_vmcs(VMCS01)->field[FI_IDT_VECTORING_INFO_FIELD] = INTR_INFO_VALID_MASK | 0x31;
	CHECK(!attempt(access, 1));
	CHECK(cpu.stepping);
	CHECK_EQ(l1_state(FI_VM_ENTRY_INTR_INFO_FIELD), INTR_INFO_VALID_MASK | 0x31);
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
	CHECK_EQ(l1_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), 0);
}

static void random_instruction(u8 levels)
{
	static const u64 places[] = {
		0,
		RAM_HIDDEN,
		SECOND,
		GB(2),
		GB(3),
		GB(3) + BLOCK(9),
		GB(3) + BLOCK(40),
		GB(7),
		GB(600),
		GB(600) + BLOCK(3),
		BIT_ULL(48) - GB(1),
		BIT_ULL(48),
		BIT_ULL(51),
	};
	struct access accesses[ROOT_MAX_SHOWN + 8];
	unsigned int i, nr = 1 + (unsigned int)unit_random_below(ARRAY_SIZE(accesses));
	bool writes = one_in(2);

	for (i = 0; i < nr; i++) {
		u64 gpa = places[unit_random_below(ARRAY_SIZE(places) - (levels == 5 ? 0 : 2))];

		/* All writes are of zeros, so that whatever is read must be zeros. */
		accesses[i] = (struct access){ .gpa = gpa, .write = writes && one_in(2) };
		if (gpa >= GB(3) && gpa < GB(4))
			accesses[i].gpa += BLOCK(unit_random_below(30));
	}
	if (one_in(3))
		attempt(accesses, nr);
	else
		execute(accesses, nr);
}

/* Whatever L1 and L2 do, no page is lost and none of L1's comes to the pool. */
static void anything_in_any_order(void)
{
	unsigned int round, step, all;

	for (round = 0; round < 100; round++) {
		u8 levels = one_in(2) ? 5 : 4;

		begin(one_in(2) ? MODEL_ALL : MODEL_BROADWELL,
		      60 + (unsigned int)unit_random_below(40), levels);
		all = free_pages();
		ram_hide(GB(3), GB(3) + BLOCK(35));
		mixed_from = one_in(2) ? GB(2) : GB(3) + BLOCK(20);
		mixed_end = mixed_from + BLOCK(unit_random_below(10));
		for (step = 0; step < 60; step++) {
			if (one_in(3))
				drain((unsigned int)unit_random_below(8));
			if (one_in(8))
				ept02_drop(&cpu.nested);
			if (one_in(8))
				ept01_reset(&cpu);
			random_instruction(levels);
			if (one_in(2))
				trap();
		}
		trap();
		ept02_drop(&cpu.nested);
		ept01_reset(&cpu);
		CHECK_EQ(free_pages(), all);
	}
}

static const struct unit_test tests[] = {
	TEST(memory_is_the_machines),
	TEST(reads_give_zeros_and_writes_vanish),
	TEST(one_block_does_not_show_what_another_was_given),
	TEST(read_and_then_written),
	TEST(the_pool_gets_empty_in_a_step_of_the_monitor_trap),
	TEST(the_pool_gets_empty_in_a_step_of_the_trap_flag),
	TEST(emptied_in_a_step),
	TEST(hidden_memory_with_an_empty_pool),
	TEST(half_a_gigabyte),
	TEST(many_blocks_in_one_instruction),
	TEST(addresses_of_more_than_48_bits),
	TEST(anything_in_any_order),
	TEST(a_step_that_is_cut_short),
	TEST(a_step_that_begins_with_an_interrupt),
};

UNIT_MAIN(tests)
