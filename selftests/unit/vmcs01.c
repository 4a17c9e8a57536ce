// SPDX-License-Identifier: GPL-2.0-only
/* VMCS01: what L1 and root begin with, and what L1 is. */
#include "layout.h"
#include "nested.h"
#include "vmcs01.h"
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"

#define LENGTH		3

/* Root's host state, as VMCS01 has it; that of VMCS02 must be the same. */
static const struct {
	enum field_index field;
	u64 value;
} root_host[] = {
	{ FI_HOST_CR0, 0x80050033 }, { FI_HOST_CR3, 0x7000 }, { FI_HOST_CR4, 0x2020 },
	{ FI_HOST_CS_SELECTOR, 0x08 }, { FI_HOST_SS_SELECTOR, 0x10 }, { FI_HOST_DS_SELECTOR, 0 },
	{ FI_HOST_ES_SELECTOR, 0 }, { FI_HOST_FS_SELECTOR, 0 }, { FI_HOST_GS_SELECTOR, 0 },
	{ FI_HOST_TR_SELECTOR, 0x18 }, { FI_HOST_FS_BASE, 0 }, { FI_HOST_GS_BASE, 0 },
	{ FI_HOST_TR_BASE, 0xffff800000402000 }, { FI_HOST_GDTR_BASE, 0xffff800000403000 },
	{ FI_HOST_IDTR_BASE, 0xffff800000404000 }, { FI_HOST_IA32_SYSENTER_CS, 0 },
	{ FI_HOST_IA32_SYSENTER_ESP, 0 }, { FI_HOST_IA32_SYSENTER_EIP, 0 },
	{ FI_HOST_IA32_PAT, 0x0007040600070406 }, { FI_HOST_IA32_EFER, 0xd00 },
	{ FI_HOST_RSP, 0xffff800000405000 }, { FI_HOST_RIP, 0xffffffff80001000 },
};

static u32 adjust(struct vmx_ctls ctls, u32 want)
{
	return (want & ctls.allowed1) | ctls.allowed0;
}

static void put(enum field_index field, u64 value)
{
	if (processor.has[field])
		processor_vmcs(VMCS01)->field[field] = value;
}

static void fill_controls(const struct vmx_caps *caps)
{
	put(FI_PIN_BASED_VM_EXEC_CONTROL, adjust(caps->pin, 0));
	put(FI_CPU_BASED_VM_EXEC_CONTROL,
	    adjust(caps->proc, CPU_BASED_USE_MSR_BITMAPS | CPU_BASED_ACTIVATE_SECONDARY_CONTROLS));
	put(FI_SECONDARY_VM_EXEC_CONTROL,
	    adjust(caps->proc2, SECONDARY_EXEC_ENABLE_EPT | SECONDARY_EXEC_UNRESTRICTED_GUEST));
	put(FI_VM_EXIT_CONTROLS,
	    adjust(caps->exit, VM_EXIT_HOST_ADDR_SPACE_SIZE | VM_EXIT_SAVE_DEBUG_CONTROLS |
				       VM_EXIT_SAVE_IA32_EFER | VM_EXIT_LOAD_IA32_EFER |
				       VM_EXIT_SAVE_IA32_PAT | VM_EXIT_LOAD_IA32_PAT));
	put(FI_VM_ENTRY_CONTROLS,
	    adjust(caps->entry, VM_ENTRY_IA32E_MODE | VM_ENTRY_LOAD_DEBUG_CONTROLS |
					VM_ENTRY_LOAD_IA32_EFER | VM_ENTRY_LOAD_IA32_PAT));
	put(FI_MSR_BITMAP, MSR_BITMAP_01);
	put(FI_EPT_POINTER, EPT01);
	put(FI_VMCS_LINK_POINTER, VMX_NO_VMCS);
	put(FI_CR4_GUEST_HOST_MASK, X86_CR4_VMXE);
	put(FI_CR4_READ_SHADOW, X86_CR4_PAE | X86_CR4_VMXE);
	put(FI_CR0_GUEST_HOST_MASK, X86_CR0_NE);
	put(FI_CR0_READ_SHADOW, X86_CR0_NE);
}

static void fill_l1(void)
{
	unsigned int seg;

	for (seg = SEG_ES; seg <= SEG_GS; seg++) {
		put((enum field_index)(FI_GUEST_ES_LIMIT + seg), 0xffffffff);
		put((enum field_index)(FI_GUEST_ES_SELECTOR + seg), seg == SEG_CS ? 0x10 : 0x18);
	}
	put(FI_GUEST_IA32_PAT, 0x0007040600070406);
	put(FI_GUEST_DR7, 0x400);
	put(FI_GUEST_RIP, 0xffffffff81000000);
	put(FI_GUEST_RSP, 0x8000);
	put(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED);
	put(FI_VM_EXIT_INSTRUCTION_LEN, LENGTH);
	l1_set_mode(L1_LONG);
}

void vmcs01_fill(const struct vmx_caps *caps)
{
	unsigned int i;

	fill_controls(caps);
	fill_l1();
	for (i = 0; i < ARRAY_SIZE(root_host); i++)
		put(root_host[i].field, root_host[i].value);
}

enum field_index vmcs01_host_differs(bool probing)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(root_host); i++) {
		if (hw_state(root_host[i].field) != root_host[i].value &&
		    !(probing && root_host[i].field == FI_HOST_TR_SELECTOR))
			return root_host[i].field;
	}
	return NR_FIELDS;
}

static void set_code(u32 ar, u64 cr0, u64 efer)
{
	put(FI_GUEST_CS_AR_BYTES, ar);
	put(FI_GUEST_CR0, cr0);
	put(FI_GUEST_IA32_EFER, efer);
	put(FI_VM_ENTRY_CONTROLS,
	    (l1_state(FI_VM_ENTRY_CONTROLS) & ~(u64)VM_ENTRY_IA32E_MODE) |
		    (efer & EFER_LMA ? VM_ENTRY_IA32E_MODE : 0));
}

void l1_set_mode(enum l1_mode mode)
{
	const u64 flat = X86_CR0_PE | X86_CR0_NE | X86_CR0_ET;
	const u64 long_efer = EFER_LME | EFER_LMA | EFER_NX;
	unsigned int seg;

	for (seg = SEG_ES; seg <= SEG_GS; seg++)
		put((enum field_index)(FI_GUEST_ES_AR_BYTES + seg), 0xc093);
	put(FI_GUEST_CR3, mode == L1_PROTECTED ? L1_PD32 : L1_PML4);
	put(FI_GUEST_CR4, (mode == L1_PROTECTED ? X86_CR4_PSE : X86_CR4_PAE) | X86_CR4_VMXE);
	put(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED | (mode == L1_V8086 ? X86_EFLAGS_VM : 0));
	switch (mode) {
	case L1_LONG:
		set_code(0xa09b, flat | X86_CR0_PG, long_efer);
		break;
	case L1_COMPAT:
		set_code(0xc09b, flat | X86_CR0_PG, long_efer);
		break;
	case L1_REAL:
		set_code(0x9b, flat & ~X86_CR0_PE, 0);
		break;
	default:
		set_code(0xc09b, flat | X86_CR0_PG, 0);
	}
}

u64 l1_state(enum field_index field)
{
	return processor_vmcs(VMCS01)->field[field];
}

void l1_set_state(enum field_index field, u64 value)
{
	put(field, value);
}

u64 hw_state(enum field_index field)
{
	return processor.current->field[field];
}
