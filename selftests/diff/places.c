// SPDX-License-Identifier: GPL-2.0-only
/*
 * Places in memory that programs call by name.
 */
#include <string.h>

#include "arena.h"
#include "lhv.h"
#include "names.h"
#include "places.h"

/* What programs may call by name: physical addresses in the arena, .. */
static const struct constant offsets[] = {
	{ "arena", 0 },
	{ "vmxon0", LHV_REGIONS },
	{ "vmxon1", LHV_REGIONS + 0x1000 },
	{ "vmcs0", LHV_REGIONS + 0x2000 },
	{ "vmcs1", LHV_REGIONS + 0x3000 },
	{ "vmcs2", LHV_REGIONS + 0x4000 },
	{ "vmcs3", LHV_REGIONS + 0x5000 },
	{ "vmcs4", LHV_REGIONS + 0x6000 },
	{ "vmcs5", LHV_REGIONS + 0x7000 },
	{ "vmcs6", LHV_REGIONS + 0x8000 },
	{ "vmcs7", LHV_REGIONS + 0x9000 },
	{ "vmcs8", LHV_REGIONS + 0xa000 },
	{ "vmcs9", LHV_REGIONS + 0xb000 },
	{ "vmcs10", LHV_REGIONS + 0xc000 },
	{ "vmcs_shadow", LHV_REGIONS + 0xd000 },	/* marked as a shadow VMCS */
	{ "vmcs_badrev", LHV_REGIONS + 0xe000 },	/* a wrong revision identifier */
	{ "vmcs_zero", LHV_REGIONS + 0xf000 },
	{ "msrbitmap", LHV_CONTROL + 0x0000 },
	{ "iobitmapa", LHV_CONTROL + 0x1000 },
	{ "iobitmapb", LHV_CONTROL + 0x2000 },
	{ "vapic", LHV_CONTROL + 0x3000 },
	{ "apicaccess", LHV_CONTROL + 0x4000 },
	{ "storelist", LHV_CONTROL + 0x5000 },
	{ "loadlist", LHV_CONTROL + 0x6000 },
	{ "entrylist", LHV_CONTROL + 0x7000 },
	{ "pml", LHV_CONTROL + 0x8000 },
	{ "vmreadbitmap", LHV_CONTROL + 0x9000 },
	{ "vmwritebitmap", LHV_CONTROL + 0xa000 },
	{ "eptplist", LHV_CONTROL + 0xb000 },
	{ "veinfo", LHV_CONTROL + 0xc000 },
	{ "pidesc", LHV_CONTROL + 0xd000 },
	{ "ept0", LHV_EPT },
	{ "ept1", LHV_EPT + 0x8000 },
	{ "sppt", LHV_EPT + 0x9000 },	/* and one page per level below */
	{ "g", LHV_GUEST },
	{ "big", LHV_BIG },
	{ "pml4", LHV_PML4 },
	{ "pml4alt", LHV_PML4_ALT },
};

/* .. linear addresses of L1, .. */
static const struct constant windows[] = {
	{ "rw", LHV_OPERAND_WINDOW },
	{ "ro", LHV_OPERAND_WINDOW + 0x1000 },
	{ "rw2", LHV_OPERAND_WINDOW + 0x2000 },
	{ "np", LHV_OPERAND_WINDOW + 0x3000 },
	{ "user", LHV_OPERAND_WINDOW + 0x4000 },
	{ "userro", LHV_OPERAND_WINDOW + 0x5000 },
	{ "pair", LHV_OPERAND_WINDOW + 0x6000 },	/* two pages, then none */
	{ "rsvd", LHV_OPERAND_WINDOW + 0x9000 },
	{ "noad", LHV_OPERAND_WINDOW + 0xa000 },
	{ "nodirty", LHV_OPERAND_WINDOW + 0xb000 },
	{ "nx", LHV_OPERAND_WINDOW + 0xc000 },
	{ "hole", LHV_OPERAND_WINDOW + 0xd000 },	/* there is no memory */
	{ "noncanonical", 0x0000800000000000ull },
	{ "usercode", LHV_USER_WINDOW },
	{ "seg_limited", LHV_SEL_LIMITED },
	{ "seg_readonly", LHV_SEL_READONLY },
	{ "seg_xonly", LHV_SEL_XONLY },
	{ "seg_expanddown", LHV_SEL_EXPANDDOWN },
	{ "seg_based", LHV_SEL_BASED },
	{ "seg_flat", LHV_SEL_DS },
	{ "seg_user", LHV_SEL_USER_DS },
	/* .. and the guest's addresses, linear and guest-physical alike. */
	{ "g.ivt", 0x0 },
	{ "g.gdt", 0x1000 },
	{ "g.idt64", 0x2000 },
	{ "g.idt32", 0x3000 },
	{ "g.tss64", 0x4000 },
	{ "g.tss32", 0x4100 },
	{ "g.tss32b", 0x4200 },
	{ "g.code", 0x10000 },
	{ "g.handlers64", 0x11000 },
	{ "g.handlers32", 0x12000 },
	{ "g.handlers16", 0x13000 },
	{ "g.stack", 0x15000 },
	{ "g.userstack", 0x17000 },
	{ "g.usercode", 0x17000 },
	{ "g.data0", 0x18000 },
	{ "g.data1", 0x19000 },
	{ "g.data2", 0x1a000 },
	{ "g.data3", 0x1b000 },
	{ "g.data4", 0x1c000 },
	{ "g.data5", 0x1d000 },
	{ "g.data6", 0x1e000 },
	{ "g.data7", 0x1f000 },
	{ "g.cr3_64", LHV_GUEST + 0x5000 },	/* physical: from the arena's address on */
	{ "g.cr3_pae", LHV_GUEST + 0x9000 },
	{ "g.cr3_32", LHV_GUEST + 0xc000 },
	{ "g.lapic", 0x3f000 },
};

bool places_find(const char *name, u64 *value)
{
	static struct names table;
	const struct constant *place;
	size_t i;

	if (!table.slots) {
		names_make(&table, ARRAY_SIZE(offsets) + ARRAY_SIZE(windows));
		for (i = 0; i < ARRAY_SIZE(offsets); i++)
			names_add(&table, offsets[i].name, &offsets[i]);
		for (i = 0; i < ARRAY_SIZE(windows); i++)
			names_add(&table, windows[i].name, &windows[i]);
	}
	place = names_find(&table, name);
	if (!place)
		return false;
	*value = place->value;
	if ((place >= offsets && place < offsets + ARRAY_SIZE(offsets)) ||
	    !strncmp(name, "g.cr3", 5))
		*value += arena_pa;
	return true;
}
