// SPDX-License-Identifier: GPL-2.0-only
/* L1 on Nestor and L1 on the bare processor, side by side. */
#include "broken.h"
#include "duo.h"
#include "ram.h"
#include "decode/fields.h"

static struct result same(const char *what, struct result n, struct result b)
{
	if (n.outcome != b.outcome || n.error != b.error || n.fault.vector != b.fault.vector ||
	    n.fault.error != b.fault.error)
		broken("%s: outcome %d, error %u, fault %u:%x:%llx; bare: %d, error %u, fault %u",
		       what, n.outcome, n.error, n.fault.vector, n.fault.error, n.fault.cr2,
		       b.outcome, b.error,
		       b.fault.vector);
	return n;
}

void duo_start(enum processor_model model, void (*change)(struct vmx_caps *caps))
{
	l1_start(model, change);
	bare_reset();
}

static bool long_mode(void)
{
	return (l1_state(FI_GUEST_IA32_EFER) & EFER_LMA) &&
	       (l1_state(FI_GUEST_CS_AR_BYTES) & VMX_AR_L);
}

struct result duo_pointer(u32 reason, u64 pointer)
{
	return same("VMXON, VMCLEAR, VMPTRLD", l1_pointer(reason, pointer),
		    bare_pointer(reason, pointer));
}

struct result duo_vmxoff(void)
{
	return same("VMXOFF", l1_vmxoff(), bare_vmxoff());
}

struct result duo_vmread(u64 encoding)
{
	u64 n = 0, b = 0;
	struct result result =
		same("VMREAD", l1_vmread(encoding, &n), bare_vmread(encoding, long_mode(), &b));

	if (result.outcome == DONE_SUCCEED && n != b &&
	    !bare.current->undefined[field_index(encoding)])
		broken("VMREAD of %#llx (%s): %#llx; bare: %#llx", encoding,
		       field_name((enum field_index)field_index(encoding)), n, b);
	return result;
}

struct result duo_vmwrite(u64 encoding, u64 value)
{
	return same("VMWRITE", l1_vmwrite(encoding, value),
		    bare_vmwrite(encoding, long_mode(), value));
}

struct result duo_invept(u64 type, u64 eptp)
{
	return same("INVEPT", l1_invept(type, eptp), bare_invept(type, eptp));
}

struct result duo_invvpid(u64 type, u64 vpid, u64 linear)
{
	return same("INVVPID", l1_invvpid(type, vpid, linear), bare_invvpid(type, vpid, linear));
}

/* Controls of VMCS02 that are not VMCS12's, because Nestor forces, replaces or emulates them. */
static bool replaced(enum field_index field)
{
	switch (field) {
	case FI_PIN_BASED_VM_EXEC_CONTROL:
	case FI_CPU_BASED_VM_EXEC_CONTROL:
	case FI_SECONDARY_VM_EXEC_CONTROL:
	case FI_VM_EXIT_CONTROLS:
	case FI_SECONDARY_VM_EXIT_CONTROLS:
	case FI_VM_ENTRY_CONTROLS:
	case FI_EPT_POINTER:
	case FI_SPP_TABLE_POINTER:
	case FI_EPTP_INDEX:
	case FI_EPTP_LIST_ADDRESS:
	case FI_VM_FUNCTION_CONTROL:
	case FI_VMREAD_BITMAP:
	case FI_VMWRITE_BITMAP:
	case FI_VMCS_LINK_POINTER:
	case FI_EXECUTIVE_VMCS_POINTER:
	case FI_VIRTUAL_PROCESSOR_ID:
	case FI_VE_INFORMATION_ADDRESS:
	case FI_VM_EXIT_MSR_STORE_ADDR:
	case FI_VM_EXIT_MSR_LOAD_ADDR:
	case FI_VM_ENTRY_MSR_LOAD_ADDR:
	case FI_VM_EXIT_MSR_STORE_COUNT:
	case FI_VM_EXIT_MSR_LOAD_COUNT:
	case FI_VM_ENTRY_MSR_LOAD_COUNT:
		return true;
	default:
		return field_table[field].type == FIELD_TYPE_HOST ||
		       field_table[field].type == FIELD_TYPE_READ_ONLY;
	}
}

