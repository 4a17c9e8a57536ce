/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of the differential suite agree on.
 *
 *	diff (user space)	compiles VMX programs to steps, lays out the arena, reads the log
 *	lhv.ko			owns the arena and jumps into it, interrupts off, on one CPU
 *	engine (in the arena)	the hypervisor: executes the steps in ring 0 and writes the log
 *
 * The arena is 4 MiB of contiguous physical memory, the same for all runs while the module stays
 * loaded. Engine, page tables, descriptor tables, VMX structures and guests all live in it, so that
 * nothing a program sees depends on the kernel below. In ring 0 it is mapped at LHV_BASE.
 */
#ifndef LHV_H
#define LHV_H

#ifdef __KERNEL__
#include <linux/types.h>
#include <linux/ioctl.h>
#elif !defined(__ASSEMBLER__)
#include <stdint.h>
#include <sys/ioctl.h>
#endif

#define LHV_DEVICE		"/dev/lhv"	/* the first; the next are /dev/lhv1 and so on */
#define LHV_MAX_ARENAS		4

#define LHV_BASE		0x40000000	/* the arena's linear address in ring 0 */
#define LHV_ARENA_SIZE		0x00400000

/* The arena, by offset */
#define LHV_ENGINE		0x000000	/* code, data, stacks */
#define LHV_STEPS		0x020000
#define LHV_LOG			0x060000
#define LHV_L1			0x0c0000	/* L1's page tables, code and operand pages */
#define LHV_PML4		(LHV_L1 + 0x0000)	/* the kernel's half is added by lhv.ko */
#define LHV_PML4_ALT		(LHV_L1 + 0x1000)	/* the same, for a host CR3 that differs */
#define LHV_PDPT		(LHV_L1 + 0x2000)
#define LHV_PD			(LHV_L1 + 0x3000)
#define LHV_WINDOW_PT		(LHV_L1 + 0x4000)
#define LHV_CODE		(LHV_L1 + 0x8000)	/* where EXEC puts what it runs */
#define LHV_USER_CODE		(LHV_L1 + 0x9000)	/* the same for CPL 3 */
#define LHV_OPERANDS		(LHV_L1 + 0xa000)	/* six pages */
#define LHV_REGIONS		0x0d0000	/* 16 VMXON and VMCS regions */
#define LHV_REGIONS_SIZE	0x010000
#define LHV_CONTROL		0x0e0000	/* bitmaps, lists, APIC pages */
#define LHV_EPT			0x0f0000
#define LHV_GUEST		0x100000	/* what the guest sees from address 0 on */
#define LHV_GUEST_SIZE		0x040000
#define LHV_BIG			0x200000	/* 2 MiB for large pages */
#define LHV_BIG_SIZE		0x200000

/* L1's window of oddly mapped pages (image.c builds it): linear addresses */
#define LHV_OPERAND_WINDOW	0x50000000
#define LHV_OPERAND_WINDOW_SIZE	0x00200000
#define LHV_USER_WINDOW		0x50010000	/* LHV_USER_CODE */
#define LHV_USER_STACK		0x50012000	/* end of a page for CPL 3 */
#define LHV_APIC		0x50013000

#define LHV_MAX_STEPS		((LHV_LOG - LHV_STEPS) / 64)
#define LHV_MAX_LOG		((LHV_L1 - LHV_LOG) / 16)
#define LHV_CODE_MAX		40

/* The engine's GDT: the first eight entries as Linux has them, then segments to go wrong with. */
#define LHV_SEL_CS		0x10
#define LHV_SEL_DS		0x18
#define LHV_SEL_USER_CS32	0x23
#define LHV_SEL_USER_DS		0x2b
#define LHV_SEL_USER_CS		0x33
#define LHV_SEL_CS32		0x08
#define LHV_SEL_TSS		0x40
#define LHV_SEL_LIMITED		0x50	/* data, base 0, limit one page past the window's start */
#define LHV_SEL_READONLY	0x58
#define LHV_SEL_XONLY		0x60	/* code that cannot be read */
#define LHV_SEL_EXPANDDOWN	0x68	/* valid only above the window's second page */
#define LHV_SEL_CS16		0x70
#define LHV_SEL_BASED		0x78	/* data with a base of 0x1000 */

#define LHV_INT_DONE		0x81	/* ends what EXEC runs */
#define LHV_VECTOR_WATCHDOG	0xfe

#ifndef __ASSEMBLER__

enum lhv_op {
	LHV_END,
	LHV_EXEC,		/* run code[]; arg = RFLAGS to start with */
	LHV_REG,		/* register arg (16 and above: the guest's) = x */
	LHV_VMWRITE,		/* field x = y; logged only if it fails */
	LHV_VMREAD,		/* field x; logged */
	LHV_POKE,		/* arg bytes at offset x = y */
	LHV_PEEK,		/* log 8 bytes at offset x */
	LHV_ICR,		/* write y to the local APIC's ICR: an interrupt for this CPU */
	LHV_WINDOW,		/* let interrupts in for a moment */
	LHV_CPUID,		/* log leaf x, subleaf y */
	LHV_SKIP,		/* move GUEST_RIP past the instruction that caused the exit */
	LHV_TAME,		/* let the next entry come back, whatever the VMCS has (engine/tame.c) */
};

