// SPDX-License-Identifier: GPL-2.0-only
/*
 * The engine: executes the steps that diff has put into the arena, in ring 0, and logs what it sees.
 *
 * A step EXEC runs a few bytes of code with all registers given, and logs how that ended: it ran through,
 * it faulted, or, having entered a guest, it ended in a VM exit. Everything else here prepares that, or
 * brings a machine in any state back to one that Linux can go on with.
 */
#include "../lhv.h"
#include "insn.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define NR_REGS		16
#define RSP		4
#define RFLAGS_CF	1
#define RFLAGS_ZF	0x40
#define MSR_S_CET	0x6a2
#define MSR_PL0_SSP	0x6a4
#define MSR_SSP_TABLE	0x6a8
#define CR4_VMXE	(1ull << 13)
#define CR4_PCIDE	(1ull << 17)
#define EFER_NX		(1ull << 11)
#define CR0_NE		(1ull << 5)
#define CR0_TS		(1ull << 3)
#define VM_INSTRUCTION_ERROR	0x4400
#define VM_EXIT_REASON		0x4402
#define VM_EXIT_INSTRUCTION_LEN	0x440c
#define GUEST_RIP		0x681e
#define EXIT_REASON_FAILED_ENTRY	(1ull << 31)
/* Interrupts below this priority class wait: those of Linux's devices and of its timer. */
#define TPR		0xe

extern struct lhv_header header;
extern u64 regs[NR_REGS], gdt[];
extern u64 frame_ss, frame_rsp, frame_rflags, frame_cs, frame_rip, frame_kind, frame_vector;
extern u64 frame_error, frame_cr2, nmis, interrupts, last_interrupt;
extern u64 own_fault_rip, own_fault_vector;
extern u16 frame_ds, frame_es, frame_fs, kernel_tr;
extern u8 frame_load_fs, host_entry[], host_entry_other[], vectors[], running;
extern u16 found_cs, found_ss, found_ds, found_es, found_fs, found_gs, found_ldtr, found_tr;
extern u8 land_stack_end[], fault_stack_end[], nmi_stack_end[];
extern struct { u64 low, high; } idt[256];

struct table_register { u16 limit; u64 base; } __attribute__((packed));

extern struct table_register kernel_gdtr, found_gdtr, found_idtr;

static struct { u32 reserved; u64 rsp[3]; u64 reserved2, ist[7]; u16 pad[5], iomap; }
	__attribute__((packed)) tss;

_Static_assert(sizeof(struct lhv_header) <= 8 * 32 + 4 * 256, "entry.S has too little room for it");
_Static_assert(sizeof(struct lhv_step) == 64, "LHV_MAX_STEPS counts on it");

static u64 l1_regs[NR_REGS], guest_regs[NR_REGS];
static u32 this_step;
static u64 known_cr0, known_cr4, known_efer;	/* as logged last */

static const struct lhv_step *steps = (void *)(u64)(LHV_BASE + LHV_STEPS);
static struct lhv_log *records = (void *)(u64)(LHV_BASE + LHV_LOG);

static void record(u32 key, u64 value)
{
	/* The last one is kept for LHV_K_END. */
	if (header.nr_log >= LHV_MAX_LOG - 1 && key != LHV_K_END)
		return;
	records[header.nr_log++] = (struct lhv_log){ key, this_step, value };
}

/* The state of Linux that a program may change; what is in memory only, entry.S keeps. */

static const u32 kept_msrs[] = {
	0xc0000080, 0x277, 0x1d9, 0x174, 0x175, 0x176, 0xc0000100, 0xc0000101, 0xc0000102,
	0xc0000081, 0xc0000082, 0xc0000083, 0xc0000084, 0xc0000103, 0x38f, 0xd90, 0xda0, 0x3b,
	/* CET of the supervisor */
	0x6a2, 0x6a4, 0x6a5, 0x6a6, 0x6a7, 0x6a8,
};

#define NR_KEPT_MSRS (sizeof(kept_msrs) / sizeof(kept_msrs[0]))

