// SPDX-License-Identifier: GPL-2.0-only
/* What is memory, and what is Nestor's own of it; takeover.c sets the variables. */
#include "cpu.h"
#include "machine.h"
#include "mtrr.h"

const u64 *machine_hidden;
u64 machine_nr_hidden;
u64 *machine_memory;
u64 machine_nr_memory;
u64 machine_reach;

/* The exit stack is aligned, and the word at its top is the address of struct cpu. */
static struct cpu *this_cpu(void)
{
	u64 rsp;

	asm("mov %%rsp, %0" : "=r"(rsp));
	return *(struct cpu **)((rsp | (ROOT_STACK_SIZE - 1)) - 15);
}

/* No block from here on was ever remembered. It only grows. */
static u64 remembered_end;

/* Other CPUs do the same at the same time. */
static void remember(u64 block)
{
	u64 end = __atomic_load_n(&remembered_end, __ATOMIC_RELAXED);

	if (block >= machine_nr_memory)
		return;
	while (end <= block && !__atomic_compare_exchange_n(&remembered_end, &end, block + 1, false,
							    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		;
	__atomic_fetch_or(&machine_memory[block / 64], BIT_ULL(block % 64), __ATOMIC_SEQ_CST);
}

/*
 * A CPU that has not changed its MTRRs yet may remember a block by the old ones. It forgets it when
 * it changes them, and L1 changes them on all CPUs.
 */
void machine_forget(void)
{
	u64 i, end = __atomic_load_n(&remembered_end, __ATOMIC_SEQ_CST);

	for (i = 0; i * 64 < end; i++)
		__atomic_store_n(&machine_memory[i], 0, __ATOMIC_RELAXED);
}

/*
 * The MTRRs tell memory from devices. Linux would be asked less well: memory comes while it runs,
 * and there is memory that Linux leaves alone (memmap=, mem=, what firmware reserves) and another
 * hypervisor uses. This CPU's copy of the MTRRs is the one that EPT01 has memory types from.
 */
bool machine_look(u64 pa)
{
	u64 block = pa >> ROOT_BLOCK_SHIFT;
	struct cpu *cpu = this_cpu();

	if (pa >= machine_reach || machine_block_hidden(block))
		return false;
	if (!cpu->mtrr.valid)
		mtrr_read(&cpu->mtrr, cpu->caps.maxphyaddr);
	if (mtrr_is_memory(&cpu->mtrr, block << ROOT_BLOCK_SHIFT, ROOT_BLOCK_SIZE)) {
		remember(block);
		return true;
	}
	return mtrr_is_memory(&cpu->mtrr, pa & ~(u64)PAGE_4K_MASK, PAGE_4K_SIZE);
}

/* The stack has the return address, and above it the argument, which becomes the result. */
asm(".pushsection .text.machine_look_quietly, \"ax\"\n"
    ".globl machine_look_quietly\n"
    "machine_look_quietly:\n\t"
    "push %rax\n\t"
    "push %rcx\n\t"
    "push %rdx\n\t"
    "push %rbx\n\t"
    "push %rsi\n\t"
    "push %rdi\n\t"
    "push %r8\n\t"
    "push %r9\n\t"
    "push %r10\n\t"
    "push %r11\n\t"
    "push %r12\n\t"
    "push %r13\n\t"
    "push %r14\n\t"
    "push %r15\n\t"
    "mov 14*8+8(%rsp), %rdi\n\t"
    "call machine_look\n\t"
    "movzbl %al, %eax\n\t"
    "mov %rax, 14*8+8(%rsp)\n\t"
    "pop %r15\n\t"
    "pop %r14\n\t"
    "pop %r13\n\t"
    "pop %r12\n\t"
    "pop %r11\n\t"
    "pop %r10\n\t"
    "pop %r9\n\t"
    "pop %r8\n\t"
    "pop %rdi\n\t"
    "pop %rsi\n\t"
    "pop %rbx\n\t"
    "pop %rdx\n\t"
    "pop %rcx\n\t"
    "pop %rax\n\t"
    "ret\n"
    ".popsection\n");
