// SPDX-License-Identifier: GPL-2.0-only
/* What must hold whenever L1 or L2 runs. */
#include <string.h>

#include "broken.h"
#include "promises.h"
#include "ram.h"
#include "root.h"
#include "vmcs01.h"
#include "arch/vmx.h"

/* What Linux has read last */
static struct root_stats stats_seen;
static struct tracked_vmcs tracked_seen[NR_TRACKED_VMCS];

void promises_begin(void)
{
	memset(&stats_seen, 0, sizeof(stats_seen));
	memset(tracked_seen, 0, sizeof(tracked_seen));
}

static void check_increase(const char *of, const void *now, const void *before, size_t size)
{
	const u64 *value = now, *old = before;
	size_t i;

	for (i = 0; i < size / sizeof(u64); i++) {
		if (value[i] < old[i])
			broken("counter %zu of %s goes back from %llu to %llu", i, of, old[i],
			       value[i]);
	}
}

/* A record may come to stand for another VMCS, which begins at zero. */
static void check_tracked(const struct tracked_vmcs *now, const struct tracked_vmcs *before)
{
	const size_t first = offsetof(struct tracked_vmcs, slot) + sizeof(now->slot);

	if (now->address == before->address && now->flags && before->flags)
		check_increase("a VMCS", (const char *)now + first, (const char *)before + first,
			       sizeof(*now) - first);
}

void check_counters(void)
{
	unsigned int i;

	check_increase("a CPU", &shared.stats, &stats_seen, sizeof(stats_seen));
	for (i = 0; i < NR_TRACKED_VMCS; i++)
		check_tracked(&shared.tracked[i], &tracked_seen[i]);
	stats_seen = shared.stats;
	memcpy(tracked_seen, shared.tracked, sizeof(tracked_seen));
}

void check_promises(void)
{
	check_counters();
	if (nested.in_l2) {
		if (!nested.current || processor.current->region != nested.current->vmcs02)
			broken("L2 runs, and another VMCS is current");
		return;
	}
	if (!processor.current || processor.current->region != VMCS01)
		broken("L1 runs, and VMCS01 is not current");
	if (nested.launch)
		broken("VMLAUNCH of VMCS01");
	if (hw_state(FI_VM_ENTRY_MSR_LOAD_COUNT))
		broken("VMCS01 has an MSR list");
}

#define EPT_ENTRY_ADDRESS	GENMASK_ULL(51, 12)
#define EPT_ENTRY_PRESENT	(VMX_EPT_RWX_MASK | VMX_EPT_USER_EXECUTABLE_MASK)

static bool table_seen[(RAM_HIDDEN_END - RAM_HIDDEN) >> 12];

static void see_table(u64 pa)
{
	bool *seen = &table_seen[(pa - RAM_HIDDEN) >> 12];

	if (!ram_hidden(pa))
		broken("EPT02 has a table at %#llx", pa);
	if (*seen)
		broken("EPT02 has the table at %#llx twice", pa);
	*seen = true;
}

static void check_leaf(u64 entry, int level)
{
	u64 pa = entry & EPT_ENTRY_ADDRESS, size = 1ull << (12 + 9 * (level - 1));

	if (pa == nested.hidden_page && level == 1 && !(entry & VMX_EPT_WRITABLE_MASK))
		return;
	if (pa == nested.hidden_sink && level == 1)
		return;
	if (pa < RAM_HIDDEN_END && pa + size > RAM_HIDDEN)
		broken("EPT02 maps %#llx, level %d", pa, level);
	if (level > 1 && (pa & (size - 1)))
		broken("EPT02 maps a large page at %#llx", pa);
}

static unsigned int check_table(u64 pa, int level)
{
	const u64 *table = (const u64 *)(const void *)ram_own(pa);
	unsigned int i, leaves = 0;

	see_table(pa);
	for (i = 0; i < 512; i++) {
		if (!(table[i] & EPT_ENTRY_PRESENT))
			continue;
		if (level == 1 || (table[i] & VMX_EPT_LEAF_BIT)) {
			check_leaf(table[i], level);
			leaves++;
		} else {
			leaves += check_table(table[i] & EPT_ENTRY_ADDRESS, level - 1);
		}
	}
	return leaves;
}

static int levels_of(u64 eptp)
{
	return (eptp & VMX_EPTP_PWL_MASK) == VMX_EPTP_PWL_5 ? 5 : 4;
}

static void check_sppt02(u64 pa, int level)
{
	const u64 *table = (const u64 *)(const void *)ram_own(pa);
	unsigned int i;

	see_table(pa);
	for (i = 0; level > 1 && i < 512; i++) {
		if (table[i] & 1)
			check_sppt02(table[i] & EPT_ENTRY_ADDRESS, level - 1);
	}
}

unsigned int check_ept02(void)
{
	unsigned int i, leaves = 0;

	memset(table_seen, 0, sizeof(table_seen));
	if (nested.sppt02.root)
		check_sppt02(nested.sppt02.root, 4);
	for (i = 0; i < NR_EPT02_ROOTS; i++) {
		if (nested.ept02.roots[i].eptp12)
			leaves += check_table(nested.ept02.roots[i].root,
					      levels_of(nested.ept02.roots[i].eptp12));
	}
	return leaves;
}
