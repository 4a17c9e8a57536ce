// SPDX-License-Identifier: GPL-2.0-only
/*
 * Things broken in a random program: fields, controls, events, page tables, lists.
 *
 * Nothing here may hurt the machine (gen.c says what would), and where the emulator is wrong it is left
 * alone.
 */
#include <string.h>

#include "breaks.h"
#include "random.h"
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"

/* Fields that hold what a guest or the host may have at random */

static const char *const guest_fields[] = {
	"GUEST_ES_SELECTOR", "GUEST_CS_SELECTOR", "GUEST_SS_SELECTOR", "GUEST_DS_SELECTOR",
	"GUEST_FS_SELECTOR", "GUEST_GS_SELECTOR", "GUEST_LDTR_SELECTOR", "GUEST_TR_SELECTOR",
	"GUEST_ES_LIMIT", "GUEST_CS_LIMIT", "GUEST_SS_LIMIT", "GUEST_DS_LIMIT", "GUEST_FS_LIMIT",
	"GUEST_GS_LIMIT", "GUEST_LDTR_LIMIT", "GUEST_TR_LIMIT", "GUEST_GDTR_LIMIT", "GUEST_IDTR_LIMIT",
	"GUEST_ES_AR_BYTES", "GUEST_CS_AR_BYTES", "GUEST_SS_AR_BYTES", "GUEST_DS_AR_BYTES",
	"GUEST_FS_AR_BYTES", "GUEST_GS_AR_BYTES", "GUEST_LDTR_AR_BYTES", "GUEST_TR_AR_BYTES",
	"GUEST_INTERRUPTIBILITY_INFO", "GUEST_SYSENTER_CS", "GUEST_SYSENTER_ESP", "GUEST_SYSENTER_EIP",
	"GUEST_CR0", "GUEST_CR4", "GUEST_ES_BASE", "GUEST_CS_BASE", "GUEST_SS_BASE", "GUEST_DS_BASE",
	"GUEST_FS_BASE", "GUEST_GS_BASE", "GUEST_LDTR_BASE", "GUEST_TR_BASE", "GUEST_GDTR_BASE",
	"GUEST_IDTR_BASE", "GUEST_DR7", "GUEST_RSP", "GUEST_RIP", "GUEST_RFLAGS",
	"GUEST_PENDING_DBG_EXCEPTIONS", "GUEST_IA32_PAT", "GUEST_IA32_EFER", "GUEST_IA32_DEBUGCTL",
	"GUEST_IA32_PERF_GLOBAL_CTRL", "VMCS_LINK_POINTER", "GUEST_INTR_STATUS",
	"VM_ENTRY_EXCEPTION_ERROR_CODE", "VM_ENTRY_INSTRUCTION_LEN",
	"CR0_GUEST_HOST_MASK", "CR4_GUEST_HOST_MASK", "CR0_READ_SHADOW", "CR4_READ_SHADOW",
	"CR3_TARGET_COUNT", "CR3_TARGET_VALUE0", "CR3_TARGET_VALUE2", "EXCEPTION_BITMAP",
	"PAGE_FAULT_ERROR_CODE_MASK", "PAGE_FAULT_ERROR_CODE_MATCH", "TPR_THRESHOLD",
	"VIRTUAL_PROCESSOR_ID", "VM_FUNCTION_CONTROL", "EPTP_INDEX",
	"GUEST_PDPTR1",
};

static const char *const host_fields[] = {
	"HOST_ES_SELECTOR", "HOST_SS_SELECTOR", "HOST_DS_SELECTOR", "HOST_FS_SELECTOR",
	"HOST_GS_SELECTOR", "HOST_FS_BASE", "HOST_GS_BASE", "HOST_TR_BASE", "HOST_GDTR_BASE",
	"HOST_IDTR_BASE", "HOST_IA32_SYSENTER_ESP", "HOST_IA32_SYSENTER_EIP",
	"HOST_RSP", "HOST_IA32_PAT", "HOST_IA32_PERF_GLOBAL_CTRL",
};

static const char *const address_fields[] = {
	"IO_BITMAP_A", "IO_BITMAP_B", "MSR_BITMAP", "VIRTUAL_APIC_PAGE_ADDR", "APIC_ACCESS_ADDR",
	"VM_EXIT_MSR_STORE_ADDR", "VM_EXIT_MSR_LOAD_ADDR", "VM_ENTRY_MSR_LOAD_ADDR", "PML_ADDRESS",
	"VMREAD_BITMAP", "VMWRITE_BITMAP", "EPTP_LIST_ADDRESS", "VE_INFORMATION_ADDRESS",
	"EPT_POINTER", "GUEST_CR3", "HOST_CR3", "SPP_TABLE_POINTER",
};

