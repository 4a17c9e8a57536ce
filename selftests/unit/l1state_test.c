// SPDX-License-Identifier: GPL-2.0-only
/* L1's control registers, as Nestor owns some of their bits; INIT. */
#include <string.h>

#include "duo.h"
#include "ram.h"
#include "unit.h"

#define CR_WRITE(cr, gpr)	((cr) | (u64)(gpr) << 8)
#define CR_READ(cr)		((cr) | 1ull << 4)

/* MOV to a control register; did it fault? */
static bool mov_to_cr(unsigned int cr, u64 value, bool allow_vmx)
{
	u64 rip = l1_state(FI_GUEST_RIP);
	u32 event;

	gpr[GPR_RBX] = value;
	l1_set_state(FI_EXIT_QUALIFICATION, CR_WRITE(cr, GPR_RBX));
	CHECK(l1state_cr_access(&nested, allow_vmx));
	event = l1_take_event();
	if (!event) {
		CHECK_EQ(l1_state(FI_GUEST_RIP), rip + l1_state(FI_VM_EXIT_INSTRUCTION_LEN));
		return false;
	}
	CHECK_EQ(event, INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK | 0x300 | GP_VECTOR);
	CHECK_EQ(l1_state(FI_GUEST_RIP), rip);
	return true;
}

static u64 cr0(void)
{
	u64 mask = l1_state(FI_CR0_GUEST_HOST_MASK);

	return (l1_state(FI_GUEST_CR0) & ~mask) | (l1_state(FI_CR0_READ_SHADOW) & mask);
}

static u64 cr4(void)
{
	u64 mask = l1_state(FI_CR4_GUEST_HOST_MASK);

	return (l1_state(FI_GUEST_CR4) & ~mask) | (l1_state(FI_CR4_READ_SHADOW) & mask);
}

#define CR4	(X86_CR4_PAE)

static void vmxe_is_l1s_to_see(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	CHECK(!mov_to_cr(4, CR4, true));
	CHECK_EQ(cr4(), CR4);
	CHECK(l1_state(FI_GUEST_CR4) & X86_CR4_VMXE);
	CHECK(!mov_to_cr(4, CR4 | X86_CR4_VMXE, true));
	CHECK_EQ(cr4(), CR4 | X86_CR4_VMXE);
	/* Where VMX is hidden the bit is a reserved one. */
	CHECK(mov_to_cr(4, CR4 | X86_CR4_VMXE, false));
	CHECK(!mov_to_cr(4, CR4, false));
	/* In VMX operation it cannot be cleared. */
	CHECK(!mov_to_cr(4, CR4 | X86_CR4_VMXE, true));
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	CHECK(mov_to_cr(4, CR4, true));
	CHECK_EQ(cr4(), CR4 | X86_CR4_VMXE);
	l1_must(l1_vmxoff());
	CHECK(!mov_to_cr(4, CR4, true));
}

static void cr4_faults(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	CHECK(mov_to_cr(4, CR4 | BIT_ULL(63), true));
	CHECK(mov_to_cr(4, 0, true));
	CHECK(mov_to_cr(4, CR4 | X86_CR4_LA57, true));
	l1_set_state(FI_GUEST_CR3, L1_PML4 | 1);
	CHECK(mov_to_cr(4, CR4 | X86_CR4_PCIDE, true));
	l1_set_state(FI_GUEST_CR3, L1_PML4);
	CHECK(!mov_to_cr(4, CR4 | X86_CR4_PCIDE, true));
	/* LA57 cannot change in IA-32e mode even where the processor has it. */
	l1_start(MODEL_ALL, NULL);
	CHECK(mov_to_cr(4, CR4 | X86_CR4_LA57, true));
	l1_set_mode(L1_PROTECTED);
	l1_set_state(FI_GUEST_RIP, 0xc0000000);
	CHECK(mov_to_cr(4, X86_CR4_PCIDE, true));
	/* Outside 64-bit mode the upper half of the register is no part of the operand. */
	CHECK(!mov_to_cr(4, BIT_ULL(63) | X86_CR4_LA57, true));
}

static void changes_of_cr4_that_flush(void)
{
	unsigned int before;

	l1_start(MODEL_BROADWELL, NULL);
	before = processor.invvpids;
	CHECK(!mov_to_cr(4, CR4 | X86_CR4_VMXE, true));
	CHECK_EQ(processor.invvpids, before);
	CHECK(!mov_to_cr(4, CR4 | X86_CR4_VMXE | X86_CR4_PGE, true));
	CHECK_EQ(processor.invvpids, before + 1);
	CHECK_EQ(processor.last_invvpid.vpid, VPID_L1);
}

#define CR0	(X86_CR0_PE | X86_CR0_PG | X86_CR0_ET)

static void without_vpid(struct vmx_caps *caps)
{
	caps->proc2.allowed1 &= ~SECONDARY_EXEC_ENABLE_VPID;
	caps->ept_vpid &= VMX_VPID_INVVPID_BIT - 1;
}

