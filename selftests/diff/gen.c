// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random programs: a valid state, guest code, and a few things broken, so that they get past the first
 * check that could stop them.
 *
 * What a program must not do is hurt the machine that runs it: addresses that the processor writes to stay
 * in the arena, the host state stays one that the engine survives, guests reach no device, and external
 * interrupts exit, so that the watchdog ends every guest.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "gen.h"
#include "names.h"
#include "program.h"
#include "arch/arch.h"

static u64 state;
static struct program *to;
static const char *mode;
static bool ept, unrestricted, sub_pages;

/* splitmix64 */
static u64 next(void)
{
	u64 z = state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

static u32 below(u32 limit)
{
	return (next() >> 32) % limit;
}

static bool chance(u32 percent)
{
	return below(100) < percent;
}

#define PICK(array) ((array)[below(ARRAY_SIZE(array))])
#define LINE(...) program_add_line(to, __VA_ARGS__)

static u64 odd_value(void)
{
	static const u64 values[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0xfff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
		0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffff, 0x800000000000,
		0xffff7fffffffffff, 0xffff800000000000, ~0ull, ~0ull - 0xfff, 0x5555555555555555,
	};

	switch (below(4)) {
	case 0:
		return 1ull << below(64);
	case 1:
		return next() >> below(64);
	default:
		return PICK(values);
	}
}

static u64 some_bits(u32 width)
{
	u64 bits = 1ull << below(width);

	while (chance(30))
		bits |= 1ull << below(width);
	return bits;
}

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

static void break_guest_field(void)
{
	const char *field = PICK(guest_fields);

	if (chance(60))
		LINE("xor %s %#llx", field, some_bits(!strncmp(field, "GUEST_CR", 8) ? 32 : 64));
	else
		LINE("set %s %#llx", field, odd_value());
	/* Where a guest need not have CR0.PE the emulator (2.7) enters one in IA-32e mode, and stops. */
	if (unrestricted && !strcmp(field, "GUEST_CR0") && (!strcmp(mode, "long") || !strcmp(mode, "compat")))
		LINE("or GUEST_CR0 X86_CR0_PE|X86_CR0_PG");
}

static void break_host_field(void)
{
	const char *field = PICK(host_fields);

	switch (below(6)) {
	case 0:
		LINE("xor HOST_CR0 %#llx", some_bits(64));
		break;
	case 1:
		LINE("xor HOST_CR4 %#llx", some_bits(64));
		break;
	case 2:
		/* NXE stays: the engine's own pages are looked up with it. */
		LINE("xor HOST_IA32_EFER %#llx", some_bits(64) & ~(u64)EFER_NX);
		break;
	case 3:
		LINE("set %s %#llx", field, odd_value());
		break;
	case 4:
		/* The emulator (2.7) loads 16 bits of it. */
		LINE("set HOST_IA32_SYSENTER_CS %#x", below(0x10000));
		break;
	default:
		LINE("xor %s %#llx", field, some_bits(64));
	}
}

/*
 * Below bit 12, or where no processor has address bits. Supervisor shadow-stack control of EPT is hidden where a
 * processor has it, as below.
 */
static void break_address(void)
{
	u64 bit = chance(70) ? 1ull << below(12) : 1ull << (46 + below(18));
	const char *field = PICK(address_fields);

	if (!strcmp(field, "EPT_POINTER"))
		bit &= ~(u64)VMX_EPTP_SUPERVISOR_SHADOW_STACK;
	LINE("xor %s %#llx", field, bit);
}

static u32 any_field(void)
{
	return names_fields[below(names_nr_fields)].encoding;
}

static void break_control(void)
{
	switch (below(6)) {
	case 0:
		LINE("xor PIN_BASED_VM_EXEC_CONTROL %#llx", some_bits(32) & ~1ull);
		break;
	case 1:
		LINE("xor CPU_BASED_VM_EXEC_CONTROL %#llx", some_bits(32) & ~(u64)CPU_BASED_HLT_EXITING);
		break;
	case 2:
	case 3:
		LINE("xor SECONDARY_VM_EXEC_CONTROL %#llx", some_bits(27));
		if (chance(80))
			LINE("or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
		break;
	case 4:
		LINE("xor VM_EXIT_CONTROLS %#llx", some_bits(32));
		break;
	default:
		LINE("xor VM_ENTRY_CONTROLS %#llx", some_bits(32));
	}
}

static void choose_controls(void)
{
	static const char *const useful[] = {
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_USE_MSR_BITMAPS",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_USE_IO_BITMAPS",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_UNCOND_IO_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_MOV_DR_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_CR3_LOAD_EXITING|CPU_BASED_CR3_STORE_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_INVLPG_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_RDTSC_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_RDPMC_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_MWAIT_EXITING|CPU_BASED_MONITOR_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_PAUSE_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_MONITOR_TRAP_FLAG",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_INTR_WINDOW_EXITING",
		"CPU_BASED_VM_EXEC_CONTROL CPU_BASED_TPR_SHADOW",
		"PIN_BASED_VM_EXEC_CONTROL PIN_BASED_NMI_EXITING",
		"PIN_BASED_VM_EXEC_CONTROL PIN_BASED_NMI_EXITING|PIN_BASED_VIRTUAL_NMIS",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_DESC",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_RDTSCP",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_INVPCID",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_WBINVD_EXITING",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_RDRAND_EXITING|SECONDARY_EXEC_RDSEED_EXITING",
		"SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_VMFUNC",
		"VM_EXIT_CONTROLS VM_EXIT_ACK_INTR_ON_EXIT",
		"VM_EXIT_CONTROLS VM_EXIT_SAVE_IA32_EFER|VM_EXIT_LOAD_IA32_EFER",
		"VM_EXIT_CONTROLS VM_EXIT_SAVE_IA32_PAT|VM_EXIT_LOAD_IA32_PAT",
		"VM_EXIT_CONTROLS VM_EXIT_SAVE_VMX_PREEMPTION_TIMER",
		"VM_ENTRY_CONTROLS VM_ENTRY_LOAD_IA32_EFER",
		"VM_ENTRY_CONTROLS VM_ENTRY_LOAD_IA32_PAT",
		"VM_ENTRY_CONTROLS VM_ENTRY_LOAD_DEBUG_CONTROLS",
		"VM_ENTRY_CONTROLS VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL",
	};
	u32 i, nr = below(5);

	for (i = 0; i < nr; i++) {
		const char *control = PICK(useful);

		LINE("or %s", control);
		if (!strncmp(control, "SECONDARY", 9))
			LINE("or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	}
	if (chance(20))
		LINE("set EXCEPTION_BITMAP %#llx", chance(50) ? next() & 0xffffffff : 0xffffffff);
}

/*
 * CET state of guest and host, where the processor has it: programs for others stay the same. Values that
 * are valid for the most part, and do nothing to a host while its CR4.CET is clear.
 */
static void choose_cet(void)
{
	static const char *const fields[] = {
		"GUEST_S_CET", "GUEST_SSP", "GUEST_INTR_SSP_TABLE", "HOST_S_CET", "HOST_SSP",
		"HOST_INTR_SSP_TABLE", "GUEST_CR4",
	};

	if (!(caps.exit1 & VM_EXIT_LOAD_CET_STATE) || chance(50))
		return;
	if (chance(60)) {
		LINE("or VM_ENTRY_CONTROLS VM_ENTRY_LOAD_CET_STATE");
		LINE("set GUEST_S_CET %#llx", next() & 0x7ffff43f);
		LINE("set GUEST_SSP %#llx", next() & 0x7ffffffc);
		LINE("set GUEST_INTR_SSP_TABLE %#llx", next() & 0x7fffffffffff);
	}
	if (chance(60)) {
		LINE("or VM_EXIT_CONTROLS VM_EXIT_LOAD_CET_STATE");
		LINE("set HOST_S_CET %#llx", next() & 0x7fffffff0022);
		LINE("set HOST_SSP %#llx", next() & 0x7ffffffffffc);
		LINE("set HOST_INTR_SSP_TABLE %#llx", next() & 0x7fffffffffff);
	}
	if (chance(20))
		LINE("xor %s %#llx", PICK(fields), 1ull << below(64));
}

static void inject_event(void)
{
	/* Not 7, a pending MTF exit: the emulator (2.7) stops. */
	static const u32 types[] = { 0, 2, 3, 3, 3, 4, 5, 6, 1 };
	u32 type = PICK(types), vector = chance(70) ? below(32) : below(256);
	u32 info = 0x80000000 | type << 8 | vector;

	if (type == 2 && chance(90))
		info = 0x80000202;
	if (type == 6 && chance(80))
		info = 0x80000600 | (3 + below(2));
	if (chance(30) || (type == 3 && (vector == 8 || (vector >= 10 && vector <= 14) || vector == 17)))
		info |= 0x800;
	LINE("set VM_ENTRY_INTR_INFO_FIELD %#x", info);
	if (chance(50))
		LINE("set VM_ENTRY_EXCEPTION_ERROR_CODE %#llx", chance(80) ? next() & 0x7fff : odd_value());
	if (type >= 4 && chance(90))
		LINE("set VM_ENTRY_INSTRUCTION_LEN %#x", below(17));
}

static void break_interruptibility(void)
{
	if (chance(50))
		LINE("set GUEST_INTERRUPTIBILITY_INFO %#x", below(32));
	if (chance(40)) {
		/* The emulator (2.7) sleeps on where IF is clear. */
		LINE("set GUEST_ACTIVITY_STATE %#x", below(2) * 4 + below(2));
		LINE("or GUEST_RFLAGS 0x200");
	}
	if (chance(40))
		LINE("or GUEST_RFLAGS %#x", 0x200 | (chance(20) ? 0x100 : 0));
	if (chance(40))
		LINE("set GUEST_PENDING_DBG_EXCEPTIONS %#llx", some_bits(17));
}

static const char *const guest_pages[] = {
	"g.data0", "g.data1", "g.data2", "g.data3", "g.data4", "g.code", "g.stack-8", "g.gdt", "g.idt64",
};

static void break_ept(void)
{
	static const char *const ops[] = { "clear", "clear", "or", "set" };
	const char *op = PICK(ops), *page = PICK(guest_pages);

	/* The emulator (2.7) has sub-page write permissions for pages that cannot be read, too. */
	if (sub_pages)
		return;
	switch (below(4)) {
	case 0:
		LINE("ept %s clear %#x", page, 1 + below(7));
		break;
	case 1:
		LINE("ept %s or %#llx", page, chance(50) ? 1ull << below(12) : 1ull << (46 + below(17)));
		break;
	case 2:
		LINE("ept big %s %#x", chance(50) ? "or" : "clear", 1 + below(0x7f));
		break;
	default:
		/* Memory types, A/D: never the address. */
		LINE("ept %s %s %#x", page, !strcmp(op, "set") ? "clear" : op, below(0x3ff));
	}
	if (chance(40))
		LINE("xor EPT_POINTER %#x", 0x40);
}

static void break_pte(void)
{
	LINE("pte %s %s %#llx", PICK(guest_pages), chance(50) ? "clear" : "or",
	     chance(80) ? 1ull << below(12) : 1ull << (46 + below(18)));
}

static void add_msr_list(void)
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
	u32 i, nr = 1 + below(3);

	for (i = 0; i < nr; i++) {
		const char *msr = chance(70) ? PICK(msrs) : PICK(bad);

		LINE("msr entrylist %u %s %#llx", i, msr, chance(60) ? next() & 0xffffffff : odd_value());
		if (chance(10))
			LINE("poke entrylist+%u %#llx", i * 16 + 4, odd_value());
	}
	LINE("set VM_ENTRY_MSR_LOAD_COUNT %u", nr);
	if (chance(40)) {
		LINE("msr storelist 0 %s 0", PICK(msrs));
		LINE("msr storelist 1 %s 0", PICK(msrs));
		LINE("set VM_EXIT_MSR_STORE_COUNT 2");
	}
	if (chance(40)) {
		LINE("msr loadlist 0 MSR_KERNEL_GS_BASE %#llx", next() & 0xffffffff);
		LINE("msr loadlist 1 MSR_LSTAR %#llx", next() & 0xffffffff);
		LINE("set VM_EXIT_MSR_LOAD_COUNT %u", 1 + below(2));
	}
}

static void set_bitmaps(void)
{
	static const u32 msrs[] = { 0x174, 0x175, 0x277, 0x480, 0x2000 - 1 };
	static const u32 ports[] = { 0x80, 0x81, 0x84, 0x87 };

	if (chance(50))
		LINE("bit msrbitmap %u", PICK(msrs) + (chance(50) ? 16384 : 0));
	if (chance(50))
		LINE("bit msrbitmap %u", 8192 + 0x100 + below(4) + (chance(50) ? 16384 : 0));
	if (chance(50))
		LINE("bit iobitmapa %u", PICK(ports));
}

static void break_something(void)
{
	static void (*const ways[])(void) = {
		break_guest_field, break_guest_field, break_guest_field, break_guest_field,
		break_host_field, break_address, break_control, break_control, inject_event,
		inject_event, break_interruptibility, break_pte, add_msr_list, set_bitmaps,
	};

	if (ept && chance(20))
		break_ept();
	else
		PICK(ways)();
}

/*
 * Guest code: what reaches no device and does not read what is random or a time, which a single step would
 * show. MOV to CR0 is left out: the emulator (2.7) lets a guest clear PE and PG that
 * may not.
 */
static const char *const pieces[] = {
	"cpuid", "vmcall", "hlt", "nop", "pause", "rdpmc", "rdmsr", "wrmsr", "invd",
	"wbinvd", "invlpg", "sti", "cli", "ud2", "int3", "int1", "int80", "int20", "div0", "load", "store",
	"add", "cmpxchg", "load2", "store2", "movs", "call_ebx", "jmp_ebx", "push", "pop", "in8", "in16",
	"in32", "in_imm", "out8", "out32", "out_imm", "insb", "rep_insb", "outsb", "rep_outsb", "gs_outsb",
	"sgdt", "sidt", "lgdt", "lidt", "sldt", "str", "lldt", "ltr", "smsw", "lmsw", "clts", "monitor",
	"xsetbv", "xgetbv", "getsec", "rsm", "vmfunc", "vmlaunch", "vmresume",
	"vmxoff", "vmptrld", "vmptrst", "vmclear", "vmxon", "vmptrld_sib", "set_tf", "pushf", "popf",
	"iret", "mov_ss", "mov_ss_hlt", "bound_nop", "invpcid", "mov_cr0", "mov_cr3", "mov_cr4",
	"to_cr4", "mov_dr0", "to_dr0", "mov_dr7", "to_dr7", "mov_dr6", "to_dr6", "vmread", "vmwrite",
	"vmread_mem", "vmwrite_mem", "invept", "invvpid", "cpuid", "vmcall", "load", "store",
};

static const char *const pieces64[] = {
	"mov_cr8", "swapgs", "syscall", "iretq", "to_user", "load64", "store64", "vmread_r9", "mov_cr4_r11",
};

static const char *const targets[] = {
	"g.data0", "g.data1", "g.data2+0xffc", "g.data4", "0x200010", "0x300000", "g.code", "0x3f000",
	"0x40000", "noncanonical", "g.handlers64", "0xfffff000",
};

static u32 encoding(void);

static void guest_registers(void)
{
	static const char *const ports[] = { "0x80", "0x84", "0xffff", "0x81" };
	static const char *const msrs[] = {
		"MSR_IA32_SYSENTER_CS", "MSR_IA32_SYSENTER_ESP", "MSR_IA32_CR_PAT", "MSR_EFER", "MSR_LSTAR",
		"MSR_KERNEL_GS_BASE", "MSR_FS_BASE", "MSR_TSC_AUX", "MSR_IA32_VMX_BASIC", "0x12345678",
		"0xc0001fff", "0x1fff", "3",
	};

	LINE("guest rbx %s", PICK(targets));
	LINE("guest rdi %s", PICK(targets));
	LINE("guest rsi %s", PICK(targets));
	LINE("guest rdx %s", PICK(ports));
	LINE("guest rcx %s", PICK(msrs));
	LINE("guest rax %#llx", chance(20) ? encoding() : odd_value());
}

/*
 * VMREAD to an address that has CR4 in it stores into the guest's page tables: whether the guest goes on
 * then is a matter of its TLB.
 */
static const char *piece64(const char *line)
{
	const char *piece = PICK(pieces64);

	return !strcmp(piece, "vmread_r9") && strstr(line, "mov_cr4_r11") ? "nop" : piece;
}

static void guest_code(void)
{
	char line[256] = "code";
	u32 i, nr = 1 + below(5);

	for (i = 0; i < nr; i++) {
		bool wide = !strcmp(mode, "long") && chance(15);

		strcat(line, " ");
		strcat(line, wide ? piece64(line) : PICK(pieces));
	}
	LINE("%s", line);
	guest_registers();
}

/* Instructions of L1 with operands anywhere */

static const char *operand(void)
{
	static const char *const forms[] = {
		"rax", "rbp", "sib", "sib2", "r12", "r13", "r9index", "disp32", "abs", "rip", "rsp", "fs",
		"gs", "a32", "a32sib", "gs32", "es", "ss",
	};
	static const char *const places[] = {
		"rw", "rw+8", "rw+0xff9", "ro", "ro+0xff9", "rw2", "rw2+0xffc", "np", "user", "user+0xffc",
		"userro", "pair+0xffc", "pair+0x1ff9", "rsvd", "noad", "nodirty", "nx", "noncanonical",
		"noncanonical-4",
	};
	static char text[96];

	if (chance(40))
		return "";
	snprintf(text, sizeof(text), "form=%s at=%s%s%s%s", PICK(forms), PICK(places),
		 chance(10) ? " rflags=X86_EFLAGS_AC" : "", chance(5) ? " rflags=X86_EFLAGS_TF" : "",
		 chance(10) ? " keep" : "");
	return text;
}

static const char *region(void)
{
	static const char *const regions[] = {
		"vmcs0", "vmcs1", "vmcs2", "vmcs3", "vmcs9", "vmxon0", "vmxon1", "vmcs_shadow",
		"vmcs_badrev", "vmcs0+8", "vmcs1|0x8000000000000000",
	};

	return PICK(regions);
}

static u32 encoding(void)
{
	u32 field = any_field();

	if (chance(70))
		return field;
	if (chance(50))
		return field | 1;
	return chance(50) ? next() & 0x7fff : next() & 0xffffffff;
}

static const char *reg_pair(void)
{
	static char text[32];

	snprintf(text, sizeof(text), "regs=%s,%s", names_gprs[8 + below(8)], names_gprs[below(4)]);
	return chance(70) ? "" : text;
}

/*
 * A type that the processor does not support is a VMfail before memory is read; the emulator reads
 * first, and would fault.
 */
static void invept(void)
{
	u32 type = below(4);

	LINE("invept %u %s %#llx %s", type, chance(50) ? "ept0|0x1e" : "ept0",
	     chance(80) ? 0 : odd_value(), type == 1 || type == 2 ? operand() : "");
}

static void invvpid(void)
{
	u32 type = below(5);

	LINE("invvpid %u %#llx %#llx %s", type, chance(80) ? below(4) : odd_value(),
	     chance(60) ? 0 : odd_value(), type < 4 ? operand() : "");
}

static void l1_instruction(void)
{
	switch (below(10)) {
	case 0:
		LINE("vmclear %s %s", region(), operand());
		break;
	case 1:
	case 2:
		LINE("vmptrld %s %s", region(), operand());
		break;
	case 3:
		LINE("vmptrst %s", operand());
		break;
	case 4:
		LINE("vmread %#x %s", encoding(), reg_pair());
		break;
	case 5:
		LINE("vmread %#x mem %s %s", encoding(), operand(), chance(50) ? "regs=r9,rcx" : "");
		break;
	case 6:
		LINE("vmwrite %#x %#llx %s", encoding() & ~0x400u, odd_value(), reg_pair());
		break;
	case 7:
		invept();
		break;
	case 8:
		invvpid();
		break;
	default:
		LINE("vmxon %s %s", region(), operand());
	}
}

static void instruction_program(void)
{
	u32 i, nr = 4 + below(14);

	if (chance(80)) {
		LINE("vmclear vmcs0");
		LINE("vmptrld vmcs0");
	}
	for (i = 0; i < nr; i++)
		l1_instruction();
	if (chance(20))
		LINE("vmxoff");
	LINE("vmptrst");
	/* What VMWRITEs have left must not be entered: the host state may be anything. */
}

/* L2's VMREAD and VMWRITE on a VMCS of L1's, with something in it */
static void shadow_l2(void)
{
	u32 i, nr = below(6);

	LINE("or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	LINE("or SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_SHADOW_VMCS");
	if (chance(90))
		LINE("set VMCS_LINK_POINTER %s", chance(95) ? "vmcs_shadow" : "vmcs1");
	for (i = 0; i < nr; i++)
		LINE("bit %s %#x", chance(50) ? "vmreadbitmap" : "vmwritebitmap", encoding() & 0x7fff);
}

static void fill_shadow_vmcs(void)
{
	u32 i, nr = below(6);

	LINE("vmclear vmcs_shadow");
	LINE("vmptrld vmcs_shadow");
	for (i = 0; i < nr; i++)
		LINE("vmwrite %#x %#llx", encoding(), odd_value());
}

static void read_shadow_vmcs(void)
{
	u32 i, nr = below(6);

	LINE("vmptrld vmcs_shadow");
	for (i = 0; i < nr; i++)
		LINE("vmread %#x", encoding());
}

static void switch_eptps(void)
{
	LINE("or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	LINE("or SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_VMFUNC");
	LINE("poke eptplist ept0|0x1e");
	LINE("poke eptplist+8 ept1|0x%x", chance(80) ? 0x1e : below(0x100));
	LINE("set VM_FUNCTION_CONTROL %u", chance(90) ? 1 : below(8));
	if (chance(60))
		LINE("guest rax 0");
	LINE("guest rcx %u", chance(80) ? below(3) : below(1024));
}

/* Accessed and dirty flags of the EPT, and a log of dirty pages where the processor has one */
static void flag_pages(void)
{
	LINE("xor EPT_POINTER 0x40");
	if (chance(75))
		return;
	LINE("or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	/*
	 * With a full log the emulator (2.7) exits at any access, and not only where a flag is to be set:
	 * the corpus has that exit, here the log is long enough.
	 */
	LINE("or SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_ENABLE_PML");
	LINE("set GUEST_PML_INDEX %u", 256 + below(256));
}

/*
 * Pages that cannot be written to but where sub-page permissions allow it. Each has one permission for all
 * of it: once a write to a sub-page has been granted the emulator (2.7) lets L2 write to the others too.
 */
static void protect_sub_pages(void)
{
	static const u32 pages[] = { 0x18, 0x19, 0x1a, 0x1c, 0x14, 1, 8, 0x200 };
	const char *at = !strcmp(mode, "flat32") || !strcmp(mode, "real") ? "" : "g+";
	u32 i, nr = 1 + below(4);

	sub_pages = true;
	LINE("or CPU_BASED_VM_EXEC_CONTROL 0x80000000");
	LINE("or SECONDARY_VM_EXEC_CONTROL SECONDARY_EXEC_SPP");
	for (i = 0; i < nr; i++) {
		u32 page = PICK(pages);

		LINE("ept %s%#x clear %#x", at, page << 12, chance(80) ? 2 : 6);
		if (chance(85))
			LINE("ept %s%#x or 0x2000000000000000", at, page << 12);
		LINE("poke sppt+0x3000+%#x %#llx", ((page + (*at ? 0x100 : 0)) & 511) * 8,
		     chance(60) ? 0x5555555555555555ull : 0);
		if (chance(50))
			LINE("guest %s %#x", chance(70) ? "rbx" : "rdi", (page << 12) + below(0x1000));
	}
	for (i = below(3); i; i--) {
		u32 level = below(3) << 12;

		if (chance(50))
			LINE("poke sppt+%#x %#llx", level, odd_value() & ~1ull);
		else
			LINE("poke sppt+%#x sppt+%#x|%#llx", level, level + 0x1000,
			     1 | (chance(50) ? 2ull << below(11) : 1ull << (52 + below(12))));
	}
}

static void enter_guest(void)
{
	LINE("%s%s", chance(95) ? "vmlaunch" : "vmresume", chance(3) ? " movss" : "");
}

static void go_on(bool two)
{
	u32 i, nr = below(5);

	for (i = 0; i < nr; i++) {
		if (chance(90))
			LINE("skip");
		if (chance(15)) {
			break_something();
			/* The processor may have cached what an entry of the EPT was. */
			if (ept)
				LINE("invept 2 0 0");
		}
		if (chance(5))
			LINE("vmclear vmcs0");
		if (chance(5))
			LINE("vmptrld %s", chance(50) ? "vmcs0" : "vmcs1");
		if (ept && chance(10))
			LINE("invept 2 0 0");
		if (two && chance(50)) {
			LINE("vmptrld vmcs%u", below(2));
			LINE("%s", chance(50) ? "vmresume" : "vmlaunch");
		}
		LINE("%s", chance(95) ? "vmresume" : "vmlaunch");
	}
}

static void guest_program(void)
{
	static const char *const modes[] = {
		"long", "long", "long", "long", "compat", "pae", "prot32", "flat32", "prot16", "real", "v86",
	};
	u32 i, nr = below(10) ? 1 + below(3) : 0;
	bool shadowed = chance(12), two = chance(12);
	char options[64] = "";

	mode = PICK(modes);
	ept = chance(50) || !strcmp(mode, "flat32") || !strcmp(mode, "real");
	if (ept)
		strcat(options, " ept");
	unrestricted = ept && chance(30);
	if (unrestricted)
		strcat(options, " unrestricted");
	if (chance(30))
		strcat(options, " vpid");
	if (shadowed)
		fill_shadow_vmcs();
	if (two) {
		LINE("vmclear vmcs1");
		LINE("vmptrld vmcs1");
		LINE("state %s%s", mode, options);
	}
	LINE("vmclear vmcs0");
	LINE("vmptrld vmcs0");
	LINE("state %s%s", mode, options);
	guest_code();
	choose_controls();
	choose_cet();
	if (shadowed)
		shadow_l2();
	if (ept && chance(10))
		switch_eptps();
	if (ept && chance(30))
		flag_pages();
	if (ept && chance(12))
		protect_sub_pages();
	for (i = 0; i < nr; i++)
		break_something();
	/*
	 * No pending interrupts: where the guest has IF clear the emulator (2.7) notices one some time
	 * after the entry only.
	 */
	enter_guest();
	go_on(two);
	if (shadowed)
		read_shadow_vmcs();
	if (chance(20))
		LINE("vmxoff");
}

struct program gen_program(u64 seed, u64 number)
{
	struct program program = { 0 };
	char name[64];

	state = seed * 0x9e3779b97f4a7c15ull + number * 0xd1342543de82ef95ull;
	snprintf(name, sizeof(name), "random %llu/%llu", seed, number);
	program.name = strdup(name);
	program.source = strdup("random");
	to = &program;
	ept = false;
	unrestricted = false;
	sub_pages = false;
	LINE("enable");
	if (chance(20))
		instruction_program();
	else
		guest_program();
	return program;
}
