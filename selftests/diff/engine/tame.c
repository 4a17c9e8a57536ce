// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a hostile program must not do.
 *
 * It fills a VMCS with rubbish, and memory that a VMCS names may be written to by others meanwhile. The
 * bare machine would obey: a guest would keep the CPU, an exit would go nowhere, the processor would write
 * to memory of Linux. This would be L1's own doing and show nothing. So right before an entry the fields
 * that decide about it are looked at, and where they would do that they get what the engine needs. What
 * the processor has to refuse stays.
 */
#include "../lhv.h"
#include "frame.h"
#include "header.h"
#include "insn.h"
#include "safe.h"
#include "tame.h"

enum field {
	IO_BITMAP_A = 0x2000,
	IO_BITMAP_B = 0x2002,
	MSR_BITMAP = 0x2004,
	VM_EXIT_MSR_STORE_ADDR = 0x2006,
	VM_EXIT_MSR_LOAD_ADDR = 0x2008,
	PML_ADDRESS = 0x200e,
	VIRTUAL_APIC_PAGE_ADDR = 0x2012,
	POSTED_INTR_DESC_ADDR = 0x2016,
	EPT_POINTER = 0x201a,
	EPTP_LIST_ADDRESS = 0x2024,
	VE_INFORMATION_ADDRESS = 0x202a,
	PIN_BASED_VM_EXEC_CONTROL = 0x4000,
	CPU_BASED_VM_EXEC_CONTROL = 0x4002,
	VM_EXIT_MSR_STORE_COUNT = 0x400e,
	VM_EXIT_MSR_LOAD_COUNT = 0x4010,
	VM_ENTRY_CONTROLS = 0x4012,
	VM_ENTRY_MSR_LOAD_COUNT = 0x4014,
	VM_ENTRY_INTR_INFO_FIELD = 0x4016,
	SECONDARY_VM_EXEC_CONTROL = 0x401e,
	GUEST_ACTIVITY_STATE = 0x4826,
	GUEST_CR0 = 0x6800,
	GUEST_CR3 = 0x6802,
	GUEST_RFLAGS = 0x6820,
	HOST_CS_SELECTOR = 0x0c02,
	HOST_SS_SELECTOR = 0x0c04,
	HOST_IA32_EFER = 0x2c02,
	HOST_CR3 = 0x6c02,
	HOST_CR4 = 0x6c04,
	HOST_TR_BASE = 0x6c0a,
	HOST_GDTR_BASE = 0x6c0c,
	HOST_IDTR_BASE = 0x6c0e,
	HOST_RSP = 0x6c14,
	HOST_RIP = 0x6c16,
};

#define EXT_INTR_EXITING   1
#define HLT_EXITING	   (1u << 7)
#define CR3_LOAD_EXITING   (1u << 15)
#define UNCOND_IO_EXITING  (1u << 24)
#define USE_IO_BITMAPS	   (1u << 25)
#define ACTIVATE_SECONDARY (1u << 31)
#define ENABLE_EPT	   2
#define ENTRY_IA32E_MODE   (1u << 9)
#define ADDRESS		   0x000ffffffffff000ull
#define CR4_CET		   (1ull << 23)
#define EVENT_VALID	   (1u << 31)
#define EVENT_TYPE	   (7u << 8)
#define MOST_MSRS	   16

static u64 get(u64 field)
{
	u64 value = 0;

	safe_vmread(field, &value);
	return value;
}

static void put(u64 field, u64 value)
{
	if (get(field) != value)
		safe_vmwrite(field, value);
}

static int in_ranges(u64 pa, u64 from, u64 to)
{
	for (; from < to; from++)
		if (pa >= header.open[from].start && pa < header.open[from].end)
			return 1;
	return 0;
}

static int is_hidden(u64 pa)
{
	return in_ranges(pa, header.nr_arenas, header.nr_arenas + header.nr_hidden);
}

