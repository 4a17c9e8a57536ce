// SPDX-License-Identifier: GPL-2.0-only
/* EPT12 tables, accesses and changes made from a source of numbers. */
#include "broken.h"
#include "duo.h"
#include "model_entry.h"
#include "random_ept.h"
#include "ram.h"
#include "source.h"

static u32 pool_at_start;
static unsigned int steps;
static bool mode_based;
static u64 eptp;

/* Few indices, so that accesses meet. */
static u64 random_index(void)
{
	u64 index = source_below(24);

	return index < 20 ? index : 512 - (24 - index);
}

static u64 random_gpa(void)
{
	u64 gpa = source_below(4) << 39 | source_below(3) << 30 | random_index() << 21 |
		  random_index() << 12;

	if (processor_caps.maxphyaddr > 48 && source_once_in(2))
		gpa |= source_below(4) << 48;
	return gpa | source_below(512) * 8;
}

/* Pages of L1 and of Nestor, holes, the neighbourhood of both. */
static u64 random_page(void)
{
	static const u64 pages[] = {
		RAM_LOW, 0x3ff000, RAM_HIDDEN, RAM_HIDDEN_END - 0x1000, RAM_ABOVE, 0x200000,
		RAM_HOLE, RAM_HIGH, 0x7000000000,
	};

	return pages[source_below(ARRAY_SIZE(pages))] +
	       (source_once_in(3) ? source_below(512) << 12 : 0);
}

static u64 random_rights(void)
{
	static const u64 rights[] = { 3, 5, 1, 4, 0, 2, 6 };
	u64 bits = source_once_in(5) ? rights[source_below(ARRAY_SIZE(rights))] : 7;

	if (spp12.on && source_once_in(3))
		bits = 5;

	return mode_based && !source_once_in(5) ? bits | VMX_EPT_USER_EXECUTABLE_MASK : bits;
}

static u64 random_entry(void)
{
	static const u8 types[] = { 6, 6, 6, 0, 1, 4, 5, 2, 3, 7 };
	u64 entry = random_rights();

	if (!source_once_in(3)) {
		entry |= EPT_TABLE(source_below(EPT_NR_TABLES));
	} else {
		entry |= random_page() | (u64)types[source_below(source_once_in(4) ? 10 : 7)] << 3;
		entry |= source_once_in(2) ? VMX_EPT_LEAF_BIT : 0;
		if (!source_once_in(12))
			entry &= ~GENMASK_ULL(source_once_in(2) ? 29 : 20, 12);
	}
	if (source_once_in(2))
		entry |= VMX_EPT_ACCESS_BIT;
	if (source_once_in(3))
		entry |= VMX_EPT_DIRTY_BIT;
	if (source_once_in(16))
		entry |= VMX_EPT_SUPPRESS_VE_BIT | VMX_EPT_IPAT_BIT;
	if (spp12.on && !source_once_in(3))
		entry |= BIT_ULL(61);
	if (source_once_in(40))
		entry |= BIT_ULL(source_below(64));
	return entry;
}

/* Of a table of sub-page permissions at a level. */
static u64 random_spp_entry(unsigned int level)
{
	u64 entry = level > 1 ? SPP_TABLE(5 - level) | 1 : source_next() & 0x5555555555555555;

	if (source_once_in(16))
		entry = level > 1 && source_once_in(2) ? random_page() | 1 : 0;
	if (source_once_in(24))
		entry |= BIT_ULL(source_below(64));
	return entry;
}

static void set_spp_entry(unsigned int level, u64 gpa, u64 entry)
{
	ram_set64(SPP_TABLE(4 - level) + (gpa >> (12 + 9 * (level - 1)) & 511) * 8, entry);
}

static void fill_spp_tables(void)
{
	unsigned int level, i;

	for (level = 1; level <= 4; level++) {
		for (i = 0; i < 512; i++)
			set_spp_entry(level, (u64)i << (12 + 9 * (level - 1)),
				      random_spp_entry(level));
	}
}

