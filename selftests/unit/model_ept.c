// SPDX-License-Identifier: GPL-2.0-only
/* EPT as the SDM has it. */
#include <string.h>

#include "broken.h"
#include "model_ept.h"
#include "ram.h"

#define ADDRESS		GENMASK_ULL(51, 12)
#define LEAF		BIT_ULL(7)
#define ACCESSED	BIT_ULL(8)
#define DIRTY		BIT_ULL(9)
#define MAX_EXITS	6

struct model_pml pml12;
struct model_spp spp12;
struct l2_exit l2_access_exit;

/* What the bare processor has made of L1's tables. */
static u64 copy[EPT_NR_TABLES * 512];

void model_ept_begin(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(copy); i++)
		copy[i] = ram_get64(L1_TABLES + i * 8);
	pml12 = (struct model_pml){};
	spp12 = (struct model_spp){};
	memset(&l2_access_exit, 0, sizeof(l2_access_exit));
}

static u64 *in_copy(u64 pa)
{
	if (pa < L1_TABLES || pa >= EPT_TABLE(EPT_NR_TABLES))
		return NULL;
	return &copy[(pa - L1_TABLES) / 8];
}

void model_ept_write(u64 pa, u64 entry)
{
	ram_set64(pa, entry);
	*in_copy(pa) = entry;
}

/* Where nothing answers the bus gives ones; so does hidden memory. */
static u64 read12(u64 pa)
{
	u64 value = ~0ull;

	if (in_copy(pa))
		return *in_copy(pa);
	if (ram_at(pa))
		memcpy(&value, ram_at(pa), sizeof(value));
	return value;
}

static void set12(u64 pa, u64 flags)
{
	u64 value = read12(pa) | flags;

	if (in_copy(pa))
		*in_copy(pa) = value;
	else if (ram_at(pa))
		memcpy(ram_write_at(pa), &value, sizeof(value));
}

static u64 bit(unsigned int n)
{
	return processor_caps.ept_vpid >> n & 1;
}

/* SDM "EPT Misconfigurations" */
static bool misconfigured(u64 entry, unsigned int level, bool leaf)
{
	unsigned int width = processor_caps.maxphyaddr;
	u64 size = BIT_ULL(12 + 9 * (level - 1));

	if ((entry & 3) == 2 || (!(entry & 1) && !bit(0)))
		return true;
	if ((entry & ADDRESS) >> width)
		return true;
	if (!leaf)
		return entry & (level >= 4 ? 0xf8 : 0x78);
	if (level == 3 && !bit(17))
		return true;
	if (entry & ADDRESS & (size - 1))
		return true;
	switch (entry >> 3 & 7) {
	case 2:
	case 3:
	case 7:
		return true;
	default:
		return false;
	}
}

/* Do the rights of all levels allow the access? */
static bool allows(u64 rights, bool mode_based, unsigned int access, bool user)
{
	unsigned int need = access & 7;

	if (mode_based && user && (access & ACCESS_FETCH)) {
		if (!(rights & BIT_ULL(10)))
			return false;
		need &= ~ACCESS_FETCH;
	}
	return (rights & need) == need;
}

static u64 qualification(u64 rights, bool mode_based, unsigned int access)
{
	u64 q = (access & 7) | (rights & 7) << 3;

	return mode_based && (rights & BIT_ULL(10)) ? q | BIT_ULL(6) : q;
}

/* SDM "Page-Modification Logging" */
static void log_page(u64 gpa)
{
	if (!pml12.on)
		return;
	pml12.logged = true;
	pml12.at = pml12.address + pml12.index-- * 8ull;
	pml12.gpa = gpa & ~0xfffull;
	if (in_copy(pml12.at))
		*in_copy(pml12.at) = pml12.gpa;
}

bool model_pml_differs(void)
{
	return pml12.logged && ram_at(pml12.at) && ram_get64(pml12.at) != pml12.gpa;
}

/* Is a flag to be set in one of the entries, the last of which is the leaf? */
static bool lacks_flags(const u64 *at, unsigned int nr, bool write)
{
	u64 flags = ACCESSED | (write ? DIRTY : 0);

	for (; nr; nr--, flags = ACCESSED) {
		if (~read12(at[nr - 1]) & flags)
			return true;
	}
	return false;
}

static struct ept_outcome violation(u64 rights, bool mode_based, unsigned int access, u64 entry)
{
	return (struct ept_outcome){
		.result = EPT_VIOLATION,
		.qualification = qualification(rights, mode_based, access),
		.suppress_ve = entry >> 63,
	};
}

