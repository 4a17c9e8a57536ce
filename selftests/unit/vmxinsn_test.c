// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMX instructions of L1: when they do not exist, when they fault, operands in memory and in
 * registers, with 32 and with 64 bits.
 */
#include "vmcs/slot.h"
#include "duo.h"
#include "arch/errors.h"
#include "ram.h"
#include "unit.h"

static const u32 instructions[] = {
	EXIT_REASON_VMCALL, EXIT_REASON_VMCLEAR, EXIT_REASON_VMLAUNCH, EXIT_REASON_VMPTRLD,
	EXIT_REASON_VMPTRST, EXIT_REASON_VMREAD, EXIT_REASON_VMRESUME, EXIT_REASON_VMWRITE,
	EXIT_REASON_VMXOFF, EXIT_REASON_VMXON, EXIT_REASON_INVEPT, EXIT_REASON_INVVPID,
};

static void start(enum processor_model model)
{
	l1_start(model, NULL);
	l1_setup(0);
}

static bool faulted(struct result result, u8 vector)
{
	return result.outcome == DONE_FAULT && result.fault.vector == vector;
}

/* None changes anything but the fault. */
static void no_instruction_exists_in_other_modes(void)
{
	static const enum l1_mode modes[] = { L1_COMPAT, L1_V8086, L1_REAL };
	u64 rip, flags;
	unsigned int i, j;

	start(MODEL_BROADWELL);
	for (i = 0; i < ARRAY_SIZE(modes); i++) {
		l1_set_mode(modes[i]);
		rip = l1_state(FI_GUEST_RIP);
		flags = l1_state(FI_GUEST_RFLAGS) & X86_EFLAGS_VM;
		for (j = 0; j < ARRAY_SIZE(instructions); j++) {
			/* VMCALL's page does not ask for protected mode. */
			if (modes[i] == L1_REAL && instructions[j] == EXIT_REASON_VMCALL)
				continue;
			CHECK(faulted(l1_execute(instructions[j], INFO_MEMORY(0), L1_OPERAND),
				      UD_VECTOR));
			CHECK_EQ(l1_state(FI_GUEST_RIP), rip);
			CHECK_EQ(l1_state(FI_GUEST_RFLAGS) & X86_EFLAGS_VM, flags);
		}
	}
}

static void only_vmxon_exists_outside_vmx_operation(void)
{
	unsigned int i;

	l1_start(MODEL_BROADWELL, NULL);
	for (i = 0; i < ARRAY_SIZE(instructions); i++) {
		if (instructions[i] != EXIT_REASON_VMXON)
			CHECK(faulted(l1_execute(instructions[i], INFO_MEMORY(0), L1_OPERAND),
				      UD_VECTOR));
	}
	/* Nor does it with CR4.VMXE = 0, as L1 sees it. */
	l1_set_state(FI_CR4_READ_SHADOW, X86_CR4_PAE);
	CHECK(faulted(l1_pointer(EXIT_REASON_VMXON, L1_VMXON), UD_VECTOR));
	l1_set_state(FI_CR4_READ_SHADOW, X86_CR4_PAE | X86_CR4_VMXE);
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	CHECK_EQ(shared.l1_vmx, 1);
	CHECK_EQ(shared.vmxon_ptr, L1_VMXON);
}

static void privileged(void)
{
	unsigned int i, cpl;

	start(MODEL_BROADWELL);
	for (cpl = 1; cpl < 4; cpl++) {
		l1_set_state(FI_GUEST_SS_AR_BYTES, 0xc093 | cpl << VMX_AR_DPL_SHIFT);
		l1_set_state(FI_GUEST_CS_AR_BYTES, 0xa09b | cpl << VMX_AR_DPL_SHIFT);
		for (i = 0; i < ARRAY_SIZE(instructions); i++) {
			struct result result =
				l1_execute(instructions[i], INFO_MEMORY(0), L1_OPERAND);

			CHECK(faulted(result, GP_VECTOR));
			CHECK(result.fault.has_error);
			CHECK_EQ(result.fault.error, 0);
		}
	}
	CHECK(shared.stats.insns[VMX_VMREAD][VMX_FAULT] == 3);
}

