// SPDX-License-Identifier: GPL-2.0-only
/*
 * The log: what a program's steps have done.
 */
#include "../lhv.h"
#include "frame.h"
#include "header.h"
#include "insn.h"
#include "record.h"
#include "safe.h"

#define VM_INSTRUCTION_ERROR	0x4400

static struct lhv_log *records = (void *)(u64)(LHV_BASE + LHV_LOG);
static u32 step;
static u64 known_cr0, known_cr4, known_efer;	/* as recorded last */

void record_begin(void)
{
	header.nr_log = 0;
	step = 0;
	nmis = 0;
	interrupts = 0;
}

void record_at(u32 now)
{
	step = now;
}

void record_put(u32 key, u64 value)
{
	/* The last one is kept for LHV_K_END. */
	if (header.nr_log >= LHV_MAX_LOG - 1 && key != LHV_K_END)
		return;
	records[header.nr_log++] = (struct lhv_log){ key, step, value };
}

void record_expect(u64 cr0, u64 cr4, u64 efer)
{
	known_cr0 = cr0;
	known_cr4 = cr4;
	known_efer = efer;
}

void record_changes(void)
{
	u64 cr0 = read_cr0(), cr4 = read_cr4(), efer = 0;

	safe_rdmsr(0xc0000080, &efer);
	if (cr0 != known_cr0)
		record_put(LHV_K_CR0, cr0);
	if (cr4 != known_cr4)
		record_put(LHV_K_CR4, cr4);
	if (efer != known_efer)
		record_put(LHV_K_MSR_HI + 0x80, efer);
	record_expect(cr0, cr4, efer);
	if (nmis)
		record_put(LHV_K_NMIS, nmis);
	if (interrupts)
		record_put(LHV_K_INTERRUPTS, last_interrupt << 32 | interrupts);
	nmis = 0;
	interrupts = 0;
}

static void record_error_number(void)
{
	u64 value;
	u64 flags = safe_vmread(VM_INSTRUCTION_ERROR, &value);

	if (flags == ~0ull)
		return;
	if (flags & (RFLAGS_CF | RFLAGS_ZF))
		record_put(LHV_K_NO_FIELD, flags << 32 | VM_INSTRUCTION_ERROR);
	else
		record_put(LHV_K_FIELD + VM_INSTRUCTION_ERROR, value);
}

static void record_gprs(const u64 *before)
{
	int i;

	for (i = 0; i < NR_REGS; i++)
		if (regs[i] != before[i])
			record_put(LHV_K_GPR + i, regs[i]);
}

void record_fall_through(const u64 *before, u64 code)
{
	record_put(LHV_K_RFLAGS, frame_rflags);
	if (frame_kind == LHV_OUT_FAULT) {
		record_put(LHV_K_RIP, frame_rip - code);
		record_put(LHV_K_CS, frame_cs);
		record_put(LHV_K_VECTOR, frame_vector);
		record_put(LHV_K_ERROR, frame_error);
		if (frame_vector == 14)
			record_put(LHV_K_CR2, frame_cr2);
		if (frame_vector == 1)
			record_put(LHV_K_DR6, read_dr(6));
	}
	record_gprs(before);
	record_changes();
	if (frame_rflags & RFLAGS_ZF && !(frame_rflags & RFLAGS_CF))
		record_error_number();
}

static void record_msr(u32 msr)
{
	u64 value;

	if (!safe_rdmsr(msr, &value))
		record_put(msr >> 30 ? LHV_K_MSR_HI + (msr & 0xffff) : LHV_K_MSR_LO + msr, value);
}

/* The host state as the VM exit left it. */
static void record_host(void)
{
	u32 msr;

	record_put(LHV_K_CS, found_cs);
	record_put(LHV_K_SS, found_ss);
	record_put(LHV_K_DS, found_ds);
	record_put(LHV_K_ES, found_es);
	record_put(LHV_K_FS, found_fs);
	record_put(LHV_K_GS, found_gs);
	record_put(LHV_K_LDTR, found_ldtr);
	record_put(LHV_K_TR, found_tr);
	record_put(LHV_K_GDTR_BASE, found_gdtr.base);
	record_put(LHV_K_GDTR_LIMIT, found_gdtr.limit);
	record_put(LHV_K_IDTR_BASE, found_idtr.base);
	record_put(LHV_K_IDTR_LIMIT, found_idtr.limit);
	record_put(LHV_K_CR0, read_cr0());
	record_put(LHV_K_CR3, read_cr3());
	record_put(LHV_K_CR4, read_cr4());
	record_put(LHV_K_CR8, read_cr8());
	record_put(LHV_K_DR7, read_dr(7));
	record_put(LHV_K_RSP, regs[RSP]);
	record_put(LHV_K_RFLAGS, frame_rflags);
	record_msr(0xc0000080);
	record_msr(0x277);
	record_msr(0x1d9);
	record_msr(0x174);
	record_msr(0x175);
	record_msr(0x176);
	record_msr(0xc0000100);
	record_msr(0xc0000101);
	record_msr(0xc0000102);
	record_msr(0x38f);
	record_msr(MSR_S_CET);
	for (msr = MSR_PL0_SSP; msr <= MSR_SSP_TABLE; msr++)
		record_msr(msr);
}

static void record_fields(void)
{
	u64 value, flags;
	u32 i;

	for (i = 0; i < header.nr_fields; i++) {
		flags = safe_vmread(header.fields[i], &value);
		if (flags & (RFLAGS_CF | RFLAGS_ZF))
			record_put(LHV_K_NO_FIELD, flags << 32 | header.fields[i]);
		else
			record_put(LHV_K_FIELD + header.fields[i], value);
	}
}

void record_exit(const u64 *before)
{
	record_fields();
	record_host();
	/* RSP is the host's. */
	regs[RSP] = before[RSP];
	record_gprs(before);
}
