// SPDX-License-Identifier: GPL-2.0-only
/* Copies from and to linear addresses: page boundaries, all or nothing. */
#include <string.h>

#include "arch/x86.h"
#include "l1/guestmem.h"
#include "memory.h"
#include "unit.h"

#define PD		0x1000ULL
#define PT		0x2000ULL
#define FIRST		0x5000ULL	/* where linear page 0x10000 is */
#define SECOND		0x3000ULL	/* where linear page 0x11000 is */
#define LINEAR		0x10000ULL
#define BOUNDARY	0x11000ULL
#define URW		(PTE_P | PTE_RW | PTE_US)

static struct walk_ctx ctx;

/* 32-bit paging with two neighbours that are not neighbours in physical memory. */
static void two_pages(void)
{
	unsigned int i;

	memory_reset();
	memory_add(PD);
	memory_add(PT);
	memory_add(FIRST);
	memory_add(SECOND);
	memory_set32(PD, (u32)(PT | URW));
	memory_set32(PT + 0x10 * 4, (u32)(FIRST | URW));
	memory_set32(PT + 0x11 * 4, (u32)(SECOND | URW));
	for (i = 0; i < 4096; i++) {
		*memory_at(&memory, FIRST + i) = (u8)(i * 7);
		*memory_at(&memory, SECOND + i) = (u8)(i * 13 + 1);
	}
	ctx = (struct walk_ctx){
		.cr0 = X86_CR0_PE | X86_CR0_PG | X86_CR0_WP, .cr3 = PD, .maxphyaddr = 36,
	};
}

/* What stands at a linear address of the two pages. */
static u8 byte_at(u64 linear)
{
	return *memory_at(&memory, linear < BOUNDARY ? linear - LINEAR + FIRST
						     : linear - BOUNDARY + SECOND);
}

static void reads_at_every_offset_near_the_boundary(void)
{
	struct fault fault;
	unsigned int len, i;
	u64 linear;
	u8 buf[32];

	two_pages();
	for (linear = BOUNDARY - 24; linear < BOUNDARY + 8; linear++) {
		for (len = 1; len <= 16; len++) {
			memset(buf, 0xee, sizeof(buf));
			CHECK_EQ(guestmem_read(&ctx, linear, buf, len, &fault), WALK_OK);
			for (i = 0; i < len; i++)
				CHECK_EQ(buf[i], byte_at(linear + i));
			CHECK_EQ(buf[len], 0xee);
		}
	}
}

static void writes_at_every_offset_near_the_boundary(void)
{
	static const u8 bytes[16] = "sixteen letters";
	struct fault fault;
	unsigned int len, i;
	u64 linear;

	for (linear = BOUNDARY - 24; linear < BOUNDARY + 8; linear++) {
		for (len = 1; len <= 16; len++) {
			u8 before, after;

			two_pages();
			before = byte_at(linear - 1);
			after = byte_at(linear + len);
			CHECK_EQ(guestmem_write(&ctx, linear, bytes, len, &fault), WALK_OK);
			for (i = 0; i < len; i++)
				CHECK_EQ(byte_at(linear + i), bytes[i]);
			CHECK_EQ(byte_at(linear - 1), before);
			CHECK_EQ(byte_at(linear + len), after);
		}
	}
}

/* The second page's fault comes with the second page's address, and nothing was written. */
static void a_fault_on_the_second_page_writes_nothing(void)
{
	static struct memory before;
	struct fault fault;
	unsigned int i;

	two_pages();
	memory_set32(PT + 0x11 * 4, (u32)(SECOND | PTE_P));
	memcpy(&before, &memory, sizeof(before));
	CHECK_EQ(guestmem_write(&ctx, BOUNDARY - 4, "12345678", 8, &fault), WALK_FAULT);
	CHECK_EQ(fault.vector, PF_VECTOR);
	CHECK_EQ(fault.error, X86_PF_PROT | X86_PF_WRITE);
	CHECK_EQ(fault.cr2, BOUNDARY);
	for (i = 0; i < memory.nr; i++) {
		if (memory.frames[i].pa == FIRST || memory.frames[i].pa == SECOND)
			CHECK(!memcmp(&before.frames[i], &memory.frames[i],
				      sizeof(before.frames[i])));
	}
}

