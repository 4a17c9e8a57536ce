// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_state: what the processor shows of itself to the kernel that runs on it, CPU by CPU.
 *
 *	cat /sys/kernel/debug/test_state
 *
 * Control registers, descriptor tables and MSRs that stay the same while a machine is up, so
 * that two readings can be compared. The capability MSRs of VMX are among them.
 */
#include <linux/cpu.h>
#include <linux/debugfs.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/seq_file.h>
#include <linux/smp.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include <asm/vmx.h>
#include "versions.h"

static const struct {
	const char *name;
	u32 first, last;
} msrs[] = {
	{ "apic-base", MSR_IA32_APICBASE, MSR_IA32_APICBASE },
	{ "feature-control", MSR_IA32_FEAT_CTL, MSR_IA32_FEAT_CTL },
	{ "mtrr-capabilities", MSR_MTRRcap, MSR_MTRRcap },
	{ "sysenter", MSR_IA32_SYSENTER_CS, MSR_IA32_SYSENTER_EIP },
	{ "debugctl", MSR_IA32_DEBUGCTLMSR, MSR_IA32_DEBUGCTLMSR },
	{ "mtrr", 0x200, 0x20f },
	{ "pat", MSR_IA32_CR_PAT, MSR_IA32_CR_PAT },
	{ "mtrr-default", MSR_MTRRdefType, MSR_MTRRdefType },
	{ "vmx", MSR_IA32_VMX_BASIC, 0x493 },
	{ "efer", MSR_EFER, MSR_EFER },
	{ "syscall", MSR_STAR, MSR_SYSCALL_MASK },
	{ "tsc-aux", MSR_TSC_AUX, MSR_TSC_AUX },
	{ "gs-base", MSR_GS_BASE, MSR_GS_BASE },
};

#define NR_MSRS 128

/* One CPU's values, taken on it with interrupts off. */
struct state {
	unsigned long cr0, cr4, cr4_of_linux, dr[4], dr6, dr7;
	struct desc_ptr gdt, idt;
	u16 tr, ldt, cs, ss;
	u32 tr_limit, tr_rights;
	u64 xcr0;
	u64 msr[NR_MSRS];
	bool fault[NR_MSRS];
};

static void take_msrs(struct state *state)
{
	unsigned int i, n = 0;
	u32 msr;

	for (i = 0; i < ARRAY_SIZE(msrs); i++)
		for (msr = msrs[i].first; msr <= msrs[i].last && n < NR_MSRS; msr++, n++)
			state->fault[n] = rdmsrq_safe(msr, &state->msr[n]);
}

static void take_segments(struct state *state)
{
	native_store_gdt(&state->gdt);
	store_idt(&state->idt);
	asm("str %0" : "=m"(state->tr));
	asm("sldt %0" : "=m"(state->ldt));
	asm("mov %%cs, %0" : "=m"(state->cs));
	asm("mov %%ss, %0" : "=m"(state->ss));
	asm("lsl %1, %0" : "=r"(state->tr_limit) : "r"((u32)state->tr) : "cc");
	asm("lar %1, %0" : "=r"(state->tr_rights) : "r"((u32)state->tr) : "cc");
}

/* Linux's own idea of CR4. From 6.17 on the function is exported to KVM alone. */
static unsigned long (*linux_cr4)(void);

static int find_linux_cr4(void)
{
	struct kprobe probe = { .symbol_name = "cr4_read_shadow" };
	int err = register_kprobe(&probe);

	if (err)
		return err;
	linux_cr4 = (void *)probe.addr;
	unregister_kprobe(&probe);
	return 0;
}

static void take_state(void *into)
{
	struct state *state = into;

	state->cr0 = read_cr0();
	state->cr4 = __read_cr4();
	state->cr4_of_linux = linux_cr4();
	get_debugreg(state->dr[0], 0);
	get_debugreg(state->dr[1], 1);
	get_debugreg(state->dr[2], 2);
	get_debugreg(state->dr[3], 3);
	get_debugreg(state->dr6, 6);
	get_debugreg(state->dr7, 7);
	state->xcr0 = state->cr4 & X86_CR4_OSXSAVE ? xgetbv(XCR_XFEATURE_ENABLED_MASK) : 0;
	take_segments(state);
	take_msrs(state);
}

static void show_msrs(struct seq_file *file, unsigned int cpu, const struct state *state)
{
	unsigned int i, n = 0;
	u32 msr;

	for (i = 0; i < ARRAY_SIZE(msrs); i++) {
		for (msr = msrs[i].first; msr <= msrs[i].last && n < NR_MSRS; msr++, n++) {
			seq_printf(file, "cpu%u msr %s 0x%x ", cpu, msrs[i].name, msr);
			if (state->fault[n])
				seq_puts(file, "#GP\n");
			else
				seq_printf(file, "0x%llx\n", state->msr[n]);
		}
	}
}

static void show_cpu(struct seq_file *file, unsigned int cpu, const struct state *state)
{
	seq_printf(file, "cpu%u cr0 0x%lx\n", cpu, state->cr0);
	seq_printf(file, "cpu%u cr4 0x%lx\n", cpu, state->cr4);
	seq_printf(file, "cpu%u cr4-of-linux 0x%lx\n", cpu, state->cr4_of_linux);
	seq_printf(file, "cpu%u dr0 0x%lx dr1 0x%lx dr2 0x%lx dr3 0x%lx\n", cpu, state->dr[0],
		   state->dr[1], state->dr[2], state->dr[3]);
	seq_printf(file, "cpu%u dr6 0x%lx dr7 0x%lx\n", cpu, state->dr6, state->dr7);
	seq_printf(file, "cpu%u xcr0 0x%llx\n", cpu, state->xcr0);
	seq_printf(file, "cpu%u gdt 0x%lx 0x%x\n", cpu, state->gdt.address, state->gdt.size);
	seq_printf(file, "cpu%u idt 0x%lx 0x%x\n", cpu, state->idt.address, state->idt.size);
	seq_printf(file, "cpu%u tr 0x%x limit 0x%x rights 0x%x\n", cpu, state->tr, state->tr_limit,
		   state->tr_rights);
	seq_printf(file, "cpu%u cs 0x%x ss 0x%x ldt 0x%x\n", cpu, state->cs, state->ss, state->ldt);
	show_msrs(file, cpu, state);
}

static int test_state_show(struct seq_file *file, void *unused)
{
	struct state *state = kmalloc(sizeof(*state), GFP_KERNEL);
	unsigned int cpu;

	if (!state)
		return -ENOMEM;
	cpus_read_lock();
	for_each_online_cpu(cpu) {
		smp_call_function_single(cpu, take_state, state, true);
		show_cpu(file, cpu, state);
	}
	cpus_read_unlock();
	kfree(state);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(test_state);

static struct dentry *file;

static int __init state_init(void)
{
	int err = find_linux_cr4();

	if (err)
		return err;
	file = debugfs_create_file("test_state", 0400, NULL, NULL, &test_state_fops);
	return PTR_ERR_OR_ZERO(file);
}

static void __exit state_exit(void)
{
	debugfs_remove(file);
}

module_init(state_init);
module_exit(state_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("What the processor shows of itself");