/* SDM "VMXON": CR0 and CR4 must be as VMX operation wants them; CR0.NE as L1 sees it. */
static void vmxon_wants_control_registers(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	l1_set_state(FI_CR0_READ_SHADOW, 0);
	CHECK(faulted(l1_pointer(EXIT_REASON_VMXON, L1_VMXON), GP_VECTOR));
	l1_set_state(FI_CR0_READ_SHADOW, X86_CR0_NE);
	l1_set_state(FI_GUEST_CR4, X86_CR4_PAE | X86_CR4_VMXE | X86_CR4_LA57);
	CHECK(faulted(l1_pointer(EXIT_REASON_VMXON, L1_VMXON), GP_VECTOR));
	l1_set_mode(L1_LONG);
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
}

static void vmxon_operand(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, L1_VMXON + 1).outcome, DONE_FAIL_INVALID);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, BIT_ULL(39) + L1_VMXON).outcome, DONE_FAIL_INVALID);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, L1_PAGES).outcome, DONE_FAIL_INVALID);
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, RAM_HIDDEN).outcome, DONE_FAIL_INVALID);
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, L1_VMXON).outcome, DONE_FAIL_INVALID);
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, L1_VMXON_2).error,
		 VMXERR_VMXON_IN_VMX_ROOT_OPERATION);
}

static void narrow_pointers(struct vmx_caps *caps)
{
	caps->basic |= VMX_BASIC_32BIT_PHYS_ADDR_ONLY;
}

static void pointers_with_32_bits(void)
{
	l1_start(MODEL_BROADWELL, narrow_pointers);
	ram_set32(RAM_HIGH, VMX_BASIC_REVISION(processor_caps.basic));
	CHECK_EQ(l1_pointer(EXIT_REASON_VMXON, RAM_HIGH).outcome, DONE_FAIL_INVALID);
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	l1_start(MODEL_BROADWELL, NULL);
	ram_set32(RAM_HIGH, VMX_BASIC_REVISION(processor_caps.basic));
	l1_must(l1_pointer(EXIT_REASON_VMXON, RAM_HIGH));
}

static void vmptrst_stores_the_pointer(void)
{
	u64 pointer;

	l1_start(MODEL_BROADWELL, NULL);
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	l1_must(l1_vmptrst(&pointer));
	CHECK_EQ(pointer, VMX_NO_VMCS);
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(3)));
	l1_must(l1_vmptrst(&pointer));
	CHECK_EQ(pointer, L1_VMCS(3));
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(3)));
	l1_must(l1_vmptrst(&pointer));
	CHECK_EQ(pointer, VMX_NO_VMCS);
}

static void vmcall_in_root_operation(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	CHECK_EQ(l1_execute(EXIT_REASON_VMCALL, 0, 0).outcome, DONE_FAIL_INVALID);
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(0)));
	CHECK_EQ(l1_execute(EXIT_REASON_VMCALL, 0, 0).error, VMXERR_VMCALL_IN_VMX_ROOT_OPERATION);
}

/* The last byte of the operand is where nothing is mapped: nothing happens but the fault. */
#define LAST_OF_LINEAR	(0x200000000ull - 4)

static void operands_that_fault(void)
{
	static const u32 reads[] = {
		EXIT_REASON_VMCLEAR, EXIT_REASON_VMPTRLD, EXIT_REASON_VMWRITE, EXIT_REASON_INVEPT,
		EXIT_REASON_INVVPID,
	};
	struct result result;
	unsigned int i;

	start(MODEL_BROADWELL);
	for (i = 0; i < ARRAY_SIZE(reads); i++) {
		gpr[GPR_RCX] = reads[i] == EXIT_REASON_VMWRITE ? GUEST_RIP : 1;
		result = l1_execute(reads[i], INFO_MEMORY(GPR_RCX), LAST_OF_LINEAR);
		CHECK(faulted(result, PF_VECTOR));
		CHECK_EQ(result.fault.error, 0);
		CHECK_EQ(result.fault.cr2, LAST_OF_LINEAR + 4);
		CHECK(faulted(l1_execute(reads[i], INFO_MEMORY(GPR_RCX), 0x800000000000),
			      GP_VECTOR));
		/* SS makes it #SS(0). */
		CHECK(faulted(l1_execute(reads[i], (INFO_MEMORY(GPR_RCX) & ~(7u << 15)) | 2u << 15,
					 0x7ffffffffffd), SS_VECTOR));
	}
	gpr[GPR_RCX] = GUEST_RIP;
	result = l1_execute(EXIT_REASON_VMPTRST, INFO_MEMORY(0), LAST_OF_LINEAR);
	CHECK(faulted(result, PF_VECTOR));
	CHECK_EQ(result.fault.error, X86_PF_WRITE);
	result = l1_execute(EXIT_REASON_VMREAD, INFO_MEMORY(GPR_RCX), LAST_OF_LINEAR);
	CHECK(faulted(result, PF_VECTOR));
	CHECK(faulted(l1_execute(EXIT_REASON_VMPTRST, INFO_MEMORY(0), 0x800000000000), GP_VECTOR));
	CHECK(slot_find(&nested, L1_VMCS(0)));
	l1_must(l1_vmxoff());
	CHECK(faulted(l1_execute(EXIT_REASON_VMXON, INFO_MEMORY(0), LAST_OF_LINEAR), PF_VECTOR));
}

