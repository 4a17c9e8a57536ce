// SPDX-License-Identifier: GPL-2.0-only
/*
 * VMCS01 at launch: root as its host, the running Linux as its guest.
 *
 * Root changes VMCS01 later only where an exit of L1 asks for it. Fields of controls that are off
 * are not written: the processor does not look at them.
 */
#include <linux/errno.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/io.h>
#include <asm/msr.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include <asm/vmx.h>
#include "inject.h"
#include "operation.h"
#include "versions.h"
#include "vmcs01.h"
#include "world.h"

#define SEGMENT_UNUSABLE 0x10000

/* Linux has no name for this field, which has a bit for each leaf of PCONFIG that exits. */
#define PCONFIG_EXITING_BITMAP 0x203e

/* These secondary controls only let L1 go on using instructions and features that it had before. */
#define PROC2_XSAVES  BIT(20) /* Linux 6.1 and 6.12 have different names for it */
#define PROC2_PCONFIG BIT(27)
#define PROC2_KEEP                                                                     \
	(SECONDARY_EXEC_ENABLE_RDTSCP | SECONDARY_EXEC_ENABLE_INVPCID | PROC2_XSAVES | \
	 SECONDARY_EXEC_ENABLE_USR_WAIT_PAUSE | PROC2_PCONFIG)
/*
 * "enable VPID" is clear until root sets it at the first exit. The first entry flushes all that is
 * cached for VPID 0 so (SDM "Operations That Invalidate Cached Mappings"): what Linux had there
 * before an earlier take-over, and what an earlier root had.
 */
#define PROC2_NEED (SECONDARY_EXEC_ENABLE_EPT | SECONDARY_EXEC_UNRESTRICTED_GUEST)

#define HOST_PAT \
	0x0007040600070406ull /* the power-up value: entry 0 is write-back, entry 3 uncacheable */

/* The processor refused a field of the VMCS being filled; the writer stays on its CPU meanwhile. */
static DEFINE_PER_CPU(bool, vmwrite_failed);

static void put(unsigned long field, unsigned long value)
{
	bool failed;

	asm volatile("vmwrite %2, %1" : "=@ccna"(failed) : "r"(field), "rm"(value) : "memory");
	if (failed)
		__this_cpu_write(vmwrite_failed, true);
}

/* Returns the wanted bits as far as the processor allows them, and those that it demands. */
static u32 adjust(u64 caps, u32 want)
{
	return (want & (u32)(caps >> 32)) | (u32)caps;
}

/* A walk of four levels translates 48 bits. */
static u64 eptp01(struct nestor_cpu *cpu)
{
	return virt_to_phys(cpu->ept01) | VMX_EPTP_MT_WB |
	       (world.caps.maxphyaddr > 48 ? VMX_EPTP_PWL_5 : VMX_EPTP_PWL_4);
}

static void fill_controls(struct nestor_cpu *cpu)
{
	const struct vmx_caps_msrs *caps = &world.caps;

	put(PIN_BASED_VM_EXEC_CONTROL, adjust(caps->pin, 0));
	put(CPU_BASED_VM_EXEC_CONTROL,
	    adjust(caps->proc, CPU_BASED_USE_MSR_BITMAPS | CPU_BASED_ACTIVATE_SECONDARY_CONTROLS));
	put(SECONDARY_VM_EXEC_CONTROL, adjust(caps->proc2, PROC2_NEED | PROC2_KEEP));
	put(VM_EXIT_CONTROLS,
	    adjust(caps->exit, VM_EXIT_HOST_ADDR_SPACE_SIZE | VM_EXIT_SAVE_DEBUG_CONTROLS |
				       VM_EXIT_SAVE_IA32_EFER | VM_EXIT_LOAD_IA32_EFER |
				       VM_EXIT_SAVE_IA32_PAT | VM_EXIT_LOAD_IA32_PAT));
	put(VM_ENTRY_CONTROLS,
	    adjust(caps->entry, VM_ENTRY_IA32E_MODE | VM_ENTRY_LOAD_DEBUG_CONTROLS |
					VM_ENTRY_LOAD_IA32_EFER | VM_ENTRY_LOAD_IA32_PAT));
	put(MSR_BITMAP, virt_to_phys(cpu->msr_bitmap));
	put(EPT_POINTER, eptp01(cpu));
	if (caps->proc2 >> 32 & PROC2_XSAVES)
		put(XSS_EXIT_BITMAP, 0);
	if (caps->proc2 >> 32 & PROC2_PCONFIG)
		put(PCONFIG_EXITING_BITMAP, 0);
	put(EXCEPTION_BITMAP, 0);
	put(PAGE_FAULT_ERROR_CODE_MASK, 0);
	put(PAGE_FAULT_ERROR_CODE_MATCH, 0);
	put(CR3_TARGET_COUNT, 0);
	put(VM_EXIT_MSR_STORE_COUNT, 0);
	put(VM_EXIT_MSR_LOAD_COUNT, 0);
	put(VM_ENTRY_MSR_LOAD_COUNT, 0);
	put(VM_ENTRY_INTR_INFO_FIELD, 0);
	put(VMCS_LINK_POINTER, ~0ull);
}