/*
 * SDM "Write Accesses That Are Eligible for Sub-Page Write Permissions": the control is 1, the write is
 * to the translation of a linear address, the page has 4 KBytes, bit 61 of its EPT PTE is 1, and of all
 * entries together bit 0 is 1 and bit 1 is 0. Nothing else may be missing.
 */
static bool eligible(bool on, u64 rights, u64 entry, unsigned int level, unsigned int access)
{
	return on && level == 1 && (entry >> 61 & 1) && (rights & 3) == 1 &&
	       (access & 2) && !(access & (4 | ACCESS_PAGING));
}

/* SDM "Determining an Access's Sub-Page Write Permission": what a table's entry leads to. */
static bool spp_table_entry(u64 entry, u64 *table, struct ept_outcome *out)
{
	if (entry & 1 && !(entry & 0xffe) && !(entry >> processor_caps.maxphyaddr)) {
		*table = entry - 1;
		return true;
	}
	out->result = EPT_SPP_EVENT;
	out->qualification = entry & 1 ? 0 : 0x800;
	return false;
}

/* The last entry: two bits for each 128 bytes, of which the upper one is reserved. */
static void spp_permission(u64 permissions, u64 gpa, struct ept_outcome *out)
{
	unsigned int i, sub_page = (unsigned int)(gpa & 0xfff) / 128;

	for (i = 0; i < 32; i++) {
		if (permissions >> (2 * i + 1) & 1) {
			out->result = EPT_SPP_EVENT;
			out->qualification = 0;
			return;
		}
	}
	out->result = permissions >> (2 * sub_page) & 1 ? EPT_OK : EPT_VIOLATION;
}

static struct ept_outcome spp_access12(u64 gpa)
{
	struct ept_outcome out = {};
	u64 table = spp12.table;

	if (spp_table_entry(read12(table + (gpa >> 39 & 511) * 8), &table, &out) &&
	    spp_table_entry(read12(table + (gpa >> 30 & 511) * 8), &table, &out) &&
	    spp_table_entry(read12(table + (gpa >> 21 & 511) * 8), &table, &out))
		spp_permission(read12(table + (gpa >> 12 & 511) * 8), gpa, &out);
	return out;
}

struct ept_outcome model_ept12(u64 eptp, bool mode_based, u64 gpa, unsigned int access, bool user)
{
	const u64 right_bits = 7 | (mode_based ? BIT_ULL(10) : 0);
	unsigned int level = (unsigned int)(eptp >> 3 & 7) + 1, nr = 0;
	u64 table = eptp & ADDRESS, rights = right_bits, at[5], entry, size;
	bool leaf;

	pml12.logged = false;
	if (gpa >> (12 + 9 * level))
		return violation(0, mode_based, access, ~0ull);
	for (;; level--, table = entry & ADDRESS) {
		at[nr] = table + (gpa >> (12 + 9 * (level - 1)) & 511) * 8;
		entry = read12(at[nr]);
		if (!(entry & right_bits))
			return violation(0, mode_based, access, entry);
		leaf = level == 1 || (level <= 3 && (entry & LEAF));
		if (misconfigured(entry, level, leaf))
			return (struct ept_outcome){ .result = EPT_MISCONFIG };
		rights &= entry;
		nr++;
		if (leaf)
			break;
	}
	if (!allows(rights, mode_based, access, user)) {
		struct ept_outcome out = { .result = EPT_VIOLATION };

		if (eligible(spp12.on, rights, entry, level, access))
			out = spp_access12(gpa);
		if (out.result == EPT_VIOLATION)
			return violation(rights, mode_based, access, entry);
		if (out.result != EPT_OK)
			return out;
	}
	if (eptp & VMX_EPTP_AD_ENABLE_BIT) {
		if (pml12.on && pml12.index > 511 && lacks_flags(at, nr, access & ACCESS_WRITE))
			return (struct ept_outcome){ .result = EPT_LOG_FULL };
		while (nr--)
			set12(at[nr], ACCESSED);
		if ((access & ACCESS_WRITE) && !(entry & DIRTY))
			log_page(gpa);
	}
	size = BIT_ULL(12 + 9 * (level - 1));
	/* The last index was the leaf's. */
	if ((eptp & VMX_EPTP_AD_ENABLE_BIT) && (access & ACCESS_WRITE))
		set12(table + (gpa >> (12 + 9 * (level - 1)) & 511) * 8, DIRTY);
	return (struct ept_outcome){
		.pa = (entry & ADDRESS & ~(size - 1)) | (gpa & (size - 1)),
		.type = entry & 0x78,
	};
}