static void without_invvpid(struct vmx_caps *caps)
{
	caps->ept_vpid &= VMX_VPID_INVVPID_BIT - 1;
}

/* The processor forgets L1's mappings on each entry then, and INVVPID would be #UD in root. */
static void no_vpid_and_nothing_to_flush(void)
{
	static void (*const change[])(struct vmx_caps *caps) = { without_vpid, without_invvpid };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(change); i++) {
		l1_start(MODEL_BROADWELL, change[i]);
		CHECK(!(l1_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_ENABLE_VPID));
		CHECK(!mov_to_cr(4, CR4 | X86_CR4_PGE, true));
		CHECK(!mov_to_cr(0, CR0 | X86_CR0_NE, true));
		l1state_load_init(&nested);
		CHECK_EQ(processor.invvpids, 0);
	}
}

static void ne_is_l1s_to_see(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	CHECK(!mov_to_cr(0, CR0, true));
	CHECK_EQ(cr0(), CR0);
	CHECK(l1_state(FI_GUEST_CR0) & X86_CR0_NE);
	CHECK(!mov_to_cr(0, CR0 | X86_CR0_NE, true));
	CHECK_EQ(cr0(), CR0 | X86_CR0_NE);
	/* VMX operation fixes bits, and L1 sees them. */
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	CHECK(mov_to_cr(0, CR0, true));
	CHECK(mov_to_cr(0, X86_CR0_PE | X86_CR0_NE, true));
	CHECK_EQ(cr0(), CR0 | X86_CR0_NE);
	CHECK(!mov_to_cr(0, CR0 | X86_CR0_NE | X86_CR0_TS, true));
	l1_must(l1_vmxoff());
	CHECK(!mov_to_cr(0, CR0, true));
}

static void cr0_faults(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	CHECK(mov_to_cr(0, CR0 | BIT_ULL(32), true));
	CHECK(mov_to_cr(0, X86_CR0_PG, true));
	CHECK(mov_to_cr(0, CR0 | X86_CR0_NW, true));
	CHECK(!mov_to_cr(0, CR0 | X86_CR0_NW | X86_CR0_CD, true));
}

static bool ia32e_mode(void)
{
	bool lma = l1_state(FI_GUEST_IA32_EFER) & EFER_LMA;

	CHECK_EQ(!!(l1_state(FI_VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE), lma);
	return lma;
}

/* Protected mode without paging, as a processor is on its way to IA-32e mode. */
static void without_paging(u64 cr4, u64 efer)
{
	l1_start(MODEL_BROADWELL, NULL);
	l1_set_mode(L1_PROTECTED);
	l1_set_state(FI_GUEST_RIP, 0x1000);
	l1_set_state(FI_GUEST_CR0, X86_CR0_PE | X86_CR0_NE | X86_CR0_ET);
	l1_set_state(FI_CR0_READ_SHADOW, 0);
	l1_set_state(FI_GUEST_CR4, cr4 | X86_CR4_VMXE);
	l1_set_state(FI_GUEST_IA32_EFER, efer);
	l1_set_state(FI_GUEST_CR3, L1_PAGES);
}

/* A MOV to CR0 that exits because it changes NE may switch paging too, and with it the mode. */
static void paging_and_ne_in_one(void)
{
	without_paging(X86_CR4_PAE, EFER_LME);
	CHECK(!mov_to_cr(0, CR0 | X86_CR0_NE, true));
	CHECK_EQ(cr0(), CR0 | X86_CR0_NE);
	CHECK(ia32e_mode());
	CHECK(!mov_to_cr(0, X86_CR0_PE | X86_CR0_ET, true));
	CHECK(!ia32e_mode());
	CHECK_EQ(l1_state(FI_GUEST_IA32_EFER), EFER_LME);

	/* SDM "MOV - Move to/from Control Registers": what is #GP then */
	without_paging(0, EFER_LME);
	CHECK(mov_to_cr(0, CR0 | X86_CR0_NE, true));
	without_paging(X86_CR4_PAE, EFER_LME);
	l1_set_state(FI_GUEST_CS_AR_BYTES, 0xa09b);
	CHECK(mov_to_cr(0, CR0 | X86_CR0_NE, true));
	CHECK(!ia32e_mode());
	l1_start(MODEL_BROADWELL, NULL);
	CHECK(mov_to_cr(0, X86_CR0_PE | X86_CR0_ET, true));
	CHECK(ia32e_mode());
	l1_set_mode(L1_COMPAT);
	l1_set_state(FI_GUEST_RIP, 0x1000);
	l1_set_state(FI_GUEST_CR4, CR4 | X86_CR4_PCIDE | X86_CR4_VMXE);
	CHECK(mov_to_cr(0, X86_CR0_PE | X86_CR0_ET, true));
}

static void pae_paging_and_ne_in_one(void)
{
	without_paging(X86_CR4_PAE, 0);
	ram_set64(L1_PAGES, L1_PDPT | PTE_P);
	ram_set64(L1_PAGES + 8, BIT_ULL(63));
	CHECK(!mov_to_cr(0, CR0 | X86_CR0_NE, true));
	CHECK_EQ(l1_state(FI_GUEST_PDPTR0), L1_PDPT | PTE_P);
	CHECK(!ia32e_mode());
	without_paging(X86_CR4_PAE, 0);
	ram_set64(L1_PAGES + 24, L1_PDPT | PTE_P | PTE_RW);
	CHECK(mov_to_cr(0, CR0 | X86_CR0_NE, true));
	/* 32-bit paging has none. */
	without_paging(X86_CR4_PSE, 0);
	ram_set64(L1_PAGES + 24, L1_PDPT | PTE_P | PTE_RW);
	CHECK(!mov_to_cr(0, CR0 | X86_CR0_NE, true));
}

static void the_stack_pointer_as_operand(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	l1_set_state(FI_GUEST_RSP, CR4 | X86_CR4_PGE);
	l1_set_state(FI_EXIT_QUALIFICATION, CR_WRITE(4, GPR_RSP));
	CHECK(l1state_cr_access(&nested, true));
	CHECK_EQ(cr4(), CR4 | X86_CR4_PGE);
}

/* Exits that VMCS01 does not ask for. */
static void other_accesses_are_nobodys(void)
{
	static const u64 others[] = { CR_WRITE(3, 0), CR_WRITE(8, 0), CR_READ(0), 2 << 4, 3 << 4 };
	unsigned int i;

	l1_start(MODEL_BROADWELL, NULL);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		l1_set_state(FI_EXIT_QUALIFICATION, others[i]);
		CHECK(!l1state_cr_access(&nested, true));
	}
}