static void break_guest_field(struct draft *to)
{
	const char *field = PICK(guest_fields);

	if (random_chance(60))
		draft_line(to, "xor %s %#llx", field,
			   random_bits(!strncmp(field, "GUEST_CR", 8) ? 32 : 64));
	else
		draft_line(to, "set %s %#llx", field, random_value());
	/* Where a guest need not have CR0.PE the emulator (2.7) enters one in IA-32e mode, and stops. */
	if (to->unrestricted && !strcmp(field, "GUEST_CR0") &&
	    (!strcmp(to->mode, "long") || !strcmp(to->mode, "compat")))
		draft_line(to, "or GUEST_CR0 X86_CR0_PE|X86_CR0_PG");
}

static void break_host_field(struct draft *to)
{
	const char *field = PICK(host_fields);

	switch (random_below(6)) {
	case 0:
		draft_line(to, "xor HOST_CR0 %#llx", random_bits(64));
		break;
	case 1:
		draft_line(to, "xor HOST_CR4 %#llx", random_bits(64));
		break;
	case 2:
		/* NXE stays: the engine's own pages are looked up with it. */
		draft_line(to, "xor HOST_IA32_EFER %#llx", random_bits(64) & ~(u64)EFER_NX);
		break;
	case 3:
		draft_line(to, "set %s %#llx", field, random_value());
		break;
	case 4:
		/* The emulator (2.7) loads 16 bits of it. */
		draft_line(to, "set HOST_IA32_SYSENTER_CS %#x", random_below(0x10000));
		break;
	default:
		draft_line(to, "xor %s %#llx", field, random_bits(64));
	}
}

/*
 * Below bit 12, or where no processor has address bits. Nestor hides the supervisor shadow-stack control of
 * EPT where a processor has it.
 */
static void break_address(struct draft *to)
{
	u64 bit = random_chance(70) ? 1ull << random_below(12) : 1ull << (46 + random_below(18));
	const char *field = PICK(address_fields);

	if (!strcmp(field, "EPT_POINTER"))
		bit &= ~(u64)VMX_EPTP_SUPERVISOR_SHADOW_STACK;
	draft_line(to, "xor %s %#llx", field, bit);
}

