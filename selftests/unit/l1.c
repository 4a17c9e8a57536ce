// SPDX-License-Identifier: GPL-2.0-only
/* L1 on the model machine: what it finds there, and its instructions. */
#include <string.h>

#include "broken.h"
#include "l1.h"
#include "promises.h"
#include "ram.h"
#include "root.h"
#include "vmcs01.h"
#include "arch/msr.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "arch/errors.h"

#define POOL_START	(RAM_HIDDEN + 0x1000)
#define ARITHMETIC							\
	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | X86_EFLAGS_SF |	\
	 X86_EFLAGS_OF)

static u32 *region(u64 pa)
{
	return (u32 *)(void *)ram_own(pa);
}

static void fill_page_tables(void)
{
	unsigned int i;

	ram_set64(L1_PML4, L1_PDPT | PTE_P | PTE_RW | PTE_A);
	for (i = 0; i < 8; i++)
		ram_set64(L1_PDPT + i * 8, (u64)i << 30 | PTE_P | PTE_RW | PTE_PS | PTE_A | PTE_D);
	for (i = 0; i < 8; i++)
		ram_set32(L1_PD32 + i * 4, i << 22 | PTE_P | PTE_RW | PTE_PS | PTE_A | PTE_D);
}

static void fill_regions(void)
{
	u32 revision = VMX_BASIC_REVISION(processor_caps.basic);
	unsigned int i;

	ram_set32(L1_VMXON, revision);
	ram_set32(L1_VMXON_2, revision);
	for (i = 0; i < 64; i++)
		ram_set32(L1_VMCS(i), revision);
}

void l1_start(enum processor_model model, void (*change)(struct vmx_caps *caps))
{
	processor_reset(model);
	if (change)
		change(&processor_caps);
	processor_features();
	ram_reset();
	fill_page_tables();
	fill_regions();
	root_begin();
	*region(VMCS01) = VMX_BASIC_REVISION(processor_caps.basic);
	hw_vmptrld(VMCS01);
	vmcs01_fill(&processor_caps);
	processor_vmcs(VMCS01)->launched = true;
	pool_add(&nested.pool, POOL_START + 0x1000, RAM_HIDDEN + RAM_BLOCK_SIZE / 2);
	pool_add(&nested.pool, RAM_HIDDEN + RAM_BLOCK_SIZE, RAM_HIDDEN_END);
	nested_init(&nested, &processor_caps, &shared, VMCS01, true);
	nested.gpr = gpr;
}

static struct result outcome(u64 rip, bool got_exit)
{
	struct result result = {};
	u64 flags = l1_state(FI_GUEST_RFLAGS);
	u32 event;

	if (nested.in_l2)
		return (struct result){ .outcome = DONE_ENTERED };
	event = l1_take_event();
	if (event) {
		result.outcome = DONE_FAULT;
		result.fault.vector = event & INTR_INFO_VECTOR_MASK;
		result.fault.has_error = event & INTR_INFO_DELIVER_CODE_MASK;
		if (result.fault.has_error)
			result.fault.error = l1_state(FI_VM_ENTRY_EXCEPTION_ERROR_CODE);
		if (result.fault.vector == PF_VECTOR)
			result.fault.cr2 = processor.cr2;
		return result;
	}
	if (got_exit) {
		result.outcome = DONE_EXITED;
		return result;
	}
	if (l1_state(FI_GUEST_RIP) == rip) {
		result.outcome = DONE_AGAIN;
		return result;
	}
	if (!(flags & ARITHMETIC))
		return result;
	if ((flags & ARITHMETIC) == X86_EFLAGS_CF) {
		result.outcome = DONE_FAIL_INVALID;
		return result;
	}
	if ((flags & ARITHMETIC) != X86_EFLAGS_ZF)
		broken("an instruction left RFLAGS %#llx", flags);
	result.outcome = DONE_FAIL_VALID;
	result.error = (u32)nested.current->value[FI_VM_INSTRUCTION_ERROR];
	return result;
}

struct result l1_execute(u32 reason, u32 info, u64 qualification)
{
	u64 rip = l1_state(FI_GUEST_RIP);

	check_promises();
	if (nested.in_l2)
		broken("L1 executes an instruction while L2 runs");
	l1_set_state(FI_VM_EXIT_REASON, reason);
	l1_set_state(FI_VMX_INSTRUCTION_INFO, info);
	l1_set_state(FI_EXIT_QUALIFICATION, qualification);
	/* Flags of before must not survive. */
	l1_set_state(FI_GUEST_RFLAGS,
		     l1_state(FI_GUEST_RFLAGS) | (processor.tsc++ & 1 ? ARITHMETIC : 0));
	hw_save_kept();
	if (reason == EXIT_REASON_VMRESUME)
		vmxinsn_vmresume(&nested);
	else
		vmxinsn_execute(&nested, reason);
	return outcome(rip, root_resume());
}

u64 l1_pushed_rflags;

u32 l1_take_event(void)
{
	u32 event = l1_state(FI_VM_ENTRY_INTR_INFO_FIELD);

	if (!(event & INTR_INFO_VALID_MASK))
		return 0;
	l1_set_state(FI_VM_ENTRY_INTR_INFO_FIELD, event & ~INTR_INFO_VALID_MASK);
	l1_pushed_rflags = l1_state(FI_GUEST_RFLAGS);
	l1_set_state(FI_GUEST_RFLAGS, l1_state(FI_GUEST_RFLAGS) & ~X86_EFLAGS_RF);
	return event;
}