static struct {
	u64 msrs[NR_KEPT_MSRS];
	u8 has_msr[NR_KEPT_MSRS];
	u64 cr0, cr2, cr4, cr8, xcr0, dr[4], dr6, dr7;
	u32 lvtt, count, divide;
	u64 deadline;
} kept;

/* The local APIC, in either mode. */

static int apic_is_x2;

static u32 apic_read(u32 reg)
{
	u64 value = 0;

	if (!apic_is_x2)
		return *(volatile u32 *)(u64)(LHV_APIC + reg);
	safe_rdmsr(0x800 + (reg >> 4), &value);
	return value;
}

static void apic_write(u32 reg, u32 value)
{
	if (apic_is_x2)
		safe_wrmsr(0x800 + (reg >> 4), value);
	else
		*(volatile u32 *)(u64)(LHV_APIC + reg) = value;
}

void apic_eoi(void)
{
	apic_write(APIC_EOI, 0);
}

static int apic_bit(u32 reg, u8 vector)
{
	return apic_read(reg + vector / 32 * 16) >> (vector % 32) & 1;
}

static void send_to_self(u32 icr)
{
	if (apic_is_x2) {
		safe_wrmsr(0x830, icr | (u64)apic_read(APIC_ID) << 32);
		return;
	}
	apic_write(APIC_ICR2, apic_read(APIC_ID) & 0xff000000);
	apic_write(APIC_ICR, icr);
}

static void stop_timer(void)
{
	kept.lvtt = apic_read(APIC_LVTT);
	kept.count = apic_read(APIC_TMCCT);
	kept.divide = apic_read(APIC_TDCR);
	safe_rdmsr(MSR_TSC_DEADLINE, &kept.deadline);
	apic_write(APIC_LVTT, LVTT_MASKED | LHV_VECTOR_WATCHDOG);
	apic_write(APIC_TDCR, TDCR_1);
}

static void restore_timer(void)
{
	apic_write(APIC_TMICT, 0);
	apic_write(APIC_TDCR, kept.divide);
	apic_write(APIC_LVTT, kept.lvtt);
	if ((kept.lvtt & LVTT_MODE) == LVTT_DEADLINE)
		safe_wrmsr(MSR_TSC_DEADLINE, kept.deadline);
	else if (kept.count)
		apic_write(APIC_TMICT, kept.count);
}

/*
 * The count first: in the emulator (2.7) Linux's deadline is still running until there is one, and would
 * be taken for this timer's end.
 */
static void start_watchdog(void)
{
	apic_write(APIC_TMICT, header.watchdog);
	apic_write(APIC_LVTT, LHV_VECTOR_WATCHDOG);
}

/* True if the guest was stopped by it. */
static int stop_watchdog(void)
{
	apic_write(APIC_LVTT, LVTT_MASKED | LHV_VECTOR_WATCHDOG);
	apic_write(APIC_TMICT, 0);
	return apic_bit(APIC_IRR, LHV_VECTOR_WATCHDOG) || apic_bit(APIC_ISR, LHV_VECTOR_WATCHDOG);
}

/* Take what is pending, and finish what a guest began: by acknowledge-on-exit or in its own handler. */
static void drain_interrupts(void)
{
	int i;

	for (i = 0; i < 16 && apic_read(APIC_ISR + 7 * 16) >> 16; i++)
		apic_eoi();
	asm volatile("sti\n\tnop\n\tnop\n\tnop\n\tcli" ::: "memory");
}

/* Before and after a program. */

static void make_gate(int vector)
{
	u64 target = (u64)vectors + vector * 16;
	u64 ist = vector == 2 || vector == 18 ? 2 : 1;
	u64 dpl = vector == LHV_INT_DONE || vector == 3 || vector == 4 ? 3 : 0;

	idt[vector].low = (target & 0xffff) | (u64)LHV_SEL_CS << 16 | ist << 32 | 0x8e00ull << 32 |
			  dpl << 45 | (target & 0xffff0000) << 32;
	idt[vector].high = target >> 32;
}

