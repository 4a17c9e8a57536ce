// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of the CPU before, for and after a program. What of the kernel's is in memory only, entry.S keeps.
 */
#include "../lhv.h"
#include "apic.h"
#include "descriptors.h"
#include "frame.h"
#include "header.h"
#include "insn.h"
#include "record.h"
#include "safe.h"
#include "state.h"

/* Interrupts below this priority class wait: those of Linux's devices and of its timer. */
#define TPR		0xe

_Static_assert(sizeof(struct lhv_header) <= 8 * 96 + 4 * 256, "entry.S has too little room for it");

struct table_register state_kernel_gdtr;
u16 state_kernel_tr;

/* The state of Linux that a program may change; what is in memory only, entry.S keeps. */

static const u32 kept_msrs[] = {
	0xc0000080, 0x277, 0x1d9, 0x174, 0x175, 0x176, 0xc0000100, 0xc0000101, 0xc0000102,
	0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000103, 0x38f, 0xd90, 0xda0, 0x3b,
	/* CET of the supervisor */
	0x6a2, 0x6a4, 0x6a5, 0x6a6, 0x6a7, 0x6a8,
};

#define NR_KEPT_MSRS (sizeof(kept_msrs) / sizeof(kept_msrs[0]))

static struct {
	u64 msrs[NR_KEPT_MSRS];
	u8 has_msr[NR_KEPT_MSRS];
	u64 cr0, cr2, cr4, cr8, xcr0, dr[4], dr6, dr7;
} kept;

void state_keep(void)
{
	u64 base = 0;
	u32 i;

	for (i = 0; i < NR_KEPT_MSRS; i++)
		kept.has_msr[i] = !safe_rdmsr(kept_msrs[i], &kept.msrs[i]);
	kept.cr0 = read_cr0();
	kept.cr2 = read_cr2();
	kept.cr4 = read_cr4();
	kept.cr8 = read_cr8();
	kept.dr[0] = read_dr(0);
	kept.dr[1] = read_dr(1);
	kept.dr[2] = read_dr(2);
	kept.dr[3] = read_dr(3);
	kept.dr6 = read_dr(6);
	kept.dr7 = read_dr(7);
	safe_rdmsr(MSR_APICBASE, &base);
	apic_begin(base);
	header.apic_pa = base & ~0xfffull;
}

/* Guests read what other programs, and Linux, have written there. */
static void clear_ports(void)
{
	u16 port;

	for (port = DMA_PAGE_FIRST; port <= DMA_PAGE_LAST; port++)
		outb(port, 0);
}

void state_begin(void)
{
	u32 msr;

	clear_ports();
	write_cr8(TPR);
	write_dr7(0x400);
	write_cr0((kept.cr0 | CR0_NE) & ~CR0_TS);
	write_cr4(kept.cr4 & ~(CR4_PCIDE | CR4_VMXE));
	safe_wrmsr(0x174, LHV_SEL_CS);
	safe_wrmsr(0x175, 0x1111000);
	safe_wrmsr(0x176, 0x2222000);
	safe_wrmsr(0xc0000100, 0x1000);
	safe_wrmsr(0xc0000101, 0x2000);
	safe_wrmsr(0xc0000102, 0x3000);
	safe_wrmsr(0x1d9, 0);
	for (msr = MSR_PL0_SSP; msr <= MSR_SSP_TABLE; msr++)
		safe_wrmsr(msr, 0);
	safe_wrmsr(MSR_S_CET, 0);
}

void state_tell_diff(void)
{
	header.host_entry[0] = (u64)frame_host;
	header.host_entry[1] = (u64)frame_host_other;
	header.host_stack = (u64)land_stack_end;
	header.gdt = (u64)gdt;
	header.idt = (u64)idt;
	header.tss = descriptors_tss();
	header.cr0 = read_cr0();
	header.cr3 = read_cr3();
	header.cr4 = read_cr4();
	safe_rdmsr(0xc0000080, &header.efer);
	safe_rdmsr(0x277, &header.pat);
	header.sysenter_cs = LHV_SEL_CS;
	header.sysenter_esp = 0x1111000;
	header.sysenter_eip = 0x2222000;
	header.gs_base = 0x2000;
}

/* No program leaves the CPU in VMX operation, and a region active only if it was asked to. */
static void leave_vmx(void)
{
	u64 address;
	int i;

	for (i = 0; i < 16 && !header.stay_active; i++) {
		address = header.arena_pa + LHV_REGIONS + i * 4096;
		if (safe_vmclear(&address) == ~0ull)
			return;
	}
	safe_vmxoff();
}

void state_tidy(void)
{
	const u64 *descriptor = (void *)(state_kernel_gdtr.base + (state_kernel_tr & ~7));

	record_put(LHV_K_END, own_fault_rip);
	write_cr3(header.arena_pa + LHV_PML4);
	if (read_cr4() & CR4_VMXE)
		leave_vmx();
	write_cr8(TPR);
	apic_drain();
	apic_give_back();
	apic_restore_timer();
	write_cr8(kept.cr8);
	write_dr(0, kept.dr[0]);
	write_dr(1, kept.dr[1]);
	write_dr(2, kept.dr[2]);
	write_dr(3, kept.dr[3]);
	write_dr(6, kept.dr6);
	write_dr7(kept.dr7);
	write_cr0(kept.cr0);
	write_cr4(kept.cr4);
	write_cr2(kept.cr2);
	gdt[8] = descriptor[0] & ~(2ull << 40);
	gdt[9] = descriptor[1];
}

void state_restore_msrs(void)
{
	u32 i;

	for (i = 0; i < NR_KEPT_MSRS; i++)
		if (kept.has_msr[i])
			safe_wrmsr(kept_msrs[i], kept.msrs[i]);
}