/* RFLAGS.RF is set for the handler, so that an instruction breakpoint does not hit again. */
static void faults_set_rf(void)
{
	start(MODEL_BROADWELL);
	l1_set_state(FI_GUEST_SS_AR_BYTES, 0xc0f3);
	l1_set_state(FI_VM_EXIT_REASON, EXIT_REASON_VMXOFF);
	vmxinsn_execute(&nested, EXIT_REASON_VMXOFF);
	CHECK(l1_state(FI_GUEST_RFLAGS) & X86_EFLAGS_RF);
	CHECK_EQ(l1_state(FI_VM_ENTRY_INTR_INFO_FIELD), INTR_INFO_VALID_MASK | 0xb00 | GP_VECTOR);
	l1_take_event();
}

/* SDM "Instruction Breakpoint Exception Condition": a trap pushes RF as it is. */
static void debug_exceptions_keep_rf(void)
{
	struct fault fault;

	start(MODEL_BROADWELL);
	l1_set_state(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED);
	fault_set(&fault, DB_VECTOR);
	guest_inject(&fault);
	CHECK_EQ(l1_take_event(), INTR_INFO_VALID_MASK | 0x300 | DB_VECTOR);
	CHECK_EQ(l1_pushed_rflags, X86_EFLAGS_FIXED);
}

static u64 before_cmpxchg;

/* Another processor changes the entry each time. */
static void restless(u64 pa)
{
	before_cmpxchg++;
	ram_set64(pa, ram_get64(pa) ^ BIT_ULL(52));
}

/* L1's own tables never rest: the instruction is left to be executed again. */
static void page_tables_that_never_rest(void)
{
	start(MODEL_BROADWELL);
	ram_set64(L1_PML4, ram_get64(L1_PML4) & ~PTE_A);
	processor.breakpoint[0] = L1_OPERAND;
	l1_set_state(FI_GUEST_DR7, 0x30402);
	memory_before_cmpxchg = restless;
	CHECK_EQ(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(1)).outcome, DONE_AGAIN);
	CHECK(before_cmpxchg > 4);
	/* An instruction breakpoint there has been met already; a data breakpoint has not. */
	CHECK(l1_state(FI_GUEST_RFLAGS) & X86_EFLAGS_RF);
	CHECK_EQ(l1_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), 0);
	memory_before_cmpxchg = NULL;
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(1)));
}