static void faults_on_the_first_page(void)
{
	struct fault fault;
	u8 buf[8];

	two_pages();
	memory_set32(PT + 0x10 * 4, 0);
	CHECK_EQ(guestmem_read(&ctx, BOUNDARY - 4, buf, 8, &fault), WALK_FAULT);
	CHECK_EQ(fault.error, 0);
	CHECK_EQ(fault.cr2, BOUNDARY - 4);
	CHECK_EQ(guestmem_write(&ctx, BOUNDARY - 4, buf, 8, &fault), WALK_FAULT);
	CHECK_EQ(fault.error, X86_PF_WRITE);
	/* The second page alone is still good. */
	CHECK_EQ(guestmem_read(&ctx, BOUNDARY, buf, 8, &fault), WALK_OK);
}

/* The next page is not looked at when the operand ends at the boundary. */
static void an_operand_up_to_the_boundary(void)
{
	struct fault fault;
	u8 buf[8];

	two_pages();
	memory_set32(PT + 0x11 * 4, 0);
	CHECK_EQ(guestmem_read(&ctx, BOUNDARY - 8, buf, 8, &fault), WALK_OK);
	CHECK_EQ(guestmem_write(&ctx, BOUNDARY - 8, buf, 8, &fault), WALK_OK);
	CHECK_EQ(guestmem_read(&ctx, BOUNDARY - 7, buf, 8, &fault), WALK_FAULT);
}

static void dirty_flags_of_both_pages(void)
{
	struct fault fault;

	two_pages();
	CHECK_EQ(guestmem_write(&ctx, BOUNDARY - 4, "12345678", 8, &fault), WALK_OK);
	CHECK_EQ(memory_get32(PT + 0x10 * 4), FIRST | URW | PTE_A | PTE_D);
	CHECK_EQ(memory_get32(PT + 0x11 * 4), SECOND | URW | PTE_A | PTE_D);
}

static void where_there_is_no_memory(void)
{
	struct fault fault;
	u8 buf[8];

	two_pages();
	memory_set32(PT + 0x11 * 4, (u32)(0xfee00000 | URW));
	CHECK_EQ(guestmem_read(&ctx, BOUNDARY - 4, buf, 8, &fault), WALK_OK);
	CHECK_EQ(buf[3], byte_at(BOUNDARY - 1));
	CHECK_EQ(buf[4], 0xff);
	CHECK_EQ(buf[7], 0xff);
	CHECK_EQ(guestmem_write(&ctx, BOUNDARY - 4, "12345678", 8, &fault), WALK_OK);
	CHECK_EQ(byte_at(BOUNDARY - 1), '4');
}

static void linear_addresses_wrap_at_4g(void)
{
	struct fault fault;
	u8 buf[4];

	two_pages();
	ctx.cr0 = X86_CR0_PE;
	memory_add(0xfffff000);
	memory_add(0);
	memory_set32(0xfffffffc, 0x11223344);
	memory_set32(0, 0x55667788);
	CHECK_EQ(guestmem_read(&ctx, 0xfffffffe, buf, 4, &fault), WALK_OK);
	CHECK_EQ(buf[0], 0x22);
	CHECK_EQ(buf[1], 0x11);
	CHECK_EQ(buf[2], 0x88);
	CHECK_EQ(buf[3], 0x77);
}

static unsigned int changes;

static void change_always(u64 pa)
{
	if (pa == PT + 0x10 * 4)
		memory_set32(pa, (u32)(FIRST | URW | (++changes % 8) << 9));
}

static void tables_that_never_rest(void)
{
	struct fault fault;
	u8 buf[8] = { 0 };

	two_pages();
	memory_before_cmpxchg = change_always;
	CHECK_EQ(guestmem_read(&ctx, LINEAR, buf, 8, &fault), WALK_AGAIN);
	CHECK_EQ(guestmem_write(&ctx, LINEAR, buf, 8, &fault), WALK_AGAIN);
	CHECK_EQ(byte_at(LINEAR + 1), 7);
}

static const struct unit_test tests[] = {
	TEST(reads_at_every_offset_near_the_boundary),
	TEST(writes_at_every_offset_near_the_boundary),
	TEST(a_fault_on_the_second_page_writes_nothing),
	TEST(faults_on_the_first_page),
	TEST(an_operand_up_to_the_boundary),
	TEST(dirty_flags_of_both_pages),
	TEST(where_there_is_no_memory),
	TEST(linear_addresses_wrap_at_4g),
	TEST(tables_that_never_rest),
};

UNIT_MAIN(tests)