static u64 random_eptp(void)
{
	u64 bits = EPT_TABLE(source_below(EPT_NR_TABLES)) | MEM_TYPE_WB | VMX_EPTP_PWL_4;

	if ((processor_caps.ept_vpid & VMX_EPT_PAGE_WALK_5_BIT) && source_once_in(4))
		bits = (bits & ~VMX_EPTP_PWL_MASK) | VMX_EPTP_PWL_5;
	if ((processor_caps.ept_vpid & VMX_EPT_AD_BIT) && (pml12.on || !source_once_in(3)))
		bits |= VMX_EPTP_AD_ENABLE_BIT;
	if (source_once_in(4))
		bits &= ~(u64)MEM_TYPE_WB;
	return model_eptp_valid(&processor_caps, bits) ? bits : random_eptp();
}

static void fill_tables(void)
{
	unsigned int table, i;

	for (table = 0; table < EPT_NR_TABLES; table++) {
		for (i = 0; i < 24; i++)
			ram_set64(EPT_TABLE(table) + (i < 20 ? i : 512 - (24 - i)) * 8,
				  random_entry());
	}
}

static void enter(void)
{
	struct result result = l1_enter(nested.current->launched ? EXIT_REASON_VMRESUME :
								   EXIT_REASON_VMLAUNCH);

	if (result.outcome != DONE_ENTERED)
		broken("L2 is not entered: %d, error %u", result.outcome, result.error);
}

/* An exit that brings L1 back. */
static void leave(void)
{
	const struct l2_exit exit = { .reason = EXIT_REASON_VMCALL, .length = 3 };

	if (nested.in_l2)
		l2_exits(&exit);
	l1_set_mode(L1_LONG);
}

static void write_controls(void)
{
	u64 proc2 = duo_valid(FI_SECONDARY_VM_EXEC_CONTROL);

	if (mode_based)
		proc2 |= SECONDARY_EXEC_MODE_BASED_EPT_EXEC;
	if (pml12.on)
		proc2 |= SECONDARY_EXEC_ENABLE_PML;
	if (spp12.on) {
		proc2 |= SECONDARY_EXEC_SPP;
		l1_must(l1_vmwrite(SPP_TABLE_POINTER, spp12.table));
	}
	l1_must(l1_vmwrite(SECONDARY_VM_EXEC_CONTROL, proc2));
	l1_must(l1_vmwrite(EPT_POINTER, eptp));
}

/* L1 reads the log and lets it begin anew, at a place that is not the last always. */
static void empty_log(void)
{
	if (!pml12.on)
		return;
	pml12.index = (u16)source_below(16);
	if (source_once_in(4))
		pml12.index = source_once_in(2) ? PML_ENTRIES - 1 : (u16)source_next();
	l1_must(l1_vmwrite(GUEST_PML_INDEX, pml12.index));
}

/* Newer processors tell more of a violation, and have more memory. */
static void vary(struct vmx_caps *caps)
{
	if (source_once_in(2))
		caps->ept_vpid &= ~VMX_EPT_ADVANCED_EXIT_INFO_BIT;
	if (source_once_in(2))
		caps->ept_vpid &= ~VMX_EPT_EXECUTE_ONLY_BIT;
	/* What walks of five levels are for. */
	if (caps->ept_vpid & VMX_EPT_PAGE_WALK_5_BIT)
		caps->maxphyaddr = 52;
}

void random_ept_begin(enum processor_model model, u64 (*source)(void))
{
	bool spp;
	int field;

	source_begin(source);
	steps = 0;
	l1_start(model, vary);
	pool_at_start = nested.pool.left;
	mode_based = (processor_caps.proc2.allowed1 & SECONDARY_EXEC_MODE_BASED_EPT_EXEC) &&
		     source_once_in(2);
	spp12.on = (processor_caps.proc2.allowed1 & SECONDARY_EXEC_SPP) && source_once_in(2);
	fill_tables();
	if (spp12.on)
		fill_spp_tables();
	spp = spp12.on;
	model_ept_begin();
	spp12 = (struct model_spp){ spp, SPP_TABLE(0) };
	pml12.on = (processor_caps.proc2.allowed1 & SECONDARY_EXEC_ENABLE_PML) && source_once_in(2);
	pml12.address = duo_valid(FI_PML_ADDRESS);
	eptp = random_eptp();
	l1_setup(0);
	for (field = 0; field < NR_FIELDS; field++) {
		if (processor.has[field] && duo_valid((enum field_index)field))
			l1_must(l1_vmwrite(field_table[field].encoding,
					   duo_valid((enum field_index)field)));
	}
	write_controls();
	empty_log();
	enter();
}