/* Register and memory forms, with 64 and with 32 bits; what is beside the operand stays. */
static void vmread_and_vmwrite_forms(void)
{
	const u64 value = 0x1122334455667788;
	u64 read;

	start(MODEL_WESTMERE);
	ram_set64(L1_DESCRIPTOR, value);
	gpr[GPR_R9] = GUEST_RIP;
	l1_must(l1_execute(EXIT_REASON_VMWRITE, INFO_MEMORY(GPR_R9), L1_DESCRIPTOR));
	l1_must(l1_vmread(GUEST_RIP, &read));
	CHECK_EQ(read, value);
	ram_set64(L1_DESCRIPTOR + 8, ~0ull);
	l1_must(l1_execute(EXIT_REASON_VMREAD, INFO_MEMORY(GPR_R9), L1_DESCRIPTOR + 8));
	CHECK_EQ(ram_get64(L1_DESCRIPTOR + 8), value);

	/* RSP is not among the saved registers. */
	l1_must(l1_execute(EXIT_REASON_VMREAD, INFO_REGISTER(GPR_RSP, GPR_R9), 0));
	CHECK_EQ(l1_state(FI_GUEST_RSP), value);
	l1_set_state(FI_GUEST_RSP, 0x8000);
	l1_must(l1_execute(EXIT_REASON_VMWRITE, INFO_REGISTER(GPR_RSP, GPR_R9), 0));
	l1_must(l1_vmread(GUEST_RIP, &read));
	CHECK_EQ(read, 0x8000);

	l1_set_mode(L1_PROTECTED);
	ram_set64(L1_DESCRIPTOR + 8, ~0ull);
	l1_must(l1_execute(EXIT_REASON_VMWRITE, INFO_MEMORY32(GPR_R9), L1_DESCRIPTOR));
	l1_must(l1_execute(EXIT_REASON_VMREAD, INFO_MEMORY32(GPR_R9), L1_DESCRIPTOR + 8));
	CHECK_EQ(ram_get64(L1_DESCRIPTOR + 8), 0xffffffff55667788);
	/* The upper half of the encoding's register is no part of it. */
	gpr[GPR_R9] = 0xabcdef0000000000 | GUEST_RIP;
	gpr[GPR_RBX] = ~0ull;
	l1_must(l1_execute(EXIT_REASON_VMREAD, INFO_REGISTER(GPR_RBX, GPR_R9), 0));
	CHECK_EQ(gpr[GPR_RBX], 0x55667788);
	l1_set_mode(L1_LONG);
	CHECK_EQ(l1_execute(EXIT_REASON_VMREAD, INFO_REGISTER(GPR_RBX, GPR_R9), 0).error,
		 VMXERR_UNSUPPORTED_VMCS_COMPONENT);
}

/* Without a current VMCS the operand is not even looked at. */
static void no_current_vmcs_comes_before_the_operand(void)
{
	l1_start(MODEL_BROADWELL, NULL);
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	CHECK_EQ(l1_execute(EXIT_REASON_VMREAD, INFO_MEMORY(0), LAST_OF_LINEAR).outcome,
		 DONE_FAIL_INVALID);
	CHECK_EQ(l1_execute(EXIT_REASON_VMWRITE, INFO_MEMORY(0), LAST_OF_LINEAR).outcome,
		 DONE_FAIL_INVALID);
}

static void index_base_and_segment(void)
{
	/* [r12 + rdx * 4 + displacement], in FS */
	const u32 info = 2u | 2u << 7 | 4u << 15 | (u32)GPR_RDX << 18 | (u32)GPR_R12 << 23;

	start(MODEL_BROADWELL);
	gpr[GPR_R12] = 0x1000;
	gpr[GPR_RDX] = 0x100;
	l1_set_state(FI_GUEST_FS_BASE, 0x2000);
	ram_set64(0x2000 + 0x1000 + 0x400 + 0x2000 - 8, L1_VMCS(5));
	l1_must(l1_execute(EXIT_REASON_VMPTRLD, info, 0x2000 - 8ull));
	CHECK_EQ(shared.current_vmcs, L1_VMCS(5));
	/* A segment that does not exist is no other than DS. */
	ram_set64(L1_OPERAND, L1_VMCS(6));
	l1_must(l1_execute(EXIT_REASON_VMPTRLD, INFO_MEMORY(0) | 7u << 15, L1_OPERAND));
	CHECK_EQ(shared.current_vmcs, L1_VMCS(6));
}

/* Protection keys deny data accesses; their registers are asked for only where they are on. */
static void protection_keys(void)
{
	struct result result;

	start(MODEL_ALL);
	l1_set_state(FI_GUEST_CR4, X86_CR4_PAE | X86_CR4_VMXE | X86_CR4_PKE);
	ram_set64(L1_PML4, ram_get64(L1_PML4) | PTE_US);
	ram_set64(L1_PDPT, ram_get64(L1_PDPT) | PTE_US | 5ull << PTE_PKEY_SHIFT);
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0)));
	processor.pkru = 1u << 10;
	result = l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0));
	CHECK(faulted(result, PF_VECTOR));
	CHECK_EQ(result.fault.error, X86_PF_PROT | X86_PF_PK);

	/* Supervisor keys, and IA32_PKRS. */
	l1_set_state(FI_GUEST_CR4, X86_CR4_PAE | X86_CR4_VMXE | X86_CR4_PKS);
	ram_set64(L1_PDPT, ram_get64(L1_PDPT) & ~PTE_US);
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0)));
	processor.pkrs = 1u << 10;
	CHECK(faulted(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(0)), PF_VECTOR));
}

