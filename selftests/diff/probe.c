// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processor is asked with programs: for its capability MSRs and the VMCS fields it has.
 */
#include "arena.h"
#include "caps.h"
#include "compile.h"
#include "names.h"
#include "probe.h"
#include "program.h"
#include "text.h"
#include "arch/msr.h"
#include "arch/x86.h"

static struct lhv_step rdmsr_step(u32 msr)
{
	return (struct lhv_step){ .op = LHV_EXEC, .len = 2, .code = { 0x0f, 0x32 }, .arg = msr };
}

static u64 read_msr(u32 msr)
{
	struct lhv_step steps[4] = {
		{ .op = LHV_REG, .arg = GPR_RCX, .x = msr },
		rdmsr_step(0),
	};
	const struct lhv_log *log;
	u64 value = 0;
	size_t nr, i;

	arena_run(steps, 3, 0);
	log = arena_log(&nr);
	for (i = 0; i < nr; i++) {
		if (log[i].key == LHV_K_GPR + GPR_RAX)
			value |= (u32)log[i].value;
		if (log[i].key == LHV_K_GPR + GPR_RDX)
			value |= log[i].value << 32;
		if (log[i].key == LHV_K_OUTCOME && log[i].value != LHV_OUT_DONE)
			return 0;
	}
	return value;
}

static void read_controls(u32 msr, u32 *zero, u32 *one)
{
	u64 value = read_msr(msr);

	*zero = value;
	*one = value >> 32;
}

void probe_msrs(void)
{
	caps.basic = read_msr(MSR_IA32_VMX_BASIC);
	caps.misc = read_msr(MSR_IA32_VMX_MISC);
	caps.ept_vpid = read_msr(MSR_IA32_VMX_EPT_VPID_CAP);
	caps.cr0_fixed0 = read_msr(MSR_IA32_VMX_CR0_FIXED0);
	caps.cr0_fixed1 = read_msr(MSR_IA32_VMX_CR0_FIXED1);
	caps.cr4_fixed0 = read_msr(MSR_IA32_VMX_CR4_FIXED0);
	caps.cr4_fixed1 = read_msr(MSR_IA32_VMX_CR4_FIXED1);
	caps.vmfunc = read_msr(MSR_IA32_VMX_VMFUNC);
	read_controls(MSR_IA32_VMX_TRUE_PINBASED_CTLS, &caps.pin0, &caps.pin1);
	read_controls(MSR_IA32_VMX_TRUE_PROCBASED_CTLS, &caps.cpu0, &caps.cpu1);
	read_controls(MSR_IA32_VMX_TRUE_EXIT_CTLS, &caps.exit0, &caps.exit1);
	read_controls(MSR_IA32_VMX_TRUE_ENTRY_CTLS, &caps.entry0, &caps.entry1);
	caps.cpu2_1 = read_msr(MSR_IA32_VMX_PROCBASED_CTLS2) >> 32;
	caps.cr0 = arena_header()->cr0;
	caps.cr4 = arena_header()->cr4;
	caps.efer = arena_header()->efer;
	caps.pat = arena_header()->pat;
}

static void add_field(u16 encoding)
{
	struct lhv_header *header = arena_header();

	header->fields[header->nr_fields++] = encoding;
	caps_add_field(encoding);
}

/* The fields that can be read, exit reason first: the log of an exit begins with it. */
void probe_fields(void)
{
	static struct lhv_step steps[320];
	static struct program program;
	const struct lhv_log *log;
	size_t nr, i;

	program_add_line(&program, "enable");
	program_add_line(&program, "vmclear vmcs0");
	program_add_line(&program, "vmptrld vmcs0");
	program_add_line(&program, "read VM_EXIT_REASON");
	for (i = 0; i < names_nr_fields; i++)
		if (names_fields[i].encoding != 0x4402)
			program_add_line(&program, "read %s", names_fields[i].name);
	program.name = program.source = "probe";
	nr = compile_program(&program, steps);
	arena_run(steps, nr, 0);
	log = arena_log(&nr);
	for (i = 0; i < nr; i++)
		if (log[i].key >= LHV_K_FIELD && log[i].key < LHV_K_MSR_LO)
			add_field(log[i].key - LHV_K_FIELD);
	if (!arena_header()->nr_fields)
		text_die("no VMCS field can be read: does VMX work here?");
}