/* SDM, table "IA-32 and Intel 64 Processor States Following Power-up, Reset, or INIT" */
static void init(void)
{
	unsigned int seg;

	l1_start(MODEL_BROADWELL, NULL);
	memset(gpr, 0x55, sizeof(gpr));
	l1state_load_init(&nested);
	CHECK_EQ(l1_state(FI_GUEST_CS_SELECTOR), 0xf000);
	CHECK_EQ(l1_state(FI_GUEST_CS_BASE), 0xffff0000);
	CHECK_EQ(l1_state(FI_GUEST_RIP), 0xfff0);
	CHECK_EQ(l1_state(FI_GUEST_RFLAGS), 2);
	CHECK_EQ(processor.inits, 1);
	CHECK_EQ(cr0() & ~(X86_CR0_CD | X86_CR0_NW), X86_CR0_ET);
	CHECK_EQ(cr4(), 0);
	CHECK_EQ(l1_state(FI_GUEST_CR3), 0);
	CHECK_EQ(l1_state(FI_GUEST_IA32_EFER), 0);
	CHECK_EQ(l1_state(FI_GUEST_DR7), 0x400);
	CHECK(!(l1_state(FI_VM_ENTRY_CONTROLS) & VM_ENTRY_IA32E_MODE));
	for (seg = SEG_ES; seg <= SEG_GS; seg++) {
		CHECK_EQ(l1_state((enum field_index)(FI_GUEST_ES_LIMIT + seg)), 0xffff);
		CHECK_EQ(l1_state((enum field_index)(FI_GUEST_ES_AR_BYTES + seg)),
			 seg == SEG_CS ? 0x9b : 0x93);
	}
	CHECK_EQ(l1_state(FI_GUEST_LDTR_AR_BYTES), 0x82);
	CHECK_EQ(l1_state(FI_GUEST_TR_AR_BYTES), 0x8b);
	CHECK_EQ(l1_state(FI_GUEST_IDTR_LIMIT), 0xffff);
	for (seg = 0; seg < NR_GPRS; seg++)
		CHECK_EQ(gpr[seg], seg == GPR_RDX ? PROCESSOR_SIGNATURE : 0);
}

static void an_undefined_instruction(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	guest_inject_ud();
	CHECK_EQ(l1_take_event(), INTR_INFO_VALID_MASK | 0x300 | UD_VECTOR);
	guest_inject_gp();
	CHECK_EQ(l1_take_event(),
		 INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK | 0x300 | GP_VECTOR);
	CHECK(!guest_reinject());
}

/* The processor refuses VMCS01 if it is to push one there. */
static void real_mode_has_no_error_codes(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	l1_set_state(FI_GUEST_CR0, X86_CR0_NE | X86_CR0_ET);
	guest_inject_gp();
	CHECK_EQ(l1_take_event(), INTR_INFO_VALID_MASK | 0x300 | GP_VECTOR);
}

static const struct unit_test tests[] = {
	TEST(vmxe_is_l1s_to_see),
	TEST(cr4_faults),
	TEST(changes_of_cr4_that_flush),
	TEST(no_vpid_and_nothing_to_flush),
	TEST(ne_is_l1s_to_see),
	TEST(cr0_faults),
	TEST(paging_and_ne_in_one),
	TEST(pae_paging_and_ne_in_one),
	TEST(the_stack_pointer_as_operand),
	TEST(other_accesses_are_nobodys),
	TEST(init),
	TEST(an_undefined_instruction),
	TEST(real_mode_has_no_error_codes),
};

UNIT_MAIN(tests)