/* How EXEC runs its code */
enum lhv_mode {
	LHV_MODE_64,
	LHV_MODE_COMPAT,	/* CPL 0, 32-bit code segment */
	LHV_MODE_USER64,
	LHV_MODE_USER32,
	LHV_MODE_16,		/* CPL 0, 16-bit code segment */
	LHV_NR_MODES
};

#define LHV_F_ENTRY		1	/* may enter the guest: take the guest's registers */
#define LHV_F_QUIET		2	/* log it only if it does not end as VMsucceed */
#define LHV_F_SEGMENTS		4	/* DS, ES and FS from x (16 bits each), SS from its top */

struct lhv_step {
	uint8_t op;
	uint8_t mode;
	uint8_t len;
	uint8_t flags;
	uint32_t arg;
	uint64_t x, y;
	uint8_t code[LHV_CODE_MAX];
};

/* The memory that a program changed comes after all its steps. */
#define LHV_STEP_MEMORY		(~0u)

/* A log is a list of these; the kinds of keys are below. */
struct lhv_log {
	uint32_t key;
	uint32_t step;
	uint64_t value;
};

enum lhv_key {
	LHV_K_GPR	= 0x00000,	/* + register */
	LHV_K_FIELD	= 0x10000,	/* + encoding */
	LHV_K_MSR_LO	= 0x20000,	/* + MSR of the low range */
	LHV_K_MSR_HI	= 0x40000,	/* + MSR - c0000000 */
	LHV_K_MEM	= 0x80000,	/* + offset / 8; written by diff */
	LHV_K_OUTCOME	= 0x100000,
	LHV_K_RIP,		/* from the start of the code on */
	LHV_K_RFLAGS,
	LHV_K_VECTOR,
	LHV_K_ERROR,
	LHV_K_CR2,
	LHV_K_DR6,
	LHV_K_DR7,
	LHV_K_CS,
	LHV_K_SS,
	LHV_K_DS,
	LHV_K_ES,
	LHV_K_FS,
	LHV_K_GS,
	LHV_K_LDTR,
	LHV_K_TR,
	LHV_K_GDTR_BASE,
	LHV_K_GDTR_LIMIT,
	LHV_K_IDTR_BASE,
	LHV_K_IDTR_LIMIT,
	LHV_K_CR0,
	LHV_K_CR3,
	LHV_K_CR4,
	LHV_K_CR8,
	LHV_K_RSP,
	LHV_K_NMIS,		/* delivered to L1 since the last step */
	LHV_K_INTERRUPTS,	/* and interrupts: the last vector and their number */
	LHV_K_NO_FIELD,		/* a VMREAD that failed: encoding and flags */
	LHV_K_WRITE_FAILED,	/* a quiet VMWRITE that failed: encoding and flags */
	LHV_K_PEEK,
	LHV_K_CPUID_AB,
	LHV_K_CPUID_CD,
	LHV_K_WATCHDOG,		/* the guest did not come back: the program ends here */
	LHV_K_PROGRAM,		/* begins a program in a file of logs */
	LHV_K_END,
};

enum lhv_outcome { LHV_OUT_DONE = 1, LHV_OUT_FAULT, LHV_OUT_EXIT };

/*
 * Physical memory that hostile programs may have written to: first all arenas, then blocks that Nestor
 * hides, then what is no RAM.
 */
#define LHV_MAX_OPEN		24

struct lhv_range {
	uint64_t start, end;
};

/* How diff and the engine talk: at the start of the engine's image, after its jump. */
struct lhv_header {
	uint64_t jump;
	uint64_t arena_pa;
	uint64_t nr_log;	/* records written */
	uint64_t nr_fields;	/* fields to log at each exit */
	uint64_t watchdog;	/* ticks of the local APIC's timer until a guest is given up */
	uint64_t host_entry[4];	/* values for HOST_RIP */
	uint64_t host_stack;	/* and for HOST_RSP */
	uint64_t gdt, idt, tss;	/* linear addresses */
	uint64_t cr0, cr3, cr4, efer, pat;	/* as a program finds them */
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip, gs_base;
	uint64_t apic_pa;
	uint64_t stay_active;	/* leave VMX operation without a VMCLEAR */
	uint64_t nr_arenas, nr_hidden, nr_open;
	struct lhv_range open[LHV_MAX_OPEN];
	uint32_t fields[256];
};

struct lhv_info {
	uint64_t arena_pa;
	uint64_t nr_cpus;
};

#define LHV_IOC_INFO	_IOR('L', 1, struct lhv_info)
#define LHV_IOC_RUN	_IO('L', 2)	/* argument: the CPU */

#endif
#endif
