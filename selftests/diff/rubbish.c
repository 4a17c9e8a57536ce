// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rubbish for hostile programs: any value in any field, register, descriptor, bitmap, list and table, and
 * physical addresses of Nestor's own memory, of devices, of no memory at all and of what the processor
 * uses itself.
 *
 * What would hurt this Linux on the bare machine too is taken back by the engine (engine/tame.c) or is not
 * made here: no guest is given a page of Linux's memory or of the engine's.
 */
#include <string.h>

#include "arena.h"
#include "breaks.h"
#include "lhv.h"
#include "names.h"
#include "random.h"
#include "rubbish.h"

struct rubbish_world rubbish_world;

static u64 any_arena(void)
{
	return rubbish_world.arenas[random_below(rubbish_world.nr_arenas)];
}

static u64 hidden_page(void)
{
	if (!rubbish_world.nr_hidden)
		return rubbish_world.ram_end;
	/* The first pages of a block have the structures, the others are the pool. */
	return rubbish_world.hidden[random_below(rubbish_world.nr_hidden)] +
	       (u64)random_below(random_chance(50) ? 16 : 512) * 0x1000;
}

/* Where no RAM is: a hole, the VGA's memory, the firmware, behind the end of RAM, up to the last page. */
static u64 no_ram(void)
{
	static const u64 pages[] = { 0xf0000000, 0xa0000, 0xb8000, 0xf0000, 0xfffff000, 0xe0000000 };

	switch (random_below(4)) {
	case 0:
		return PICK(pages);
	case 1:
		return rubbish_world.ram_end;
	case 2:
		return rubbish_world.ram_end + (u64)random_below(0x10000) * 0x1000;
	default:
		return (1ull << (33 + random_below(7))) - (random_chance(50) ? 0x1000 : 0);
	}
}

static u64 region_page(void)
{
	return any_arena() + LHV_REGIONS + random_below(16) * 0x1000;
}

static u64 table_page(void)
{
	return any_arena() + LHV_EPT + random_below(16) * 0x1000;
}

static u64 guest_page(void)
{
	return any_arena() + LHV_GUEST + random_below(LHV_GUEST_SIZE / 0x1000) * 0x1000;
}

/* None of those with the bitmaps and lists that keep a guest from devices and MSRs (places.c) */
static u64 control_page(void)
{
	static const u8 pages[] = { 3, 4, 8, 9, 0xa, 0xc, 0xd };

	return any_arena() + LHV_CONTROL + PICK(pages) * 0x1000;
}

u64 rubbish_page(void)
{
	switch (random_below(10)) {
	case 0:
	case 1:
	case 2:
		return hidden_page();
	case 3:
	case 4:
		return no_ram();
	case 5:
		return region_page();
	case 6:
		return control_page();
	case 7:
		return any_arena() + LHV_BIG;
	default:
		return guest_page();
	}
}

u64 rubbish_region(void)
{
	u64 pa = random_chance(60) ? region_page() :
		 random_chance(50) ? hidden_page() :
				     rubbish_page();

	if (random_chance(5))
		pa |= 1ull << random_below(64);
	return pa;
}

/* An address for any field: not aligned, too wide, or a page. */
static u64 any_address(void)
{
	u64 pa = random_chance(20) ? table_page() : rubbish_page();

	if (random_chance(10))
		pa |= 1ull << random_below(12);
	if (random_chance(5))
		pa |= 1ull << (39 + random_below(25));
	return pa;
}

/* The pages of LHV_EPT, by the level whose entries they have; 0: they have none (image.c) */
static const u8 level_of_page[16] = { 4, 3, 2, 1, 2, 1, 0, 0, 4, 4, 3, 2, 1, 0, 0, 0 };

u64 rubbish_ept_place(u32 *level)
{
	static const u8 pages[] = { 0, 1, 1, 2, 2, 3, 3, 3, 3, 4, 5, 5, 8, 9, 10, 11, 12 };
	u32 page = PICK(pages);

	*level = level_of_page[page];
	return LHV_EPT + page * 0x1000 + random_below(random_chance(60) ? 0x20 : 512) * 8;
}

/* A table of this level, of some arena, or none: what a guest could write to is no table of its EPT. */
static u64 ept_table(u32 level)
{
	u32 page;

	if (random_chance(40))
		return random_chance(60) ? hidden_page() : no_ram();
	do {
		page = random_below(ARRAY_SIZE(level_of_page));
	} while (level_of_page[page] != level);
	return any_arena() + LHV_EPT + page * 0x1000;
}