/*
 * The SDM lets the processor set accessed flags on the way to a violation, and does not say that it
 * must: those of tables are taken over, anything else counts.
 */
u64 model_ept_differs(const struct ept_outcome *outcome)
{
	u64 mask = outcome->result == EPT_OK ? ~0ull : ~ACCESSED;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(copy); i++) {
		u64 now = ram_get64(L1_TABLES + i * 8);

		if ((now ^ copy[i]) & mask)
			return L1_TABLES + i * 8;
		copy[i] = now;
	}
	return 0;
}

/* The processor below */

static bool mode_based02(void)
{
	return processor.has[FI_SECONDARY_VM_EXEC_CONTROL] &&
	       (hw_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_MODE_BASED_EPT_EXEC);
}

static u64 *entry02(u64 table, u64 gpa, int level)
{
	return (u64 *)(void *)ram_own(table + (gpa >> (12 + 9 * (level - 1)) & 511) * 8);
}

/* Would the cached translation do? One without the dirty flag does not do for a write. */
static bool tlb_hit(u64 gpa, unsigned int access, bool user, bool ad, struct ept_outcome *out)
{
	u64 root = hw_state(FI_EPT_POINTER) & ADDRESS, size;
	unsigned int i;

	for (i = 0; i < PROCESSOR_TLB; i++) {
		const struct hw_tlb_entry *e = &processor.tlb[i];

		size = BIT_ULL(12 + 9 * (e->level ? e->level - 1 : 0));
		if (e->root != root || e->page != (gpa & ~(size - 1)))
			continue;
		if (!allows(e->leaf, mode_based02(), access, user) ||
		    (ad && (access & ACCESS_WRITE) && !(e->leaf & DIRTY)))
			continue;
		out->result = EPT_OK;
		out->pa = (e->leaf & ADDRESS & ~(size - 1)) | (gpa & (size - 1));
		out->type = e->leaf & 0x78;
		return true;
	}
	return false;
}

static void tlb_add(u64 gpa, u64 leaf, int level)
{
	struct hw_tlb_entry *e = &processor.tlb[processor.tlb_next++ % PROCESSOR_TLB];

	e->root = hw_state(FI_EPT_POINTER) & ADDRESS;
	e->page = gpa & ~(BIT_ULL(12 + 9 * (level - 1)) - 1);
	e->leaf = leaf;
	e->level = level;
}

/* SDM "Operations that Invalidate Cached Mappings": a violation forgets its own address. */
static void tlb_forget(u64 gpa)
{
	unsigned int i;

	for (i = 0; i < PROCESSOR_TLB; i++) {
		struct hw_tlb_entry *e = &processor.tlb[i];

		if (e->root && e->page == (gpa & ~(BIT_ULL(12 + 9 * (e->level - 1)) - 1)))
			e->root = 0;
	}
}

static bool spp02(void)
{
	return processor.has[FI_SPP_TABLE_POINTER] &&
	       (hw_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_SPP);
}

static u64 own_entry(u64 table, u64 index)
{
	return *(u64 *)(void *)ram_own(table + index * 8);
}

/* The processor keeps what it has found until it is told to forget it. */
static struct ept_outcome spp_access02(u64 gpa)
{
	u64 root = hw_state(FI_EPT_POINTER) & ADDRESS, table = hw_state(FI_SPP_TABLE_POINTER);
	struct ept_outcome out = {};
	struct hw_spp_entry *e;
	unsigned int i;

	for (i = 0; i < PROCESSOR_TLB; i++) {
		e = &processor.spp[i];
		if (e->root == root && e->page == gpa >> 12) {
			spp_permission(e->permissions, gpa, &out);
			return out;
		}
	}
	if (!spp_table_entry(own_entry(table, gpa >> 39 & 511), &table, &out) ||
	    !spp_table_entry(own_entry(table, gpa >> 30 & 511), &table, &out) ||
	    !spp_table_entry(own_entry(table, gpa >> 21 & 511), &table, &out))
		return out;
	e = &processor.spp[processor.spp_next++ % PROCESSOR_TLB];
	*e = (struct hw_spp_entry){ root, gpa >> 12, own_entry(table, gpa >> 12 & 511) };
	spp_permission(e->permissions, gpa, &out);
	return out;
}

static struct ept_outcome walk02(u64 gpa, unsigned int access, bool user)
{
	u64 eptp = hw_state(FI_EPT_POINTER), table = eptp & ADDRESS, rights = ~0ull;
	bool ad = eptp & VMX_EPTP_AD_ENABLE_BIT, mode_based = mode_based02(), leaf;
	int level = (int)(eptp >> 3 & 7) + 1;
	struct ept_outcome out = {};
	bool sub_page = false;
	u64 *entry;