/* What L2 never gets, or only where a control says so. */
static bool unused(enum field_index field)
{
	const u64 *f = bare.current->field;
	bool ept = (f[FI_CPU_BASED_VM_EXEC_CONTROL] & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS) &&
		   (f[FI_SECONDARY_VM_EXEC_CONTROL] & SECONDARY_EXEC_ENABLE_EPT);

	switch (field) {
	case FI_GUEST_PDPTR0:
	case FI_GUEST_PDPTR1:
	case FI_GUEST_PDPTR2:
	case FI_GUEST_PDPTR3:
		return !ept;
	case FI_TERTIARY_VM_EXEC_CONTROL:
		return !(f[FI_CPU_BASED_VM_EXEC_CONTROL] & CPU_BASED_ACTIVATE_TERTIARY_CONTROLS);
	case FI_VMX_PREEMPTION_TIMER_VALUE:
		return !(f[FI_PIN_BASED_VM_EXEC_CONTROL] & PIN_BASED_VMX_PREEMPTION_TIMER);
	case FI_GUEST_IA32_PERF_GLOBAL_CTRL:
	/* They are in the processor, see compare_kept(). */
	case FI_GUEST_IA32_PKRS:
	case FI_GUEST_S_CET:
	case FI_GUEST_SSP:
	case FI_GUEST_INTR_SSP_TABLE:
		return true;
	default:
		return false;
	}
}

static void compare_kept(const char *who, const u64 *expected, u64 pkrs)
{
	unsigned int i;

	for (i = 0; hw_has_cet() && i < NR_CET; i++) {
		if (processor.cet[i] != expected[i])
			broken("%s goes on with %s %#llx; bare: %#llx", who,
			       field_name((enum field_index)(FI_GUEST_S_CET + i)),
			       processor.cet[i], expected[i]);
	}
	if (hw_has_pkrs() && processor.pkrs != pkrs)
		broken("%s goes on with IA32_PKRS %#llx; bare: %#llx", who, processor.pkrs, pkrs);
}

/* L2 begins with what VMCS12 says, and with what it inherits from L1. */
static void compare_entered(void)
{
	int field;

	for (field = 0; field < NR_FIELDS; field++) {
		if (!processor.has[field] || replaced((enum field_index)field) ||
		    unused((enum field_index)field))
			continue;
		if (hw_state((enum field_index)field) != bare.l2[field])
			broken("L2 is entered with %s %#llx; bare: %#llx",
			       field_name((enum field_index)field),
			       hw_state((enum field_index)field), bare.l2[field]);
	}
	compare_kept("L2", &bare.l2[FI_GUEST_S_CET], bare.l2[FI_GUEST_IA32_PKRS]);
}

struct result duo_enter(u32 reason)
{
	struct result result;
	bool mov_ss = l1_state(FI_GUEST_INTERRUPTIBILITY_INFO) & GUEST_INTR_STATE_MOV_SS;
	/* The bare processor first: the one below Nestor changes L1's state. */
	struct result b = bare_enter(reason, mov_ss, l1_state(FI_GUEST_IA32_EFER) & EFER_LMA);

	result = same("VM entry", l1_enter(reason), b);
	if (result.outcome == DONE_ENTERED)
		compare_entered();
	if (result.outcome == DONE_EXITED)
		compare_kept("L1", bare.cet, bare.pkrs);
	return result;
}

void duo_exit_lists(unsigned int nr)
{
	l1_must(duo_vmwrite(VM_EXIT_MSR_LOAD_ADDR, L1_LISTS));
	l1_must(duo_vmwrite(VM_EXIT_MSR_LOAD_COUNT, nr));
	l1_must(duo_vmwrite(VM_EXIT_MSR_STORE_ADDR, L1_LISTS + nr * 16));
	l1_must(duo_vmwrite(VM_EXIT_MSR_STORE_COUNT, nr));
}