static u64 large_page(void)
{
	switch (random_below(3)) {
	case 0:
		return any_arena() + LHV_BIG;
	case 1:
		return hidden_page() & ~0x1fffffull;
	default:
		return rubbish_world.ram_end;
	}
}

static u64 small_page(u64 *low)
{
	if (random_chance(70))
		return rubbish_page();
	/* A guest that wrote there would map what it likes: Linux's memory too. */
	*low &= ~2ull;
	return table_page();
}

u64 rubbish_ept_entry(u32 level)
{
	u64 low = random_next() & 0xf7f, pa;

	if (random_chance(60))
		low |= 7;
	if (random_chance(50))
		low = (low & ~0x38ull) | 0x30;
	if (level == 1) {
		pa = small_page(&low);
	} else if (level == 2 && random_chance(30)) {
		pa = large_page() | 0x80;
	} else {
		pa = ept_table(level - 1);
		if (random_chance(80))
			low &= ~0xf8ull;
	}
	/* The emulator (2.7) stops at a fetch from what is no memory. */
	if ((pa >= 0xa0000 && pa < 0xc0000) || pa >= 0xc0000000)
		low &= ~4ull;
	if (random_chance(8))
		pa |= random_bits(64) & ~0xffffffffffull;
	return pa | low;
}

u64 rubbish_eptp(void)
{
	return ept_table(4) | (random_chance(80) ? 0x1e :
			       random_chance(50) ? 0x5e :
						   random_below(0x1000));
}

static bool is_address(const char *name)
{
	return strstr(name, "ADDR") || strstr(name, "POINTER") || strstr(name, "BITMAP_") ||
	       strstr(name, "_BITMAP") || strstr(name, "DIRECTORY");
}

static void rubbish_field(struct draft *to)
{
	const struct vmcs_field *field = &names_fields[random_below(names_nr_fields)];

	if (is_address(field->name))
		draft_line(to, "set %s %#llx", field->name, any_address());
	else if (strstr(field->name, "CONTROL") || random_chance(30))
		draft_line(to, "xor %s %#llx", field->name, random_bits(32));
	else
		draft_line(to, "set %s %#llx", field->name, random_value());
}