static void break_control(struct draft *to)
{
	switch (random_below(6)) {
	case 0:
		draft_line(to, "xor PIN_BASED_VM_EXEC_CONTROL %#llx", random_bits(32) & ~1ull);
		break;
	case 1:
		draft_line(to, "xor CPU_BASED_VM_EXEC_CONTROL %#llx",
			   random_bits(32) & ~(u64)CPU_BASED_HLT_EXITING);
		break;
	case 2:
	case 3:
		draft_line(to, "xor SECONDARY_VM_EXEC_CONTROL %#llx", random_bits(27));
		if (random_chance(80))
			draft_line(to, "or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
		break;
	case 4:
		draft_line(to, "xor VM_EXIT_CONTROLS %#llx", random_bits(32));
		break;
	default:
		draft_line(to, "xor VM_ENTRY_CONTROLS %#llx", random_bits(32));
	}
}

static void inject_event(struct draft *to)
{
	/* Not 7, a pending MTF exit: the emulator (2.7) stops. */
	static const u32 types[] = { 0, 2, 3, 3, 3, 4, 5, 6, 1 };
	u32 type = PICK(types), vector = random_chance(70) ? random_below(32) : random_below(256);
	u32 info = 0x80000000 | type << 8 | vector;

	if (type == 2 && random_chance(90))
		info = 0x80000202;
	if (type == 6 && random_chance(80))
		info = 0x80000600 | (3 + random_below(2));
	if (random_chance(30) ||
	    (type == 3 && (vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)))
		info |= 0x800;
	draft_line(to, "set VM_ENTRY_INTR_INFO_FIELD %#x", info);
	if (random_chance(50))
		draft_line(to, "set VM_ENTRY_EXCEPTION_ERROR_CODE %#llx",
			   random_chance(80) ? random_next() & 0x7fff : random_value());
	if (type >= 4 && random_chance(90))
		draft_line(to, "set VM_ENTRY_INSTRUCTION_LEN %#x", random_below(17));
}

static void break_interruptibility(struct draft *to)
{
	if (random_chance(50))
		draft_line(to, "set GUEST_INTERRUPTIBILITY_INFO %#x", random_below(32));
	if (random_chance(40)) {
		/* The emulator (2.7) sleeps on where IF is clear. */
		draft_line(to, "set GUEST_ACTIVITY_STATE %#x",
			   random_below(2) * 4 + random_below(2));
		draft_line(to, "or GUEST_RFLAGS 0x200");
	}
	if (random_chance(40))
		draft_line(to, "or GUEST_RFLAGS %#x", 0x200 | (random_chance(20) ? 0x100 : 0));
	if (random_chance(40))
		draft_line(to, "set GUEST_PENDING_DBG_EXCEPTIONS %#llx", random_bits(17));
}

static const char *const guest_pages[] = {
	"g.data0", "g.data1", "g.data2", "g.data3", "g.data4", "g.code", "g.stack-8", "g.gdt", "g.idt64",
};

static void break_ept(struct draft *to)
{
	static const char *const ops[] = { "clear", "clear", "or", "set" };
	const char *op = PICK(ops), *page = PICK(guest_pages);

	/* The emulator (2.7) has sub-page write permissions for pages that cannot be read, too. */
	if (to->sub_pages)
		return;
	switch (random_below(4)) {
	case 0:
		draft_line(to, "ept %s clear %#x", page, 1 + random_below(7));
		break;
	case 1:
		draft_line(to, "ept %s or %#llx", page,
			   random_chance(50) ? 1ull << random_below(12) :
					       1ull << (46 + random_below(17)));
		break;
	case 2:
		draft_line(to, "ept big %s %#x", random_chance(50) ? "or" : "clear",
			   1 + random_below(0x7f));
		break;
	default:
		/* Memory types, A/D: never the address. */
		draft_line(to, "ept %s %s %#x", page, !strcmp(op, "set") ? "clear" : op,
			   random_below(0x3ff));
	}
	if (random_chance(40))
		draft_line(to, "xor EPT_POINTER %#x", 0x40);
}

static void break_pte(struct draft *to)
{
	draft_line(to, "pte %s %s %#llx", PICK(guest_pages), random_chance(50) ? "clear" : "or",
		   random_chance(80) ? 1ull << random_below(12) : 1ull << (46 + random_below(18)));
}

static void add_msr_list(struct draft *to)
{
	static const char *const msrs[] = {
		"MSR_IA32_SYSENTER_ESP", "MSR_IA32_CR_PAT", "MSR_KERNEL_GS_BASE", "MSR_LSTAR", "MSR_STAR",
		"MSR_SYSCALL_MASK", "MSR_TSC_AUX", "MSR_CSTAR",
	};
	/*
	 * The SDM refuses IA32_SMM_MONITOR_CTL and the microcode MSRs too, which the emulator (2.7) loads.
	 */
	static const char *const bad[] = {
		"MSR_FS_BASE", "MSR_GS_BASE", "0x800", "0x808", "0x12345678", "MSR_IA32_VMX_BASIC",
		"MSR_EFER", "MSR_IA32_SYSENTER_CS",
	};
	u32 i, nr = 1 + random_below(3);

	for (i = 0; i < nr; i++) {
		const char *msr = random_chance(70) ? PICK(msrs) : PICK(bad);

		draft_line(to, "msr entrylist %u %s %#llx", i, msr,
			   random_chance(60) ? random_next() & 0xffffffff : random_value());
		if (random_chance(10))
			draft_line(to, "poke entrylist+%u %#llx", i * 16 + 4, random_value());
	}
	draft_line(to, "set VM_ENTRY_MSR_LOAD_COUNT %u", nr);
	if (random_chance(40)) {
		draft_line(to, "msr storelist 0 %s 0", PICK(msrs));
		draft_line(to, "msr storelist 1 %s 0", PICK(msrs));
		draft_line(to, "set VM_EXIT_MSR_STORE_COUNT 2");
	}
	if (random_chance(40)) {
		draft_line(to, "msr loadlist 0 MSR_KERNEL_GS_BASE %#llx",
			   random_next() & 0xffffffff);
		draft_line(to, "msr loadlist 1 MSR_LSTAR %#llx", random_next() & 0xffffffff);
		draft_line(to, "set VM_EXIT_MSR_LOAD_COUNT %u", 1 + random_below(2));
	}
}

static void set_bitmaps(struct draft *to)
{
	static const u32 msrs[] = { 0x174, 0x175, 0x277, 0x480, 0x2000 - 1 };
	static const u32 ports[] = { 0x80, 0x81, 0x84, 0x87 };

	if (random_chance(50))
		draft_line(to, "bit msrbitmap %u", PICK(msrs) + (random_chance(50) ? 16384 : 0));
	if (random_chance(50))
		draft_line(to, "bit msrbitmap %u",
			   8192 + 0x100 + random_below(4) + (random_chance(50) ? 16384 : 0));
	if (random_chance(50))
		draft_line(to, "bit iobitmapa %u", PICK(ports));
}

void breaks_something(struct draft *to)
{
	static void (*const ways[])(struct draft *to) = {
		break_guest_field, break_guest_field, break_guest_field, break_guest_field,
		break_host_field, break_address, break_control, break_control, inject_event,
		inject_event, break_interruptibility, break_pte, add_msr_list, set_bitmaps,
	};

	if (to->ept && random_chance(20))
		break_ept(to);
	else
		PICK(ways)(to);
}