	if (gpa >> (12 + 9 * level))
		return violation(0, mode_based, access, ~0ull);
	if (tlb_hit(gpa, access, user, ad, &out))
		return out;
	for (;; level--, table = *entry & ADDRESS) {
		entry = entry02(table, gpa, level);
		if (!(*entry & BIT_ULL(63)) && (*entry & 7) == 0)
			broken("EPT02 does not suppress #VE");
		if (!(*entry & (7 | (mode_based ? BIT_ULL(10) : 0))))
			return violation(0, mode_based, access, *entry);
		leaf = level == 1 || (level <= 3 && (*entry & LEAF));
		if (misconfigured(*entry, (unsigned int)level, leaf))
			broken("EPT02 is misconfigured: level %d, %#llx", level, *entry);
		rights &= *entry;
		if (leaf)
			break;
		if (ad)
			*entry |= ACCESSED;
	}
	if (!allows(rights, mode_based, access, user)) {
		if (eligible(spp02(), rights, *entry, (unsigned int)level, access))
			out = spp_access02(gpa);
		else
			out.result = EPT_VIOLATION;
		if (out.result == EPT_VIOLATION)
			return violation(rights, mode_based, access, *entry);
		if (out.result != EPT_OK)
			return out;
		sub_page = true;
	}
	if (ad && (access & ACCESS_WRITE) && !(*entry & DIRTY))
		broken("EPT02 lets L2 write to a clean page at %#llx", gpa);
	if (ad)
		*entry |= ACCESSED;
	if (sub_page) {
		out.pa = (*entry & ADDRESS) | (gpa & 0xfff);
		out.type = *entry & 0x78;
		return out;
	}
	tlb_add(gpa, *entry, level);
	if (!tlb_hit(gpa, access, user, ad, &out))
		broken("the TLB forgot %#llx", gpa);
	return out;
}

/* What L1 is told; its state stays as the exit left it. */
static void read_exit(u64 gpa, struct ept_outcome *outcome)
{
	u64 rip = l1_state(FI_GUEST_RIP), flags = l1_state(FI_GUEST_RFLAGS), value;

	l1_must(l1_vmread(VM_EXIT_REASON, &value));
	outcome->result = value == EXIT_REASON_EPT_VIOLATION ? EPT_VIOLATION :
			  value == EXIT_REASON_PML_FULL	     ? EPT_LOG_FULL :
			  value == EXIT_REASON_SPP_EVENT     ? EPT_SPP_EVENT :
							       EPT_MISCONFIG;
	l1_must(l1_vmread(EXIT_QUALIFICATION, &value));
	outcome->qualification = value & (outcome->result == EPT_SPP_EVENT ? ~0x1000ull : 0x7f);
	l1_must(l1_vmread(GUEST_PHYSICAL_ADDRESS, &value));
	/* VMREAD of an L1 with 32 bits gives the lower half. */
	if (outcome->result != EPT_LOG_FULL && value != gpa && value != (u32)gpa)
		broken("L1 gets guest-physical address %#llx, not %#llx", value, gpa);
	l1_set_state(FI_GUEST_RIP, rip);
	l1_set_state(FI_GUEST_RFLAGS, flags);
}

unsigned int l2_access(u64 gpa, unsigned int access, bool user, struct ept_outcome *outcome)
{
	unsigned int exits;

	for (exits = 0; exits < MAX_EXITS; exits++) {
		struct l2_exit exit = l2_access_exit;

		*outcome = walk02(gpa, access, user);
		if (outcome->result == EPT_OK)
			return exits;
		tlb_forget(gpa);
		exit.reason = outcome->result == EPT_SPP_EVENT ? EXIT_REASON_SPP_EVENT :
								 EXIT_REASON_EPT_VIOLATION;
		exit.qualification |= outcome->qualification;
		if (outcome->result == EPT_VIOLATION)
			exit.qualification |= access & ACCESS_PAGING ? 0x80 : 0x180;
		if (user && outcome->result == EPT_VIOLATION &&
		    (processor_caps.ept_vpid & VMX_EPT_ADVANCED_EXIT_INFO_BIT))
			exit.qualification |= EPT_VIOLATION_GVA_USER;
		exit.gpa = gpa;
		if (!l2_exits(&exit))
			continue;
		read_exit(gpa, outcome);
		return exits + 1;
	}
	broken("L2 does not get past %#llx, access %u", gpa, access);
}