static void with_masking(struct vmx_caps *caps)
{
	caps->cr4_fixed1 |= X86_CR4_LAM_SUP;
}

/* Linear-address masking: what is above the address in a pointer does not count. */
static void masked_operands(void)
{
	const u64 tag = 0x0055000000000000;
	u64 cr3;

	l1_start(MODEL_BROADWELL, with_masking);
	l1_setup(0);
	cr3 = l1_state(FI_GUEST_CR3);
	ram_set64(L1_OPERAND, L1_VMCS(1));
	CHECK(faulted(l1_execute(EXIT_REASON_VMPTRLD, INFO_MEMORY(0), tag | L1_OPERAND),
		      GP_VECTOR));
	l1_set_state(FI_GUEST_CR3, cr3 | X86_CR3_LAM_U48);
	processor.breakpoint[0] = L1_OPERAND;
	l1_set_state(FI_GUEST_DR7, 0x30402);
	l1_must(l1_execute(EXIT_REASON_VMPTRLD, INFO_MEMORY(0), tag | L1_OPERAND));
	CHECK_EQ(shared.current_vmcs, L1_VMCS(1));
	CHECK_EQ(l1_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), PENDING_DBG_BREAKPOINT | BIT(0));
	l1_set_state(FI_GUEST_CR3, cr3 | X86_CR3_LAM_U57);
	CHECK(faulted(l1_execute(EXIT_REASON_VMPTRLD, INFO_MEMORY(0), tag | L1_OPERAND),
		      GP_VECTOR));
	l1_must(l1_execute(EXIT_REASON_VMPTRLD, INFO_MEMORY(0), 0x5a00000000000000 | L1_OPERAND));
	/* Nothing is mapped where the kernel's pointers point to. */
	CHECK(faulted(l1_execute(EXIT_REASON_VMPTRLD, INFO_MEMORY(0), 0xfff0ffffffffff00),
		      GP_VECTOR));
	l1_set_state(FI_GUEST_CR4, l1_state(FI_GUEST_CR4) | X86_CR4_LAM_SUP);
	CHECK(faulted(l1_execute(EXIT_REASON_VMPTRLD, INFO_MEMORY(0), 0xfff0ffffffffff00),
		      PF_VECTOR));
	CHECK_EQ(processor.cr2, 0xffffffffffffff00);
}

/* PAE paging: the PDPTEs are those of the processor, not of memory. */
static void pae_paging(void)
{
	start(MODEL_BROADWELL);
	l1_set_mode(L1_PROTECTED);
	l1_set_state(FI_GUEST_CR4, X86_CR4_PAE | X86_CR4_VMXE);
	l1_set_state(FI_GUEST_PDPTR0, L1_PAGES | PTE_P);
	ram_set64(L1_PAGES, PTE_P | PTE_RW | PTE_PS);
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(2)));
	l1_set_state(FI_GUEST_PDPTR0, 0);
	CHECK(faulted(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(2)), PF_VECTOR));
}

/* A 32-bit L1's RIP stays within 32 bits. */
static void the_next_instruction(void)
{
	start(MODEL_BROADWELL);
	l1_set_mode(L1_PROTECTED);
	l1_set_state(FI_GUEST_RIP, 0xfffffffe);
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(1)));
	CHECK_EQ(l1_state(FI_GUEST_RIP), 1);

	/* Interrupt shadows end; a single-step trap is due; RF goes. */
	l1_set_mode(L1_LONG);
	l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_STI);
	l1_set_state(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED | X86_EFLAGS_TF | X86_EFLAGS_RF);
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(1)));
	CHECK_EQ(l1_state(FI_GUEST_INTERRUPTIBILITY_INFO), 0);
	CHECK_EQ(l1_state(FI_GUEST_PENDING_DBG_EXCEPTIONS), PENDING_DBG_BS);
	CHECK_EQ(l1_state(FI_GUEST_RFLAGS), X86_EFLAGS_FIXED | X86_EFLAGS_TF);
}