static u16 log_index(void)
{
	u64 index = 0;

	if (nested.in_l2)
		return (u16)hw_state(FI_GUEST_PML_INDEX);
	l1_must(l1_vmread(GUEST_PML_INDEX, &index));
	return (u16)index;
}

/* Nestor's own memory reads as a page that nobody else has. */
static bool same_page(u64 pa, u64 expected)
{
	if (ram_hidden(expected))
		return (pa & ~0xfffull) == nested.hidden_page ||
		       (pa & ~0xfffull) == nested.hidden_sink;
	return pa == expected;
}

/*
 * A processor that does not tell which of two fetch rights was missing lets nobody know whether a full
 * log or the violation comes first: Nestor reports the log, and then the violation.
 */
static bool undecided(unsigned int access, const struct ept_outcome *n, const struct ept_outcome *b)
{
	return mode_based && (access & ACCESS_FETCH) && n->result == EPT_LOG_FULL &&
	       b->result == EPT_VIOLATION &&
	       !(processor_caps.ept_vpid & VMX_EPT_ADVANCED_EXIT_INFO_BIT);
}

static void compare(u64 gpa, unsigned int access, const struct ept_outcome *n,
		    const struct ept_outcome *b)
{
	u64 at = model_ept_differs(b);

	if (undecided(access, n, b))
		return;
	if (n->result != b->result)
		broken("access %u to %#llx: %d, bare: %d", access, gpa, n->result, b->result);
	if (b->result == EPT_OK && (!same_page(n->pa, b->pa) || n->type != b->type))
		broken("%#llx is at %#llx, type %#llx; bare: %#llx, %#llx", gpa, n->pa, n->type,
		       b->pa, b->type);
	if ((b->result == EPT_VIOLATION || b->result == EPT_SPP_EVENT) &&
	    n->qualification != b->qualification)
		broken("access %u to %#llx: qualification %#llx; bare: %#llx", access, gpa,
		       n->qualification, b->qualification);
	if (at)
		broken("access %u to %#llx: the entry at %#llx is %#llx", access, gpa, at,
		       ram_get64(at));
	if (pml12.on && log_index() != pml12.index)
		broken("access %u to %#llx: the log's index is %#x; bare: %#x", access, gpa,
		       log_index(), pml12.index);
	if (model_pml_differs())
		broken("access %u to %#llx: %#llx is not in the log", access, gpa, pml12.gpa);
}

/* Accesses to paging structures count as writes where there are accessed and dirty flags. */
static unsigned int random_access(void)
{
	static const u8 accesses[] = { 1, 1, 1, 2, 2, 4, 4, 3 };

	unsigned int access = accesses[source_below(ARRAY_SIZE(accesses))];

	return !(access & ACCESS_FETCH) && source_once_in(6) ? access | ACCESS_PAGING : access;
}

static u64 access_once(u64 gpa)
{
	unsigned int access = random_access();
	struct ept_outcome n, b;
	bool user = source_once_in(2);

	b = model_ept12(eptp, mode_based, gpa, access, user);
	l2_access(gpa, access, user, &n);
	compare(gpa, access, &n, &b);
	return b.result;
}