static void make_tables(void)
{
	u64 base = (u64)&tss;
	int i;

	for (i = 0; i < 256; i++)
		make_gate(i);
	tss.ist[0] = (u64)fault_stack_end;
	tss.ist[1] = (u64)nmi_stack_end;
	tss.iomap = sizeof(tss);
	gdt[8] = (sizeof(tss) - 1) | (base & 0xffffff) << 16 | 0x89ull << 40 | (base >> 24 & 0xff) << 56;
	gdt[9] = base >> 32;
	/* 16-bit code finds the code page at 0. */
	gdt[14] = 0x00009b000000ffffull | (u64)((LHV_BASE + LHV_CODE) & 0xffffff) << 16 |
		  (u64)((LHV_BASE + LHV_CODE) >> 24) << 56;
}

static void keep_state(void)
{
	u64 base = 0;
	u32 i;

	for (i = 0; i < NR_KEPT_MSRS; i++)
		kept.has_msr[i] = !safe_rdmsr(kept_msrs[i], &kept.msrs[i]);
	kept.cr0 = read_cr0();
	kept.cr2 = read_cr2();
	kept.cr4 = read_cr4();
	kept.cr8 = read_cr8();
	kept.dr[0] = read_dr(0);
	kept.dr[1] = read_dr(1);
	kept.dr[2] = read_dr(2);
	kept.dr[3] = read_dr(3);
	kept.dr6 = read_dr(6);
	kept.dr7 = read_dr(7);
	safe_rdmsr(MSR_APICBASE, &base);
	apic_is_x2 = base >> 10 & 1;
	header.apic_pa = base & ~0xfffull;
}

/* prepare() runs on the kernel's own tables: nothing in it may fault unless load_tables() follows. */
void load_tables(void);
void prepare(void);
void run_program(void);
void tidy(void);
void restore_msrs(void);

/* Guests read what other programs, and Linux, have written there. */
static void clear_ports(void)
{
	u16 port;

	for (port = DMA_PAGE_FIRST; port <= DMA_PAGE_LAST; port++)
		outb(port, 0);
}

/* The state that every program begins with; the same whatever Linux has. */
static void begin_state(void)
{
	u32 msr;

	clear_ports();
	write_cr8(TPR);
	write_dr7(0x400);
	write_cr0((kept.cr0 | CR0_NE) & ~CR0_TS);
	write_cr4(kept.cr4 & ~(CR4_PCIDE | CR4_VMXE));
	safe_wrmsr(0x174, LHV_SEL_CS);
	safe_wrmsr(0x175, 0x1111000);
	safe_wrmsr(0x176, 0x2222000);
	safe_wrmsr(0xc0000100, 0x1000);
	safe_wrmsr(0xc0000101, 0x2000);
	safe_wrmsr(0xc0000102, 0x3000);
	safe_wrmsr(0x1d9, 0);
	for (msr = MSR_PL0_SSP; msr <= MSR_SSP_TABLE; msr++)
		safe_wrmsr(msr, 0);
	safe_wrmsr(MSR_S_CET, 0);
}

void prepare(void)
{
	make_tables();
}

static void tell_diff(void)
{
	header.host_entry[0] = (u64)host_entry;
	header.host_entry[1] = (u64)host_entry_other;
	header.host_stack = (u64)land_stack_end;
	header.gdt = (u64)gdt;
	header.idt = (u64)idt;
	header.tss = (u64)&tss;
	header.cr0 = read_cr0();
	header.cr3 = read_cr3();
	header.cr4 = read_cr4();
	safe_rdmsr(0xc0000080, &header.efer);
	safe_rdmsr(0x277, &header.pat);
	header.sysenter_cs = LHV_SEL_CS;
	header.sysenter_esp = 0x1111000;
	header.sysenter_eip = 0x2222000;
	header.gs_base = 0x2000;
}