/* Not memory that Linux knows: nothing but what hides it can be hurt. */
static int is_no_ram(u64 pa)
{
	return in_ranges(pa, header.nr_arenas, header.nr_open);
}

/* The offset in an arena, or all ones. */
static u64 offset_of(u64 pa)
{
	u64 i;

	for (i = 0; i < header.nr_arenas; i++)
		if (pa >= header.open[i].start && pa < header.open[i].end)
			return pa - header.open[i].start;
	return ~0ull;
}

/* The pages of LHV_CONTROL that keep a guest from devices and MSRs: bitmaps, lists of MSRs and EPTs */
#define KEPT_CONTROL_PAGES 0x08e7u

/* Of an arena all but engine, L1's page tables, these and the tables of the EPT may be written to. */
static int may_be_written(u64 pa)
{
	u64 offset = offset_of(pa & ADDRESS);

	if (offset == ~0ull)
		return is_no_ram(pa & ADDRESS);
	if (offset >= LHV_CONTROL && offset < LHV_EPT)
		return !(KEPT_CONTROL_PAGES >> ((offset - LHV_CONTROL) >> 12) & 1);
	return offset >= LHV_REGIONS && !(offset >= LHV_EPT && offset < LHV_GUEST);
}

static int is_refused(u64 pa, u64 alignment)
{
	return (pa & (alignment - 1)) || pa >> 52;
}

static int is_canonical(u64 linear)
{
	return (u64)((long long)(linear << 16) >> 16) == linear;
}

static void tame_base(u64 field, u64 value)
{
	if (is_canonical(get(field)))
		put(field, value);
}

/* A VM exit must come to the engine, with tables for an NMI that follows at once. */
static void tame_host(void)
{
	u64 selector, efer = get(HOST_IA32_EFER);

	put(HOST_CR3, (get(HOST_CR3) & ~ADDRESS) | (header.arena_pa + LHV_PML4));
	put(HOST_CR4, get(HOST_CR4) & ~CR4_CET);
	put(HOST_RSP, header.host_stack);
	if (is_canonical(get(HOST_RIP)) && get(HOST_RIP) != header.host_entry[1])
		put(HOST_RIP, header.host_entry[0]);
	tame_base(HOST_TR_BASE, header.tss);
	tame_base(HOST_GDTR_BASE, header.gdt);
	tame_base(HOST_IDTR_BASE, header.idt);
	selector = get(HOST_CS_SELECTOR);
	if (selector && !(selector & 7))
		put(HOST_CS_SELECTOR, LHV_SEL_CS);
	if (!(get(HOST_SS_SELECTOR) & 7))
		put(HOST_SS_SELECTOR, LHV_SEL_DS);
	if (efer >> 10 & 1)
		put(HOST_IA32_EFER, efer | EFER_NX);
}

/* Pages of bits that let a guest out to devices and MSRs are the engine's own, or none of RAM. */
static void tame_bitmap(u64 field, u64 own)
{
	u64 pa = get(field);

	if (!is_refused(pa, 0x1000) && offset_of(pa) != own && !is_no_ram(pa))
		put(field, header.arena_pa + own);
}

static void tame_page(u64 field, u64 own)
{
	u64 pa = get(field);

	if (!is_refused(pa, 0x40) && !may_be_written(pa))
		put(field, header.arena_pa + own);
}

/* A list that cannot be stored or loaded ends the CPU: none but the engine's, or those that are refused. */
static void tame_list(u64 address, u64 count, u64 own)
{
	u64 pa = get(address);

	if (is_refused(pa, 16) || is_hidden(pa))
		return;
	if (offset_of(pa) != own || get(count) > 2)
		put(count, 0);
}

/*
 * The pages of LHV_EPT that may be the topmost table. Of the others pages of the guest would become tables,
 * and Linux's memory could be what the guest writes there.
 */
#define EPT_ROOTS 0xff01u

static int is_ept_root(u64 offset)
{
	return offset >= LHV_EPT && offset < LHV_GUEST &&
	       (EPT_ROOTS >> ((offset - LHV_EPT) >> 12) & 1);
}