void duo_set(enum field_index field, u64 value)
{
	u32 encoding = field_table[field].encoding;

	if (!processor.has[field])
		return;
	l1_must(duo_vmwrite(encoding, value));
	if (!long_mode() && field_table[field].width == FIELD_WIDTH_64)
		l1_must(duo_vmwrite(encoding | 1, value >> 32));
}

void duo_set_l2(enum field_index field, u64 value)
{
	if (field_bits(field) < 64)
		value &= BIT_ULL(field_bits(field)) - 1;
	l2_set_state(field, value);
	bare_set_l2(field, value);
}

void duo_exited(const struct l2_exit *exit)
{
	u64 efer = bare.l2[FI_GUEST_IA32_EFER], pat = bare.l2[FI_GUEST_IA32_PAT];
	const char *what;

	bare_exits(exit);
	what = bare_l1_differs(bare.l2, efer, pat, exit);
	if (what)
		broken("L1's %s after an exit with reason %u", what, exit->reason);
	compare_kept("L1", bare.cet, bare.pkrs);
	l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, 0);
}

void duo_exit(const struct l2_exit *exit)
{
	if (!l2_exits(exit))
		broken("an exit with reason %u was not L1's", exit->reason);
	duo_exited(exit);
}

void duo_compare_fields(void)
{
	int field;

	for (field = 0; field < NR_FIELDS; field++) {
		if (processor.has[field])
			l1_must(duo_vmread(field_table[field].encoding));
	}
}

static u32 pick(struct vmx_ctls ctls, u32 want)
{
	return (want & ctls.allowed1) | ctls.allowed0;
}

static u64 eptp(void)
{
	u64 ad = processor_caps.ept_vpid & VMX_EPT_AD_BIT ? VMX_EPTP_AD_ENABLE_BIT : 0;

	return L1_TABLES | MEM_TYPE_WB | VMX_EPTP_PWL_4 | ad;
}

static u64 valid_control(enum field_index field)
{
	const struct vmx_caps *caps = &processor_caps;

	switch (field) {
	case FI_PIN_BASED_VM_EXEC_CONTROL:
		return pick(caps->pin, PIN_BASED_EXT_INTR_MASK | PIN_BASED_NMI_EXITING |
					       PIN_BASED_VIRTUAL_NMIS);
	case FI_CPU_BASED_VM_EXEC_CONTROL:
		return pick(caps->proc,
			    CPU_BASED_HLT_EXITING | CPU_BASED_ACTIVATE_SECONDARY_CONTROLS);
	case FI_SECONDARY_VM_EXEC_CONTROL:
		return pick(caps->proc2, SECONDARY_EXEC_ENABLE_EPT | SECONDARY_EXEC_ENABLE_VPID |
						 SECONDARY_EXEC_UNRESTRICTED_GUEST);
	case FI_VM_EXIT_CONTROLS:
		/* As Linux has them; what saves more is left to chance. */
		return pick(caps->exit,
			    (long_mode() ? VM_EXIT_HOST_ADDR_SPACE_SIZE : 0) |
				    VM_EXIT_SAVE_DEBUG_CONTROLS | VM_EXIT_LOAD_IA32_EFER |
				    VM_EXIT_LOAD_IA32_PAT);
	case FI_VM_ENTRY_CONTROLS:
		return pick(caps->entry, (long_mode() ? VM_ENTRY_IA32E_MODE : 0) |
						 VM_ENTRY_LOAD_DEBUG_CONTROLS |
						 VM_ENTRY_LOAD_IA32_EFER | VM_ENTRY_LOAD_IA32_PAT);
	case FI_EPT_POINTER:
		return eptp();
	case FI_VIRTUAL_PROCESSOR_ID:
		return 2;
	case FI_VMCS_LINK_POINTER:
		return VMX_NO_VMCS;
	case FI_MSR_BITMAP:
	case FI_IO_BITMAP_A:
	case FI_IO_BITMAP_B:
	case FI_VIRTUAL_APIC_PAGE_ADDR:
	case FI_APIC_ACCESS_ADDR:
	case FI_PML_ADDRESS:
	case FI_SPP_TABLE_POINTER:
	case FI_VMREAD_BITMAP:
	case FI_VMWRITE_BITMAP:
	case FI_VE_INFORMATION_ADDRESS:
	case FI_EPTP_LIST_ADDRESS:
	case FI_POSTED_INTR_DESC_ADDR:
		return L1_PAGES;
	default:
		return 0;
	}
}

