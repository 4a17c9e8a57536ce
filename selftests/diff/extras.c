// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a random program may use beyond the usual.
 */
#include <string.h>

#include "extras.h"
#include "random.h"

/* L2's VMREAD and VMWRITE on a VMCS of L1's, with something in it */
void extras_shadow(struct draft *to)
{
	u32 i, nr = random_below(6);

	draft_line(to, "or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	draft_line(to, "or SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_SHADOW_VMCS");
	if (random_chance(90))
		draft_line(to, "set VMCS_LINK_POINTER %s",
			   random_chance(95) ? "vmcs_shadow" : "vmcs1");
	for (i = 0; i < nr; i++)
		draft_line(to, "bit %s %#x", random_chance(50) ? "vmreadbitmap" : "vmwritebitmap",
			   random_encoding() & 0x7fff);
}

void extras_fill_shadow(struct draft *to)
{
	u32 i, nr = random_below(6);

	draft_line(to, "vmclear vmcs_shadow");
	draft_line(to, "vmptrld vmcs_shadow");
	for (i = 0; i < nr; i++)
		draft_line(to, "vmwrite %#x %#llx", random_encoding(), random_value());
}

void extras_read_shadow(struct draft *to)
{
	u32 i, nr = random_below(6);

	draft_line(to, "vmptrld vmcs_shadow");
	for (i = 0; i < nr; i++)
		draft_line(to, "vmread %#x", random_encoding());
}

void extras_switch_eptps(struct draft *to)
{
	draft_line(to, "or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	draft_line(to, "or SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_VMFUNC");
	draft_line(to, "poke eptplist ept0|0x1e");
	draft_line(to, "poke eptplist+8 ept1|0x%x", random_chance(80) ? 0x1e : random_below(0x100));
	draft_line(to, "set VM_FUNCTION_CONTROL %u", random_chance(90) ? 1 : random_below(8));
	if (random_chance(60))
		draft_line(to, "guest rax 0");
	draft_line(to, "guest rcx %u", random_chance(80) ? random_below(3) : random_below(1024));
}

/* Accessed and dirty flags of the EPT, and a log of dirty pages where the processor has one */
void extras_flag_pages(struct draft *to)
{
	draft_line(to, "xor EPT_POINTER 0x40");
	if (random_chance(75))
		return;
	draft_line(to, "or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	/*
	 * With a full log the emulator (2.7) exits at any access, and not only where a flag is to be set:
	 * the corpus has that exit, here the log is long enough.
	 */
	draft_line(to, "or SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_PML");
	draft_line(to, "set GUEST_PML_INDEX %u", 256 + random_below(256));
}

/*
 * Pages that cannot be written to but where sub-page permissions allow it. Each has one permission for all
 * of it: once a write to a sub-page has been granted the emulator (2.7) lets L2 write to the others too.
 */
void extras_protect_sub_pages(struct draft *to)
{
	static const u32 pages[] = { 0x18, 0x19, 0x1a, 0x1c, 0x14, 1, 8, 0x200 };
	const char *at = !strcmp(to->mode, "flat32") || !strcmp(to->mode, "real") ? "" : "g+";
	u32 i, nr = 1 + random_below(4);

	to->sub_pages = true;
	draft_line(to, "or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	draft_line(to, "or SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_SPP");
	for (i = 0; i < nr; i++) {
		u32 page = PICK(pages);

		draft_line(to, "ept %s%#x clear %#x", at, page << 12, random_chance(80) ? 2 : 6);
		if (random_chance(85))
			draft_line(to, "ept %s%#x or 0x2000000000000000", at, page << 12);
		draft_line(to, "poke sppt+0x3000+%#x %#llx", ((page + (*at ? 0x100 : 0)) & 511) * 8,
			   random_chance(60) ? 0x5555555555555555ull : 0);
		if (random_chance(50))
			draft_line(to, "guest %s %#x", random_chance(70) ? "rbx" : "rdi",
				   (page << 12) + random_below(0x1000));
	}
	for (i = random_below(3); i; i--) {
		u32 level = random_below(3) << 12;

		if (random_chance(50))
			draft_line(to, "poke sppt+%#x %#llx", level, random_value() & ~1ull);
		else
			draft_line(to, "poke sppt+%#x sppt+%#x|%#llx", level, level + 0x1000,
				   1 | (random_chance(50) ? 2ull << random_below(11) :
							    1ull << (52 + random_below(12))));
	}
}
