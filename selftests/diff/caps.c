// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this processor can do: its capability MSRs and the VMCS fields it has, asked with programs.
 */
#include <string.h>

#include "arena.h"
#include "caps.h"
#include "compile.h"
#include "names.h"
#include "program.h"
#include "text.h"
#include "arch/arch.h"

struct caps caps;
u16 live_fields[256];
size_t nr_live_fields;
bool field_is_live[0x8000];

static void add_live_field(u16 encoding)
{
	live_fields[nr_live_fields++] = encoding;
	field_is_live[encoding] = true;
}

/* What is assumed where nothing can be asked: text can be made of programs all the same. */
static const struct caps no_caps = {
	.basic = 0x00d810000000002bull, .pin0 = 0x16, .pin1 = 0x7f, .cpu0 = 0x04006172, .cpu1 = 0xf7f9fffe,
	.exit0 = 0x36dfb, .exit1 = 0x7fffff, .entry0 = 0x11fb, .entry1 = 0xffff, .cpu2_1 = 0x57fff,
	.cr0_fixed0 = 0x80000021, .cr0_fixed1 = 0xffffffff, .cr4_fixed0 = 0x2000, .cr4_fixed1 = 0x3727ff,
	.cr0 = 0x80050033, .cr4 = 0x3606b0, .efer = 0xd01, .pat = 0x0007010600070106ull,
};

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

static void read_msrs(void)
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

/* The fields that can be read, exit reason first: the log of an exit begins with it. */
static void probe_fields(void)
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
	nr = program_compile(&program, steps);
	arena_run(steps, nr, 0);
	log = arena_log(&nr);
	for (i = 0; i < nr; i++)
		if (log[i].key >= LHV_K_FIELD && log[i].key < LHV_K_MSR_LO)
			add_live_field(log[i].key - LHV_K_FIELD);
	if (!nr_live_fields)
		text_die("no VMCS field can be read: does VMX work here?");
	for (i = 0; i < nr_live_fields; i++)
		arena_header()->fields[i] = live_fields[i];
	arena_header()->nr_fields = nr_live_fields;
}

static void assume_fields(void)
{
	size_t i;

	for (i = 0; i < names_nr_fields; i++)
		add_live_field(names_fields[i].encoding);
}

void caps_read(void)
{
	caps = no_caps;
	if (arena_header() == (struct lhv_header *)arena_image) {
		assume_fields();
		return;
	}
	read_msrs();
	*(u32 *)(arena_image + LHV_REGIONS) = VMX_BASIC_REVISION(caps.basic);
	*(u32 *)(arena_image + LHV_REGIONS + 0x2000) = VMX_BASIC_REVISION(caps.basic);
	memcpy((u8 *)arena_header() + LHV_REGIONS, arena_image + LHV_REGIONS, 0x10000);
	probe_fields();
}
