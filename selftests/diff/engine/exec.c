// SPDX-License-Identifier: GPL-2.0-only
/*
 * EXEC: run a few bytes of code with all registers given, and record how that ended: it ran through, it
 * faulted, or, having entered a guest, it ended in a VM exit.
 */
#include "../lhv.h"
#include "apic.h"
#include "exec.h"
#include "frame.h"
#include "header.h"
#include "insn.h"
#include "record.h"
#include "safe.h"

static u64 l1_regs[NR_REGS], guest_regs[NR_REGS];

static void default_regs(void)
{
	int i;

	for (i = 0; i < NR_REGS; i++)
		l1_regs[i] = 0x0101010101010101ull * i;
}

void exec_begin(void)
{
	copy(guest_regs, (u64[NR_REGS]){ 0 }, sizeof(guest_regs));
	default_regs();
}

void exec_set_reg(u32 reg, u64 value)
{
	(reg < NR_REGS ? l1_regs : guest_regs)[reg % NR_REGS] = value;
}

/* The kernel's pages have the NX bit: without NXE, which an exit may leave clear, it is reserved. */
static u64 switch_nx_on(void)
{
	u64 efer = 0;

	safe_rdmsr(0xc0000080, &efer);
	efer |= EFER_NX;
	safe_wrmsr(0xc0000080, efer);
	return efer;
}

/* A VM exit has loaded what the VMCS said; it is recorded, and the program goes on as it began. */
static void mend(void)
{
	record_expect(read_cr0(), read_cr4(), switch_nx_on());
	record_changes();
	write_cr3(header.arena_pa + LHV_PML4);
	write_dr7(0x400);
}

static int is_user(u8 mode)
{
	return mode == LHV_MODE_USER64 || mode == LHV_MODE_USER32;
}

/* The window maps the user's code for CPL 3 only; it is written through the arena. */
static u64 place_code(const struct lhv_step *step)
{
	static const u8 done[] = { 0xcd, LHV_INT_DONE, 0xcd, LHV_INT_DONE };
	u8 *to = (u8 *)(u64)(LHV_BASE + (is_user(step->mode) ? LHV_USER_CODE : LHV_CODE));

	copy(to, step->code, step->len);
	copy(to + step->len, done, sizeof(done));
	return is_user(step->mode) ? LHV_USER_WINDOW : LHV_BASE + LHV_CODE;
}

static void choose_segments(const struct lhv_step *step)
{
	static const u16 cs[LHV_NR_MODES] = {
		LHV_SEL_CS, LHV_SEL_CS32, LHV_SEL_USER_CS, LHV_SEL_USER_CS32, LHV_SEL_CS16,
	};
	u16 data = is_user(step->mode) ? LHV_SEL_USER_DS : LHV_SEL_DS;

	frame_cs = cs[step->mode];
	frame_ss = data;
	frame_ds = data;
	frame_es = data;
	frame_load_fs = 0;
	if (step->flags & LHV_F_SEGMENTS) {
		frame_ds = step->x;
		frame_es = step->x >> 16;
		frame_fs = step->x >> 32;
		frame_load_fs = !!frame_fs;
		frame_ss = step->x >> 48;
	}
}

/* Let "frame" and "regs" be what the step says; "before" will have the registers too. */
static void load_frame(const struct lhv_step *step, u64 code, u64 *before)
{
	int entry = step->flags & LHV_F_ENTRY;

	choose_segments(step);
	copy(regs, entry ? guest_regs : l1_regs, sizeof(regs));
	if (!entry)
		regs[RSP] = is_user(step->mode) ? LHV_USER_STACK : (u64)land_stack_end;
	copy(before, regs, sizeof(regs));
	frame_rsp = entry ? (u64)land_stack_end : regs[RSP];
	frame_rip = step->mode == LHV_MODE_16 ? 0 : code;
	frame_rflags = step->arg | 2;
}

/* Returns 0 if it entered a guest that had to be stopped. */
static int run(const struct lhv_step *step)
{
	write_dr(6, 0xffff0ff0);
	if (!(step->flags & LHV_F_ENTRY)) {
		frame_enter();
		return 1;
	}
	apic_start_watchdog();
	frame_enter();
	return !apic_stop_watchdog();
}

static void record_outcome(const struct lhv_step *step, u64 code, const u64 *before)
{
	record_put(LHV_K_OUTCOME, frame_kind);
	if (step->flags & LHV_F_ENTRY && frame_kind != LHV_OUT_EXIT)
		regs[RSP] = before[RSP];
	if (frame_kind == LHV_OUT_EXIT) {
		record_exit(before);
		mend();
		copy(guest_regs, regs, sizeof(regs));
	} else {
		record_fall_through(before, step->mode == LHV_MODE_16 ? 0 : code);
	}
}

int exec_step(const struct lhv_step *step)
{
	u64 before[NR_REGS], code = place_code(step);

	load_frame(step, code, before);
	if (!run(step) && frame_kind == LHV_OUT_EXIT) {
		record_put(LHV_K_WATCHDOG, 1);
		switch_nx_on();
		return 0;
	}
	if (!(step->flags & LHV_F_QUIET && frame_kind == LHV_OUT_DONE && !(frame_rflags & 0x8d5)))
		record_outcome(step, code, before);
	default_regs();
	return 1;
}