/* The fields with addresses are few among all: each of them matters most. */
static void rubbish_address(struct draft *to)
{
	static const char *const fields[] = {
		"IO_BITMAP_A",
		"IO_BITMAP_B",
		"MSR_BITMAP",
		"VIRTUAL_APIC_PAGE_ADDR",
		"APIC_ACCESS_ADDR",
		"VM_EXIT_MSR_STORE_ADDR",
		"VM_EXIT_MSR_LOAD_ADDR",
		"VM_ENTRY_MSR_LOAD_ADDR",
		"PML_ADDRESS",
		"VMREAD_BITMAP",
		"VMWRITE_BITMAP",
		"EPTP_LIST_ADDRESS",
		"VE_INFORMATION_ADDRESS",
		"POSTED_INTR_DESC_ADDR",
		"GUEST_CR3",
		"VMCS_LINK_POINTER",
		"SPP_TABLE_POINTER",
	};
	static const char *const controls[] = {
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_USE_MSR_BITMAPS",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_USE_IO_BITMAPS",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_TPR_SHADOW",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_SHADOW_VMCS",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_VMFUNC",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_PML",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_EPT_VIOLATION_VE",
		"VM_ENTRY_MSR_LOAD_COUNT 1",
		"VM_EXIT_MSR_STORE_COUNT 2",
		"VM_EXIT_MSR_LOAD_COUNT 1",
	};

	draft_line(to, "set %s %#llx", PICK(fields), any_address());
	if (random_chance(60)) {
		draft_line(to, "or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
		draft_line(to, "or %s", PICK(controls));
	}
}

static void rubbish_ept(struct draft *to)
{
	u64 place;
	u32 level;

	if (random_chance(15)) {
		draft_line(to, "set EPT_POINTER %#llx", rubbish_eptp());
	} else {
		place = rubbish_ept_place(&level);
		draft_line(to, "poke %#llx %#llx", rubbish_world.arenas[0] + place,
			   rubbish_ept_entry(level));
	}
	if (random_chance(50))
		draft_line(to, "invept 2 0 0");
}

/* Behind the revision identifier, or in it */
static void rubbish_image(struct draft *to)
{
	u32 offset = random_chance(5) ? 0 : 8 + 8 * random_below(150);

	draft_line(to, "poke %#llx %#llx",
		   rubbish_world.arenas[0] + LHV_REGIONS + random_below(16) * 0x1000 + offset,
		   random_chance(40) ? any_address() : random_value());
}

static void rubbish_page_contents(struct draft *to)
{
	/* Lists of MSRs are left out, whose contents a bare machine would obey. */
	static const char *const pages[] = {
		"msrbitmap",	"vapic",	 "apicaccess", "pml",
		"vmreadbitmap", "vmwritebitmap", "veinfo",     "pidesc",
		"g.gdt",	"g.idt64",	 "g.idt32",    "g.tss64",
		"g.tss32",	"g.ivt",	 "g.stack",    "g.handlers64",
	};

	if (random_chance(15))
		draft_line(to, "poke eptplist+%#x %#llx", random_below(4) * 8, rubbish_eptp());
	else
		draft_line(to, "poke %s+%#x %#llx", PICK(pages), random_below(64) * 8,
			   random_value());
}

static void rubbish_register(struct draft *to)
{
	u32 i;

	for (i = 1 + random_below(4); i; i--)
		draft_line(to, "guest %s %#llx", names_gprs[random_below(16)],
			   random_chance(30) ? any_address() : random_value());
}

/*
 * L1's own accesses to what is not its: with MOV, with strings, by an instruction's operand and its page walk.
 * None faults after it has touched hidden memory: with several CPUs the emulator (2.7, 3.0) takes the exit for the
 * monitor trap flag with the RIP before the fault, so that the instruction would begin again for ever.
 */
static void rubbish_access(struct draft *to)
{
	static const char *const code[] = {
		"0x48 0x8b 0x03 rbx=rw2",
		"0x48 0x89 0x03 rbx=rw2",
		"0xf3 0x48 0xa5 rsi=rw rdi=rw2 rcx=0x200",
		"0xf3 0x48 0xa5 rsi=rw2 rdi=rw rcx=0x200",
		"0xf0 0x48 0x0f 0xb1 0x03 rbx=rw2",
		"0x48 0x8b 0x03 rbx=rw2-4",
		"0x48 0x87 0x03 rbx=rw2+0xff8",
	};

	draft_line(to, "l1pte rw2 set %#llx", hidden_page() | 0x63);
	if (random_chance(30))
		draft_line(to, "l1pte rw set %#llx", hidden_page() | 0x63);
	draft_line(to, "invvpid 2 0 0");
	if (random_chance(50))
		draft_line(to, "exec %s", PICK(code));
	else
		draft_line(to, "%s at=rw2%s keep", random_chance(50) ? "vmptrst" : "vmptrld 0",
			   random_chance(30) ? "-4" : "");
}

static void rubbish_instruction(struct draft *to)
{
	switch (random_below(9)) {
	case 0:
		draft_line(to, "vmclear %#llx", rubbish_region());
		break;
	case 1:
		draft_line(to, "vmptrld %#llx", rubbish_region());
		break;
	case 2:
		draft_line(to, "vmxon %#llx", rubbish_region());
		break;
	case 3:
		draft_line(to, "invept %u %#llx %#llx", random_below(4), any_address() | 0x1e,
			   random_value());
		break;
	case 4:
		draft_line(to, "invvpid %u %#llx %#llx", random_below(5), random_value(),
			   random_value());
		break;
	case 5:
		draft_line(to, "vmwrite %#x %#llx", random_encoding(), random_value());
		break;
	case 6:
		draft_line(to, "vmread %#x", random_encoding());
		break;
	case 7:
		/* A base of the last variable MTRR without its valid bit: nothing but that it is written. */
		draft_line(to, "wrmsr 0x20e %#llx", random_next() & 0x3ffffff000ull);
		break;
	default:
		draft_line(to, "rdmsr %#x", 0x480 + random_below(0x14));
	}
}

static void rubbish_event(struct draft *to)
{
	/* NMIs for this CPU and for all others, interrupts that wait */
	static const u32 commands[] = { 0x400, 0xc4400, 0xc4400, 0xf3, 0xf2 };

	if (rubbish_world.inits && random_chance(50))
		draft_line(to, "icr 0xc4500");
	else
		draft_line(to, "icr %#x", PICK(commands));
}

void rubbish_add(struct draft *to)
{
	static void (*const kinds[])(struct draft * to) = {
		rubbish_field,	  rubbish_field,	 rubbish_field,		rubbish_address,
		rubbish_address,  rubbish_ept,		 rubbish_ept,		rubbish_ept,
		rubbish_image,	  rubbish_page_contents, rubbish_page_contents, rubbish_register,
		rubbish_access,	  rubbish_instruction,	 rubbish_event,		breaks_something,
		breaks_something,
	};

	PICK(kinds)(to);
}