static void fill_host(struct nestor_cpu *cpu)
{
	u64 efer;

	rdmsrq(MSR_EFER, efer);
	put(HOST_CR0, X86_CR0_PE | X86_CR0_MP | X86_CR0_ET | X86_CR0_NE | X86_CR0_WP | X86_CR0_AM |
			      X86_CR0_PG);
	put(HOST_CR3, world.addrspace.cr3);
	/*
	 * Root executes XSETBV for L1, which needs OSXSAVE. LA57 cannot differ from L1's. Without
	 * MCE a machine check would be a shutdown. Root has no user pages, so it needs no SMAP or
	 * SMEP.
	 */
	put(HOST_CR4, X86_CR4_PAE | X86_CR4_VMXE |
			      (__read_cr4() &
			       (X86_CR4_LA57 | X86_CR4_OSXSAVE | X86_CR4_MCE)) |
			      (boot_cpu_has(X86_FEATURE_XSAVE) ? X86_CR4_OSXSAVE : 0));
	put(HOST_CS_SELECTOR, ROOT_CS);
	put(HOST_SS_SELECTOR, ROOT_SS);
	put(HOST_DS_SELECTOR, 0);
	put(HOST_ES_SELECTOR, 0);
	put(HOST_FS_SELECTOR, 0);
	put(HOST_GS_SELECTOR, 0);
	put(HOST_TR_SELECTOR, ROOT_TR);
	put(HOST_FS_BASE, 0);
	put(HOST_GS_BASE, 0);
	put(HOST_TR_BASE, cpu->tss);
	put(HOST_GDTR_BASE, cpu->gdt);
	put(HOST_IDTR_BASE, world.idt);
	put(HOST_IA32_SYSENTER_CS, 0);
	put(HOST_IA32_SYSENTER_ESP, 0);
	put(HOST_IA32_SYSENTER_EIP, 0);
	put(HOST_IA32_PAT, HOST_PAT);
	put(HOST_IA32_EFER, EFER_LME | EFER_LMA | EFER_NX | (efer & EFER_SCE));
	put(HOST_RSP, cpu->stack_top);
	put(HOST_RIP, world.header->exit_entry);
}

struct segment {
	u16 selector;
	u32 ar, limit;
	u64 base;
};

static struct segment read_segment(u16 selector, u64 base)
{
	struct segment seg = { .selector = selector, .ar = SEGMENT_UNUSABLE, .base = base };
	u32 ar;

	if (!(selector & ~3))
		return seg;
	/*
	 * LAR gives bits 55:40 of the descriptor at bits 23:8. The VMCS wants them at 15:0, without
	 * the limit.
	 */
	asm("lar %1, %0" : "=r"(ar) : "r"((u32)selector) : "cc");
	asm("lsl %1, %0" : "=r"(seg.limit) : "r"((u32)selector) : "cc");
	seg.ar = (ar >> 8) & 0xf0ff;
	return seg;
}

/* Returns the base in a system descriptor of the GDT; those of TSS and LDT have 16 bytes here. */
static u64 system_base(const struct desc_ptr *gdt, u16 selector)
{
	const struct ldttss_desc *desc = (void *)(gdt->address + (selector & ~7));

	return desc->base0 | (u64)desc->base1 << 16 | (u64)desc->base2 << 24 |
	       (u64)desc->base3 << 32;
}