static void invept_and_invvpid(void)
{
	unsigned int type;
	u64 eptp;

	duo_start(MODEL_BROADWELL, NULL);
	duo_setup(0);
	eptp = duo_valid(FI_EPT_POINTER);
	for (type = 0; type < 5; type++) {
		duo_invept(type, eptp);
		duo_invept(type, eptp | 0x100);
		duo_invept((u64)type | BIT_ULL(32), eptp);
		duo_invvpid(type, 0, 0);
		duo_invvpid(type, 7, 0);
		duo_invvpid(type, 0x10000, 0);
		duo_invvpid(type, 7, 0x0000800000000000);
		duo_invvpid(type, 7, 0xffff800000000000);
	}
	CHECK_EQ(l1_invvpid(1, 9, 0).outcome, DONE_SUCCEED);
	CHECK_EQ(processor.last_invvpid.type, 1);
	CHECK_EQ(processor.last_invvpid.vpid, 9);
	/* Should the processor refuse what looks right, L1 hears of it. */
	processor.invvpid_fails = true;
	CHECK_EQ(l1_invvpid(1, 9, 0).error, VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
}

/* SDM "INVEPT", "INVVPID", operation: what the type says is judged before memory is read. */
static void types_before_operands(void)
{
	static const u32 reasons[] = { EXIT_REASON_INVEPT, EXIT_REASON_INVVPID };
	struct result result;
	unsigned int i;

	start(MODEL_BROADWELL);
	for (i = 0; i < ARRAY_SIZE(reasons); i++) {
		gpr[GPR_RCX] = 4;
		result = l1_execute(reasons[i], INFO_MEMORY(GPR_RCX), LAST_OF_LINEAR);
		CHECK_EQ(result.outcome, DONE_FAIL_VALID);
		CHECK_EQ(result.error, VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
		gpr[GPR_RCX] = 2;
		result = l1_execute(reasons[i], INFO_MEMORY(GPR_RCX), LAST_OF_LINEAR);
		CHECK(faulted(result, PF_VECTOR));
	}
}

static void their_exit_reasons(void)
{
	u32 reason, found = 0;

	for (reason = 0; reason < NR_EXIT_REASONS; reason++)
		found += vmxinsn_is_one(reason);
	CHECK_EQ(found, ARRAY_SIZE(instructions));
	l1_start(MODEL_BROADWELL, NULL);
	CHECK(!vmxinsn_is_one(EXIT_REASON_CPUID));
}

/* VMRESUME has a way of its own; what is seldom must come to the same. */
static void vmresume_from_everywhere(void)
{
	const struct l2_exit hlt = { .reason = EXIT_REASON_HLT };

	duo_start(MODEL_BROADWELL, NULL);
	duo_setup(0);
	l1_must(duo_enter(EXIT_REASON_VMLAUNCH));
	duo_exit(&hlt);
	/* A conforming code segment does not tell the privilege level. */
	l1_set_state(FI_GUEST_CS_AR_BYTES, 0xa09f);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
	duo_exit(&hlt);
	l1_set_state(FI_GUEST_CS_AR_BYTES, 0xa0fb);
	l1_set_state(FI_GUEST_SS_AR_BYTES, 0xc0f3);
	CHECK(faulted(l1_enter(EXIT_REASON_VMRESUME), GP_VECTOR));
	l1_set_mode(L1_LONG);
	l1_set_state(FI_GUEST_INTERRUPTIBILITY_INFO, GUEST_INTR_STATE_MOV_SS);
	CHECK_EQ(duo_enter(EXIT_REASON_VMRESUME).error, VMXERR_ENTRY_EVENTS_BLOCKED_BY_MOV_SS);
	l1_must(duo_enter(EXIT_REASON_VMRESUME));
}

static const struct unit_test tests[] = {
	TEST(no_instruction_exists_in_other_modes),
	TEST(only_vmxon_exists_outside_vmx_operation),
	TEST(privileged),
	TEST(vmxon_wants_control_registers),
	TEST(vmxon_operand),
	TEST(pointers_with_32_bits),
	TEST(vmptrst_stores_the_pointer),
	TEST(vmcall_in_root_operation),
	TEST(operands_that_fault),
	TEST(faults_set_rf),
	TEST(debug_exceptions_keep_rf),
	TEST(page_tables_that_never_rest),
	TEST(vmread_and_vmwrite_forms),
	TEST(no_current_vmcs_comes_before_the_operand),
	TEST(index_base_and_segment),
	TEST(protection_keys),
	TEST(masked_operands),
	TEST(pae_paging),
	TEST(the_next_instruction),
	TEST(invept_and_invvpid),
	TEST(types_before_operands),
	TEST(their_exit_reasons),
	TEST(vmresume_from_everywhere),
};

UNIT_MAIN(tests)