/* The processor writes to the tables of a guest: without EPT, what its CR3 names is memory. */
static void tame_paging(u64 proc)
{
	u64 pa, offset, secondary = proc & ACTIVATE_SECONDARY ? get(SECONDARY_VM_EXEC_CONTROL) : 0;

	if (secondary & ENABLE_EPT) {
		pa = get(EPT_POINTER) & ADDRESS;
		offset = offset_of(pa);
		if (!is_ept_root(offset) && !is_no_ram(pa))
			put(EPT_POINTER,
			    (get(EPT_POINTER) & ~ADDRESS) | (header.arena_pa + LHV_EPT));
		return;
	}
	offset = offset_of(get(GUEST_CR3) & ADDRESS);
	if (offset != LHV_GUEST + 0x5000 && offset != LHV_GUEST + 0x9000 &&
	    offset != LHV_GUEST + 0xc000)
		put(GUEST_CR3,
		    (get(GUEST_CR3) & ~ADDRESS) | (header.arena_pa + LHV_GUEST + 0x5000));
}

/*
 * The guest must come back by the watchdog's interrupt, and reach no device. The emulator (2.7) sleeps on
 * where IF is clear, and stops where a guest in IA-32e mode has no paging or an exit for the monitor trap
 * flag is injected.
 */
static void tame_guest(void)
{
	u64 proc = get(CPU_BASED_VM_EXEC_CONTROL) | HLT_EXITING | CR3_LOAD_EXITING;
	u64 event = get(VM_ENTRY_INTR_INFO_FIELD), state = get(GUEST_ACTIVITY_STATE);

	put(PIN_BASED_VM_EXEC_CONTROL, get(PIN_BASED_VM_EXEC_CONTROL) | EXT_INTR_EXITING);
	if (!(proc & USE_IO_BITMAPS))
		proc |= UNCOND_IO_EXITING;
	put(CPU_BASED_VM_EXEC_CONTROL, proc);
	tame_paging(proc);
	if (state == 2 || state == 3)
		put(GUEST_ACTIVITY_STATE, 0);
	if (state == 1)
		put(GUEST_RFLAGS, get(GUEST_RFLAGS) | 0x200);
	if (get(VM_ENTRY_CONTROLS) & ENTRY_IA32E_MODE)
		put(GUEST_CR0, get(GUEST_CR0) | 0x80000001);
	if ((event & EVENT_VALID) && (event & EVENT_TYPE) == EVENT_TYPE)
		put(VM_ENTRY_INTR_INFO_FIELD, event & ~(u64)EVENT_VALID);
}

void tame_entry(void)
{
	tame_host();
	tame_guest();
	tame_bitmap(IO_BITMAP_A, LHV_CONTROL + 0x1000);
	tame_bitmap(IO_BITMAP_B, LHV_CONTROL + 0x2000);
	tame_bitmap(MSR_BITMAP, LHV_CONTROL);
	tame_bitmap(EPTP_LIST_ADDRESS, LHV_CONTROL + 0xb000);
	tame_page(VIRTUAL_APIC_PAGE_ADDR, LHV_CONTROL + 0x3000);
	tame_page(PML_ADDRESS, LHV_CONTROL + 0x8000);
	tame_page(VE_INFORMATION_ADDRESS, LHV_CONTROL + 0xc000);
	tame_page(POSTED_INTR_DESC_ADDR, LHV_CONTROL + 0xd000);
	tame_list(VM_EXIT_MSR_STORE_ADDR, VM_EXIT_MSR_STORE_COUNT, LHV_CONTROL + 0x5000);
	tame_list(VM_EXIT_MSR_LOAD_ADDR, VM_EXIT_MSR_LOAD_COUNT, LHV_CONTROL + 0x6000);
	if (get(VM_ENTRY_MSR_LOAD_COUNT) > MOST_MSRS)
		put(VM_ENTRY_MSR_LOAD_COUNT, MOST_MSRS);
}