static void put_segment(unsigned int index, struct segment seg)
{
	put(GUEST_ES_SELECTOR + 2 * index, seg.selector);
	put(GUEST_ES_LIMIT + 2 * index, seg.limit);
	put(GUEST_ES_AR_BYTES + 2 * index, seg.ar);
	put(GUEST_ES_BASE + 2 * index, seg.base);
}

#define READ_SELECTOR(name)                                       \
	({                                                        \
		u16 sel_;                                         \
		asm volatile("mov %%" #name ", %0" : "=r"(sel_)); \
		sel_;                                             \
	})

/*
 * Field encodings have the segments in the order in which instruction encodings have them: ES, CS,
 * SS, DS, FS, GS, then LDTR and TR.
 */
static void fill_segments(const struct desc_ptr *gdt)
{
	struct segment tr, ldtr;
	u64 fs, gs;
	u16 sel;

	rdmsrq(MSR_FS_BASE, fs);
	rdmsrq(MSR_GS_BASE, gs);
	put_segment(0, read_segment(READ_SELECTOR(es), 0));
	put_segment(1, read_segment(READ_SELECTOR(cs), 0));
	put_segment(2, read_segment(READ_SELECTOR(ss), 0));
	put_segment(3, read_segment(READ_SELECTOR(ds), 0));
	put_segment(4, read_segment(READ_SELECTOR(fs), fs));
	put_segment(5, read_segment(READ_SELECTOR(gs), gs));
	asm volatile("sldt %0" : "=r"(sel));
	ldtr = read_segment(sel, 0);
	if (sel & ~3)
		ldtr.base = system_base(gdt, sel);
	put_segment(6, ldtr);
	asm volatile("str %0" : "=r"(sel));
	tr = read_segment(sel, 0);
	tr.base = system_base(gdt, sel);
	put_segment(7, tr);
}

static void put_msr(unsigned long field, u32 msr)
{
	u64 value;

	rdmsrq(msr, value);
	put(field, value);
}

static void fill_guest(const struct l1_operation *l1)
{
	struct desc_ptr gdt, idt;
	unsigned long dr7;

	native_store_gdt(&gdt);
	store_idt(&idt);
	fill_segments(&gdt);
	put(GUEST_GDTR_BASE, gdt.address);
	put(GUEST_GDTR_LIMIT, gdt.size);
	put(GUEST_IDTR_BASE, idt.address);
	put(GUEST_IDTR_LIMIT, idt.size);
	put(GUEST_CR0, read_cr0());
	put(GUEST_CR3, __read_cr3());
	put(GUEST_CR4, __read_cr4() | X86_CR4_VMXE);
	/* CR4.VMXE stays set for Nestor's sake and reads as L1 left it; so does CR0.NE. */
	put(CR4_GUEST_HOST_MASK, X86_CR4_VMXE);
	put(CR4_READ_SHADOW, l1->vmxe ? X86_CR4_VMXE : 0);
	put(CR0_GUEST_HOST_MASK, X86_CR0_NE);
	put(CR0_READ_SHADOW, X86_CR0_NE);
	get_debugreg(dr7, 7);
	put(GUEST_DR7, dr7);
	put(GUEST_RFLAGS, native_save_fl() & ~X86_EFLAGS_IF);
	put_msr(GUEST_SYSENTER_CS, MSR_IA32_SYSENTER_CS);
	put_msr(GUEST_SYSENTER_ESP, MSR_IA32_SYSENTER_ESP);
	put_msr(GUEST_SYSENTER_EIP, MSR_IA32_SYSENTER_EIP);
	put_msr(GUEST_IA32_DEBUGCTL, MSR_IA32_DEBUGCTLMSR);
	put_msr(GUEST_IA32_PAT, MSR_IA32_CR_PAT);
	put_msr(GUEST_IA32_EFER, MSR_EFER);
	put(GUEST_INTERRUPTIBILITY_INFO, 0);
	put(GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_ACTIVE);
	put(GUEST_PENDING_DBG_EXCEPTIONS, 0);
}

int vmcs01_fill(struct nestor_cpu *cpu, const struct l1_operation *l1)
{
	__this_cpu_write(vmwrite_failed, false);
	fill_controls(cpu);
	fill_host(cpu);
	fill_guest(l1);
	if (inject_fails(INJECT_VMCS01, smp_processor_id()))
		return -EIO;
	return __this_cpu_read(vmwrite_failed) ? -EIO : 0;
}