/* Where does the walk of an address end? */
static u64 last_entry(u64 gpa)
{
	unsigned int level = (unsigned int)(eptp >> 3 & 7) + 1;
	u64 table = eptp & GENMASK_ULL(51, 12), at, entry;

	if (gpa >> (12 + 9 * level))
		return EPT_TABLE(0);
	for (;; level--) {
		at = table + (gpa >> (12 + 9 * (level - 1)) & 511) * 8;
		if (at < L1_TABLES || at >= EPT_TABLE(EPT_NR_TABLES))
			return EPT_TABLE(0);
		entry = ram_get64(at);
		if (level == 1 || !(entry & 7) || (level < 4 && (entry & VMX_EPT_LEAF_BIT)))
			return at;
		table = entry & GENMASK_ULL(51, 12);
	}
}

/* A page as hypervisors map most: ordinary memory with all rights, with or without its flags. */
static u64 plain_page(void)
{
	u64 rights = VMX_EPT_RWX_MASK | (mode_based ? VMX_EPT_USER_EXECUTABLE_MASK : 0);
	u64 entry = random_page() | rights | (u64)MEM_TYPE_WB << VMX_EPT_MT_SHIFT;

	if (!source_once_in(4))
		entry |= VMX_EPT_ACCESS_BIT;
	if (!source_once_in(3))
		entry |= VMX_EPT_DIRTY_BIT;
	return source_once_in(8) ? entry | VMX_EPT_IPAT_BIT : entry;
}

/*
 * L1 answers a violation as hypervisors do: it maps the page, and says no INVEPT if it was absent.
 * If it was not, the table may be cached under other EPT pointers too.
 */
static void answer(u64 gpa)
{
	u64 at = last_entry(gpa), old = ram_get64(at);

	model_ept_write(at, source_once_in(2) ? plain_page() : random_entry());
	if (old & (7 | VMX_EPT_USER_EXECUTABLE_MASK))
		l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
	else if (source_once_in(3))
		l1_must(l1_invept(VMX_EPT_EXTENT_CONTEXT, eptp));
}

/* L1 answers an SPP-related event: what was missing is there, what was reserved is not. */
static void answer_spp_event(u64 gpa)
{
	unsigned int level;

	for (level = 4; level > 1; level--)
		set_spp_entry(level, gpa, SPP_TABLE(5 - level) | 1);
	set_spp_entry(1, gpa, source_next() & 0x5555555555555555);
	l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
}

static void change_and_invalidate(void)
{
	unsigned int changes = (unsigned int)source_below(4) + 1;

	leave();
	while (changes--)
		model_ept_write(EPT_TABLE(source_below(EPT_NR_TABLES)) + random_index() * 8,
				random_entry());
	if (spp12.on && source_once_in(2))
		set_spp_entry(1, random_gpa(), random_spp_entry(1));
	if (source_once_in(2))
		l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
	else
		l1_must(l1_invept(VMX_EPT_EXTENT_CONTEXT, eptp));
	/* What else is cached of these tables, under another EPT pointer, is out of date. */
	l1_must(l1_invept(VMX_EPT_EXTENT_GLOBAL, 0));
	enter();
}

static void change_pointer(void)
{
	leave();
	empty_log();
	eptp = random_eptp();
	write_controls();
	enter();
}

void random_ept_step(void)
{
	u64 gpa = random_gpa(), result;

	switch (source_below(16)) {
	case 0:
		change_and_invalidate();
		break;
	case 1:
		change_pointer();
		break;
	default:
		result = access_once(gpa);
		if (result == EPT_OK)
			break;
		l1_set_mode(L1_LONG);
		empty_log();
		if (result == EPT_SPP_EVENT && source_once_in(2))
			answer_spp_event(gpa);
		else if (source_once_in(2))
			answer(gpa);
		enter();
		if (access_once(gpa) != EPT_OK) {
			l1_set_mode(L1_LONG);
			enter();
		}
	}
	if (++steps % 64 == 0)
		check_ept02();
}

void random_ept_end(void)
{
	leave();
	check_ept02();
	l1_must(l1_vmxoff());
	nested_exit(&nested);
	if (nested.pool.left != pool_at_start)
		broken("%u pages of the pool are lost", pool_at_start - nested.pool.left);
	if (shared.stats.bugs)
		broken("%llu bugs were counted", shared.stats.bugs);
}