static bool in_long_mode(void)
{
	return (l1_state(FI_GUEST_IA32_EFER) & EFER_LMA) &&
	       (l1_state(FI_GUEST_CS_AR_BYTES) & VMX_AR_L);
}

static u32 memory_info(unsigned int reg2)
{
	return in_long_mode() ? INFO_MEMORY(reg2) : INFO_MEMORY32(reg2);
}

struct result l1_pointer(u32 reason, u64 pointer)
{
	ram_set64(L1_OPERAND, pointer);
	return l1_execute(reason, memory_info(0), L1_OPERAND);
}

struct result l1_vmptrst(u64 *pointer)
{
	struct result result = l1_execute(EXIT_REASON_VMPTRST, memory_info(0), L1_OPERAND);

	*pointer = ram_get64(L1_OPERAND);
	return result;
}

struct result l1_vmxoff(void)
{
	return l1_execute(EXIT_REASON_VMXOFF, 0, 0);
}

/* SDM "VMCS Shadowing": which VMCS does the processor take, without an exit? */
static struct hw_vmcs *shadow_vmcs(u64 encoding, bool write)
{
	u64 bitmap = l1_state(write ? FI_VMWRITE_BITMAP : FI_VMREAD_BITMAP);
	u64 link = l1_state(FI_VMCS_LINK_POINTER);
	struct hw_vmcs *vmcs;

	if (!processor.has[FI_VMREAD_BITMAP] || encoding >> 15 ||
	    !(l1_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_SHADOW_VMCS) ||
	    (*ram_own(bitmap + encoding / 8) >> (encoding % 8) & 1))
		return NULL;
	if (link == VMX_NO_VMCS)
		broken("VMCS shadowing is on without a shadow VMCS");
	vmcs = processor_vmcs(link);
	if (!vmcs || !vmcs->shadow)
		broken("the VMCS link pointer names %#llx, which is no shadow VMCS", link);
	return vmcs;
}

/* Else #UD comes first. */
static bool instructions_exist(void)
{
	return !(l1_state(FI_GUEST_RFLAGS) & X86_EFLAGS_VM) &&
	       (in_long_mode() || !(l1_state(FI_GUEST_IA32_EFER) & EFER_LMA));
}

static bool shadow_access(u64 encoding, bool write, u64 *value)
{
	struct hw_vmcs *vmcs = shadow_vmcs(encoding, write), *old = processor.current;
	u64 operand = in_long_mode() ? *value : (u32)*value;

	if (!vmcs || !instructions_exist())
		return false;
	processor.current = vmcs;
	if (write)
		hw_vmwrite(encoding, operand);
	else
		*value = hw_vmread(encoding);
	processor.current = old;
	if (!write && !in_long_mode())
		*value = (u32)*value;
	return true;
}

struct result l1_vmread(u64 encoding, u64 *value)
{
	struct result result = {};

	if (shadow_access(encoding, false, value))
		return result;
	gpr[GPR_RCX] = encoding;
	result = l1_execute(EXIT_REASON_VMREAD, INFO_REGISTER(GPR_RAX, GPR_RCX), 0);
	*value = gpr[GPR_RAX];
	return result;
}

struct result l1_vmwrite(u64 encoding, u64 value)
{
	if (shadow_access(encoding, true, &value))
		return (struct result){};
	gpr[GPR_RCX] = encoding;
	gpr[GPR_RAX] = value;
	return l1_execute(EXIT_REASON_VMWRITE, INFO_REGISTER(GPR_RAX, GPR_RCX), 0);
}

static struct result invalidate(u32 reason, u64 type, u64 first, u64 second)
{
	ram_set64(L1_OPERAND, first);
	ram_set64(L1_OPERAND + 8, second);
	gpr[GPR_RDX] = type;
	return l1_execute(reason, memory_info(GPR_RDX), L1_OPERAND);
}

struct result l1_invept(u64 type, u64 eptp)
{
	return invalidate(EXIT_REASON_INVEPT, type, eptp, 0);
}

struct result l1_invvpid(u64 type, u64 vpid, u64 linear)
{
	return invalidate(EXIT_REASON_INVVPID, type, vpid, linear);
}

struct result l1_enter(u32 reason)
{
	return l1_execute(reason, 0, 0);
}

void l1_must(struct result result)
{
	if (result.outcome != DONE_SUCCEED && result.outcome != DONE_ENTERED)
		broken("what must succeed ended with %d, error %u, vector %u", result.outcome,
		       result.error, result.fault.vector);
}

void l1_list_entry(unsigned int i, u64 index, u64 value)
{
	ram_set64(L1_LISTS + i * 16, index);
	ram_set64(L1_LISTS + i * 16 + 8, value);
}

void l1_setup(unsigned int vmcs)
{
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(vmcs)));
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(vmcs)));
}

void l1_run_l2(void)
{
	l1_set_mode(L1_LONG);
	l1_must(l1_enter(nested.current->launched ? EXIT_REASON_VMRESUME : EXIT_REASON_VMLAUNCH));
}

void l1_leave_l2(void)
{
	const struct l2_exit exit = { .reason = EXIT_REASON_VMCALL };

	l2_exits(&exit);
	l1_set_mode(L1_LONG);
}

u64 read_field(u64 encoding)
{
	u64 value = 0;

	l1_must(l1_vmread(encoding, &value));
	return value;
}
