// SPDX-License-Identifier: GPL-2.0-only
/*
 * Instructions of L1 in random programs, with operands anywhere.
 */
#include <stdio.h>

#include "l1.h"
#include "names.h"
#include "random.h"

static const char *operand(void)
{
	static const char *const forms[] = {
		"rax", "rbp", "sib", "sib2", "r12", "r13", "r9index", "disp32", "abs", "rip", "rsp", "fs",
		"gs", "a32", "a32sib", "gs32", "es", "ss",
	};
	static const char *const places[] = {
		"rw", "rw+8", "rw+0xff9", "ro", "ro+0xff9", "rw2", "rw2+0xffc", "np", "user", "user+0xffc",
		"userro", "pair+0xffc", "pair+0x1ff9", "rsvd", "noad", "nodirty", "nx", "noncanonical",
		"noncanonical-4",
	};
	static char text[96];

	if (random_chance(40))
		return "";
	snprintf(text, sizeof(text), "form=%s at=%s%s%s%s", PICK(forms), PICK(places),
		 random_chance(10) ? " rflags=X86_EFLAGS_AC" : "",
		 random_chance(5) ? " rflags=X86_EFLAGS_TF" : "", random_chance(10) ? " keep" : "");
	return text;
}

static const char *region(void)
{
	static const char *const regions[] = {
		"vmcs0", "vmcs1", "vmcs2", "vmcs3", "vmcs9", "vmxon0", "vmxon1", "vmcs_shadow",
		"vmcs_badrev", "vmcs0+8", "vmcs1|0x8000000000000000",
	};

	return PICK(regions);
}

static const char *reg_pair(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "regs=%s,%s", names_gprs[8 + random_below(8)],
		 names_gprs[random_below(4)]);
	return random_chance(70) ? "" : text;
}

/*
 * A type that the processor does not support is a VMfail before memory is read; the emulator (2.7) reads
 * first, and would fault. So the operand is where it can, and breakpoints() has none there.
 */
static const char *operand_of_type(bool supported)
{
	return supported ? operand() : "at=nx";
}

static void invept(struct draft *to)
{
	u32 type = random_below(4);

	draft_line(to, "invept %u %s %#llx %s", type, random_chance(50) ? "ept0|0x1e" : "ept0",
		   random_chance(80) ? 0 : random_value(), operand_of_type(type == 1 || type == 2));
}

static void invvpid(struct draft *to)
{
	u32 type = random_below(5);

	draft_line(to, "invvpid %u %#llx %#llx %s", type,
		   random_chance(80) ? random_below(4) : random_value(),
		   random_chance(60) ? 0 : random_value(), operand_of_type(type < 4));
}

/*
 * Data breakpoints where operands are. Kinds and lengths are any, but the breakpoints are enabled: of
 * others a processor may tell or not.
 */
static void breakpoints(struct draft *to)
{
	static const char *const places[] = { "rw", "rw2", "ro", "user", "pair+0xff8", "nodirty", "noad" };

	draft_line(to, "dr0 %s+%u", PICK(places), random_below(20));
	draft_line(to, "dr1 %s+%u", PICK(places), random_below(20));
	draft_line(to, "dr7 %#x", 0x400 | 1 << random_below(2) | 4 << random_below(2) | random_below(256) << 16);
}

static void l1_instruction(struct draft *to)
{
	switch (random_below(10)) {
	case 0:
		draft_line(to, "vmclear %s %s", region(), operand());
		break;
	case 1:
	case 2:
		draft_line(to, "vmptrld %s %s", region(), operand());
		break;
	case 3:
		draft_line(to, "vmptrst %s", operand());
		break;
	case 4:
		draft_line(to, "vmread %#x %s", random_encoding(), reg_pair());
		break;
	case 5:
		draft_line(to, "vmread %#x mem %s %s", random_encoding(), operand(),
			   random_chance(50) ? "regs=r9,rcx" : "");
		break;
	case 6:
		draft_line(to, "vmwrite %#x %#llx %s", random_encoding() & ~0x400u, random_value(),
			   reg_pair());
		break;
	case 7:
		invept(to);
		break;
	case 8:
		invvpid(to);
		break;
	default:
		draft_line(to, "vmxon %s %s", region(), operand());
	}
}

void l1_instructions(struct draft *to)
{
	u32 i, nr = 4 + random_below(14);

	if (random_chance(80)) {
		draft_line(to, "vmclear vmcs0");
		draft_line(to, "vmptrld vmcs0");
	}
	if (random_chance(25))
		breakpoints(to);
	for (i = 0; i < nr; i++)
		l1_instruction(to);
	if (random_chance(20))
		draft_line(to, "vmxoff");
	draft_line(to, "vmptrst");
	/* What VMWRITEs have left must not be entered: the host state may be anything. */
}