static u64 valid_host(enum field_index field)
{
	switch (field) {
	case FI_HOST_CR0:
		return X86_CR0_PE | X86_CR0_NE | X86_CR0_ET | X86_CR0_PG;
	case FI_HOST_CR3:
		return L1_PML4;
	case FI_HOST_CR4:
		return X86_CR4_PAE | X86_CR4_VMXE;
	case FI_HOST_CS_SELECTOR:
		return 0x10;
	case FI_HOST_SS_SELECTOR:
		return 0x18;
	case FI_HOST_TR_SELECTOR:
		return 0x40;
	case FI_HOST_IA32_PAT:
		return 0x0007010600070106;
	case FI_HOST_IA32_EFER:
		return EFER_LME | EFER_LMA | EFER_NX;
	case FI_HOST_RIP:
		return 0xffffffff81234567;
	case FI_HOST_RSP:
		return 0xffffc90000001000;
	case FI_HOST_GS_BASE:
		return 0xffff888000000000;
	default:
		return 0;
	}
}

/* Of a host with 32 bits. */
static u64 valid_host32(enum field_index field)
{
	switch (field) {
	case FI_HOST_CR3:
		return L1_PD32;
	case FI_HOST_CR4:
		return X86_CR4_PSE | X86_CR4_VMXE;
	case FI_HOST_IA32_EFER:
		return EFER_NX;
	case FI_HOST_RIP:
		return 0xc1234567;
	case FI_HOST_RSP:
		return 0xc9001000;
	case FI_HOST_GS_BASE:
		return 0xc8000000;
	default:
		return valid_host(field);
	}
}

static u64 valid_guest(enum field_index field)
{
	switch (field) {
	case FI_GUEST_CR0:
		return X86_CR0_PE | X86_CR0_NE | X86_CR0_ET | X86_CR0_PG;
	case FI_GUEST_CR4:
		return X86_CR4_PAE | X86_CR4_VMXE;
	case FI_GUEST_IA32_EFER:
		return long_mode() ? EFER_LME | EFER_LMA : 0;
	case FI_GUEST_IA32_PAT:
		return 0x0007040600070406;
	case FI_GUEST_DR7:
		return 0x400;
	case FI_GUEST_RFLAGS:
		return X86_EFLAGS_FIXED;
	case FI_GUEST_RIP:
		return 0x10000;
	case FI_GUEST_CS_AR_BYTES:
		return 0xa09b;
	case FI_GUEST_SS_AR_BYTES:
		return 0xc093;
	case FI_GUEST_TR_AR_BYTES:
		return 0x8b;
	default:
		return 0;
	}
}

u64 duo_valid(enum field_index field)
{
	if (field_table[field].type == FIELD_TYPE_HOST)
		return long_mode() ? valid_host(field) : valid_host32(field);
	if (field_table[field].type == FIELD_TYPE_GUEST && field != FI_VMCS_LINK_POINTER)
		return valid_guest(field);
	return valid_control(field);
}

void duo_write_valid(void)
{
	int field;

	for (field = 0; field < NR_FIELDS; field++) {
		u64 value = duo_valid((enum field_index)field);

		if (!field_read_only((enum field_index)field) &&
		    bare.current->field[field] != value)
			duo_set((enum field_index)field, value);
	}
}

void duo_setup(unsigned int vmcs)
{
	l1_must(duo_pointer(EXIT_REASON_VMXON, L1_VMXON));
	l1_must(duo_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(vmcs)));
	l1_must(duo_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(vmcs)));
	duo_write_valid();
}
