// SPDX-License-Identifier: GPL-2.0-only
/* A VMX instruction of L1 that is being emulated: its operand in memory, its faults. */
#include "arch/msr.h"
#include "arch/x86.h"
#include "l1/breakpoint.h"
#include "l1/guest.h"
#include "l1/guestmem.h"
#include "l1/operand.h"
#include "machine/contract.h"
#include "run/insn.h"

void insn_raise(struct insn *insn, const struct fault *fault)
{
	stats(insn->n)->insns[insns_kind(insn->reason)][VMX_FAULT]++;
	guest_inject(fault);
}

void insn_raise_gp(struct insn *insn)
{
	struct fault fault;

	fault_set_error(&fault, GP_VECTOR, 0);
	insn_raise(insn, &fault);
}

static void fill_walk(struct insn *insn, struct walk_ctx *walk)
{
	const struct nested *n = insn->n;
	u64 pkrs = 0;
	unsigned int i;

	*walk = (struct walk_ctx){
		.cr0 = m_vmread(GUEST_CR0),
		.cr3 = m_vmread(GUEST_CR3),
		.cr4 = m_vmread(GUEST_CR4),
		.efer = m_vmread(GUEST_IA32_EFER),
		.rflags = m_vmread(GUEST_RFLAGS),
		.cpl = insn->cpl,
		.maxphyaddr = n->caps->maxphyaddr,
		.page1g = n->page1g,
	};
	if (walk->cr4 & X86_CR4_PKE)
		walk->pkru = m_rdpkru();
	if (walk->cr4 & X86_CR4_PKS)
		m_rdmsr_safe(MSR_IA32_PKRS, &pkrs);
	walk->pkrs = pkrs;
	if ((walk->cr4 & X86_CR4_PAE) && !(walk->efer & EFER_LMA)) {
		for (i = 0; i < 4; i++)
			walk->pdpte[i] = m_vmread(GUEST_PDPTR0 + 2 * i);
	}
}

/* SDM "Linear-Address Masking"; where it does not exist these bits are 0. */
static void fill_masking(struct operand_ctx *ctx)
{
	const u64 cr3 = m_vmread(GUEST_CR3);

	if (cr3 & X86_CR3_LAM_U57)
		ctx->lam_user = 57;
	else if (cr3 & X86_CR3_LAM_U48)
		ctx->lam_user = 48;
	if (m_vmread(GUEST_CR4) & X86_CR4_LAM_SUP)
		ctx->lam_supervisor = ctx->la57 ? 57 : 48;
}

static bool operand_address(struct insn *insn, unsigned int size, bool write, u64 *linear)
{
	unsigned int seg = insn->op.segment;
	struct operand_ctx ctx = {
		.gpr = insn->n->gpr,
		.long_mode = insn->long_mode,
		.la57 = m_vmread(GUEST_CR4) & X86_CR4_LA57,
	};
	struct fault fault;

	if (unlikely(insn->n->caps->cr4_fixed1 & X86_CR4_LAM_SUP))
		fill_masking(&ctx);
	insn->n->gpr[GPR_RSP] = m_vmread(GUEST_RSP);
	if (seg > SEG_GS)
		seg = SEG_DS;
	ctx.seg.base = m_vmread(GUEST_ES_BASE + 2 * seg);
	if (!insn->long_mode) {
		ctx.seg.selector = m_vmread(GUEST_ES_SELECTOR + 2 * seg);
		ctx.seg.limit = m_vmread(GUEST_ES_LIMIT + 2 * seg);
		ctx.seg.ar = m_vmread(GUEST_ES_AR_BYTES + 2 * seg);
	}
	if (!operand_linear(&ctx, &insn->op, m_vmread(EXIT_QUALIFICATION), size, write, linear,
			    &fault))
		return true;
	insn_raise(insn, &fault);
	return false;
}

/* An instruction that has accessed its operand raises no fault any more. */
static bool access_done(struct insn *insn, int result, const struct fault *fault)
{
	if (result == WALK_FAULT)
		insn_raise(insn, fault);
	else if (result == WALK_AGAIN)
		guest_retry();
	return result == WALK_OK;
}

bool insn_read_operand(struct insn *insn, void *buf, unsigned int size)
{
	struct walk_ctx walk;
	struct fault fault;
	u64 linear;

	if (!operand_address(insn, size, false, &linear))
		return false;
	fill_walk(insn, &walk);
	if (!access_done(insn, guestmem_read(&walk, linear, buf, size, &fault), &fault))
		return false;
	breakpoint_note(linear, size, false, insn->long_mode);
	return true;
}

bool insn_write_operand(struct insn *insn, const void *buf, unsigned int size)
{
	struct walk_ctx walk;
	struct fault fault;
	u64 linear;

	if (!operand_address(insn, size, true, &linear))
		return false;
	fill_walk(insn, &walk);
	if (!access_done(insn, guestmem_write(&walk, linear, buf, size, &fault), &fault))
		return false;
	breakpoint_note(linear, size, true, insn->long_mode);
	return true;
}