/* No program leaves the CPU in VMX operation, or a region active. */
static void leave_vmx(void)
{
	u64 address;
	int i;

	for (i = 0; i < 16; i++) {
		address = header.arena_pa + LHV_REGIONS + i * 4096;
		if (safe_vmclear(&address) == ~0ull)
			return;
	}
	safe_vmxoff();
}

void tidy(void)
{
	const u64 *descriptor = (void *)(kernel_gdtr.base + (kernel_tr & ~7));

	record(LHV_K_END, own_fault_rip);
	write_cr3(header.arena_pa + LHV_PML4);
	if (read_cr4() & CR4_VMXE)
		leave_vmx();
	write_cr8(TPR);
	drain_interrupts();
	restore_timer();
	write_cr8(kept.cr8);
	write_dr(0, kept.dr[0]);
	write_dr(1, kept.dr[1]);
	write_dr(2, kept.dr[2]);
	write_dr(3, kept.dr[3]);
	write_dr(6, kept.dr6);
	write_dr7(kept.dr7);
	write_cr0(kept.cr0);
	write_cr4(kept.cr4);
	write_cr2(kept.cr2);
	gdt[8] = descriptor[0] & ~(2ull << 40);
	gdt[9] = descriptor[1];
}

void restore_msrs(void)
{
	u32 i;

	for (i = 0; i < NR_KEPT_MSRS; i++)
		if (kept.has_msr[i])
			safe_wrmsr(kept_msrs[i], kept.msrs[i]);
}

/* The steps. */

static void record_changes(void)
{
	u64 cr0 = read_cr0(), cr4 = read_cr4(), efer = 0;

	safe_rdmsr(0xc0000080, &efer);
	if (cr0 != known_cr0)
		record(LHV_K_CR0, cr0);
	if (cr4 != known_cr4)
		record(LHV_K_CR4, cr4);
	if (efer != known_efer)
		record(LHV_K_MSR_HI + 0x80, efer);
	known_cr0 = cr0;
	known_cr4 = cr4;
	known_efer = efer;
	if (nmis)
		record(LHV_K_NMIS, nmis);
	if (interrupts)
		record(LHV_K_INTERRUPTS, last_interrupt << 32 | interrupts);
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
		record(LHV_K_NO_FIELD, flags << 32 | VM_INSTRUCTION_ERROR);
	else
		record(LHV_K_FIELD + VM_INSTRUCTION_ERROR, value);
}

static void record_gprs(const u64 *before)
{
	int i;

	for (i = 0; i < NR_REGS; i++)
		if (regs[i] != before[i])
			record(LHV_K_GPR + i, regs[i]);
}

static void record_fall_through(const u64 *before, u64 code)
{
	record(LHV_K_RFLAGS, frame_rflags);
	if (frame_kind == LHV_OUT_FAULT) {
		record(LHV_K_RIP, frame_rip - code);
		record(LHV_K_CS, frame_cs);
		record(LHV_K_VECTOR, frame_vector);
		record(LHV_K_ERROR, frame_error);
		if (frame_vector == 14)
			record(LHV_K_CR2, frame_cr2);
		if (frame_vector == 1)
			record(LHV_K_DR6, read_dr(6));
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
		record(msr >> 30 ? LHV_K_MSR_HI + (msr & 0xffff) : LHV_K_MSR_LO + msr, value);
}

/* The host state as the VM exit left it. */
static void record_host(void)
{
	u32 msr;

	record(LHV_K_CS, found_cs);
	record(LHV_K_SS, found_ss);
	record(LHV_K_DS, found_ds);
	record(LHV_K_ES, found_es);
	record(LHV_K_FS, found_fs);
	record(LHV_K_GS, found_gs);
	record(LHV_K_LDTR, found_ldtr);
	record(LHV_K_TR, found_tr);
	record(LHV_K_GDTR_BASE, found_gdtr.base);
	record(LHV_K_GDTR_LIMIT, found_gdtr.limit);
	record(LHV_K_IDTR_BASE, found_idtr.base);
	record(LHV_K_IDTR_LIMIT, found_idtr.limit);
	record(LHV_K_CR0, read_cr0());
	record(LHV_K_CR3, read_cr3());
	record(LHV_K_CR4, read_cr4());
	record(LHV_K_CR8, read_cr8());
	record(LHV_K_DR7, read_dr(7));
	record(LHV_K_RSP, regs[RSP]);
	record(LHV_K_RFLAGS, frame_rflags);
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
			record(LHV_K_NO_FIELD, flags << 32 | header.fields[i]);
		else
			record(LHV_K_FIELD + header.fields[i], value);
	}
}

