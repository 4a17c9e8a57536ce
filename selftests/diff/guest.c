// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest code of random programs, in pieces (snippets.S).
 */
#include <string.h>

#include "guest.h"
#include "random.h"

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

static void guest_registers(struct draft *to)
{
	static const char *const ports[] = { "0x80", "0x84", "0xffff", "0x81" };
	static const char *const msrs[] = {
		"MSR_IA32_SYSENTER_CS", "MSR_IA32_SYSENTER_ESP", "MSR_IA32_CR_PAT", "MSR_EFER", "MSR_LSTAR",
		"MSR_KERNEL_GS_BASE", "MSR_FS_BASE", "MSR_TSC_AUX", "MSR_IA32_VMX_BASIC", "0x12345678",
		"0xc0001fff", "0x1fff", "3",
	};

	draft_line(to, "guest rbx %s", PICK(targets));
	draft_line(to, "guest rdi %s", PICK(targets));
	draft_line(to, "guest rsi %s", PICK(targets));
	draft_line(to, "guest rdx %s", PICK(ports));
	draft_line(to, "guest rcx %s", PICK(msrs));
	draft_line(to, "guest rax %#llx", random_chance(20) ? random_encoding() : random_value());
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

void guest_code(struct draft *to)
{
	char line[256] = "code";
	u32 i, nr = 1 + random_below(5);

	for (i = 0; i < nr; i++) {
		bool wide = !strcmp(to->mode, "long") && random_chance(15);

		strcat(line, " ");
		strcat(line, wide ? piece64(line) : PICK(pieces));
	}
	draft_line(to, "%s", line);
	guest_registers(to);
}