/* The kernel's pages have the NX bit: without NXE, which an exit may leave clear, it is reserved. */
static void switch_nx_on(void)
{
	safe_rdmsr(0xc0000080, &known_efer);
	known_efer |= EFER_NX;
	safe_wrmsr(0xc0000080, known_efer);
}

static void record_exit(const u64 *before)
{
	record_fields();
	record_host();
	/* RSP is the host's. */
	regs[RSP] = before[RSP];
	record_gprs(before);
	known_cr0 = read_cr0();
	known_cr4 = read_cr4();
	switch_nx_on();
	record_changes();
	write_cr3(header.arena_pa + LHV_PML4);
	write_dr7(0x400);
}

static void copy(void *to, const void *from, u64 bytes)
{
	asm volatile("rep movsb" : "+D" (to), "+S" (from), "+c" (bytes) :: "memory");
}

static int is_user(u8 mode)
{
	return mode == LHV_MODE_USER64 || mode == LHV_MODE_USER32;
}

static u64 place_code(const struct lhv_step *step)
{
	static const u8 done[] = { 0xcd, LHV_INT_DONE, 0xcd, LHV_INT_DONE };
	u64 at = LHV_BASE + LHV_CODE;

	if (is_user(step->mode))
		at = LHV_USER_WINDOW;
	/* The window maps the user's code for CPL 3 only; it is written through the arena. */
	{
		u8 *to = (u8 *)(u64)(LHV_BASE + (is_user(step->mode) ? LHV_USER_CODE : LHV_CODE));

		copy(to, step->code, step->len);
		copy(to + step->len, done, sizeof(done));
	}
	return at;
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

/* Returns 0 if the program cannot go on. */
static int exec(const struct lhv_step *step)
{
	u64 *bank = step->flags & LHV_F_ENTRY ? guest_regs : l1_regs;
	u64 before[NR_REGS], code = place_code(step);
	int given_up = 0;

	choose_segments(step);
	copy(regs, bank, sizeof(regs));
	if (!(step->flags & LHV_F_ENTRY))
		regs[RSP] = is_user(step->mode) ? LHV_USER_STACK : (u64)land_stack_end;
	copy(before, regs, sizeof(before));
	frame_rsp = regs[RSP];
	if (step->flags & LHV_F_ENTRY)
		frame_rsp = (u64)land_stack_end;
	frame_rip = step->mode == LHV_MODE_16 ? 0 : code;
	frame_rflags = step->arg | 2;
	write_dr(6, 0xffff0ff0);
	if (step->flags & LHV_F_ENTRY)
		start_watchdog();
	enter();
	if (step->flags & LHV_F_ENTRY)
		given_up = stop_watchdog();
	if (given_up && frame_kind == LHV_OUT_EXIT) {
		record(LHV_K_WATCHDOG, 1);
		switch_nx_on();
		return 0;
	}
	if (step->flags & LHV_F_QUIET && frame_kind == LHV_OUT_DONE && !(frame_rflags & 0x8d5))
		return 1;
	record(LHV_K_OUTCOME, frame_kind);
	if (step->flags & LHV_F_ENTRY && frame_kind != LHV_OUT_EXIT)
		regs[RSP] = before[RSP];
	if (frame_kind == LHV_OUT_EXIT) {
		record_exit(before);
		copy(guest_regs, regs, sizeof(regs));
	} else {
		record_fall_through(before, step->mode == LHV_MODE_16 ? 0 : code);
	}
	return 1;
}

static void vmwrite_step(const struct lhv_step *step)
{
	u64 flags = safe_vmwrite(step->x, step->y);

	if (flags & (RFLAGS_CF | RFLAGS_ZF))
		record(LHV_K_WRITE_FAILED, flags << 32 | (u32)step->x);
}

static void vmread_step(const struct lhv_step *step)
{
	u64 value = 0, flags = safe_vmread(step->x, &value);

	if (flags & (RFLAGS_CF | RFLAGS_ZF))
		record(LHV_K_NO_FIELD, flags << 32 | (u32)step->x);
	else
		record(LHV_K_FIELD + (step->x & 0xffff), value);
}

static void cpuid_step(const struct lhv_step *step)
{
	u32 a = step->x, c = step->y, b, d;

	asm volatile("cpuid" : "+a" (a), "=b" (b), "+c" (c), "=d" (d));
	record(LHV_K_CPUID_AB, (u64)b << 32 | a);
	record(LHV_K_CPUID_CD, (u64)d << 32 | c);
}

/* What a hypervisor does with an instruction that it has emulated. */
static void skip_step(void)
{
	u64 reason = 0, rip = 0, length = 0;

	if (safe_vmread(VM_EXIT_REASON, &reason) & (RFLAGS_CF | RFLAGS_ZF))
		return;
	/* Failed entries, events and violations are no instructions. */
	if (reason & EXIT_REASON_FAILED_ENTRY || reason < 9 || reason == 37 || reason == 41 ||
	    (reason >= 43 && reason <= 45) || reason == 48 || reason == 49 || reason == 52 ||
	    reason == 56 || reason == 62)
		return;
	safe_vmread(VM_EXIT_INSTRUCTION_LEN, &length);
	safe_vmread(GUEST_RIP, &rip);
	safe_vmwrite(GUEST_RIP, rip + length);
}

static void default_regs(void)
{
	int i;

	for (i = 0; i < NR_REGS; i++)
		l1_regs[i] = 0x0101010101010101ull * i;
}

static int run_step(const struct lhv_step *step)
{
	switch (step->op) {
	case LHV_EXEC:
		if (!exec(step))
			return 0;
		default_regs();
		return 1;
	case LHV_REG:
		(step->arg < NR_REGS ? l1_regs : guest_regs)[step->arg % NR_REGS] = step->x;
		return 1;
	case LHV_VMWRITE:
		vmwrite_step(step);
		return 1;
	case LHV_VMREAD:
		vmread_step(step);
		return 1;
	case LHV_POKE:
		copy((void *)(LHV_BASE + step->x), &step->y, step->arg);
		return 1;
	case LHV_PEEK:
		record(LHV_K_PEEK, *(u64 *)(LHV_BASE + step->x));
		return 1;
	case LHV_ICR:
		send_to_self(step->y);
		record_changes();
		return 1;
	case LHV_WINDOW:
		asm volatile("sti\n\tnop\n\tnop\n\tcli" ::: "memory");
		record_changes();
		return 1;
	case LHV_CPUID:
		cpuid_step(step);
		return 1;
	case LHV_SKIP:
		skip_step();
		return 1;
	default:
		return 0;
	}
}

void run_program(void)
{
	own_fault_rip = 0;
	header.nr_log = 0;
	this_step = 0;
	nmis = 0;
	interrupts = 0;
	running = 0;
	keep_state();
	stop_timer();
	begin_state();
	/* An interrupt that was signalled to the CPU before TPR held it back is spurious now: take it. */
	drain_interrupts();
	interrupts = 0;
	tell_diff();
	known_cr0 = header.cr0;
	known_cr4 = header.cr4;
	known_efer = header.efer;
	copy(guest_regs, (u64[NR_REGS]){ 0 }, sizeof(guest_regs));
	default_regs();
	while (this_step < LHV_MAX_STEPS && run_step(&steps[this_step]))
		this_step++;
}
