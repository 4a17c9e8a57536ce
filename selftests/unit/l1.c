// SPDX-License-Identifier: GPL-2.0-only
/* L1 on the model machine, and the part of root that stands between it and nested/. */
#include <string.h>

#include "broken.h"
#include "arch/errors.h"
#include "l1/guestmem.h"
#include "l1.h"
#include "model_entry.h"
#include "ram.h"
#include "decode/fields.h"

#define VMCS01		RAM_HIDDEN
#define POOL_START	(RAM_HIDDEN + 0x1000)
#define MSR_BITMAP_01	(RAM_HIDDEN + 0x1000)
#define EPT01		(0x0ull | 0x1e)
#define LENGTH		3
#define ARITHMETIC							\
	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF | X86_EFLAGS_SF |	\
	 X86_EFLAGS_OF)

struct nested nested;
struct root_shared shared;
u64 gpr[NR_GPRS];

/* L1's VMLAUNCH or VMRESUME has ended in an exit. */
static bool got_exit;

/* What will be noted in the window before the next VM entry. */
static struct {
	bool nmi;
	bool mc;
} window;

static struct {
	bool armed;
	u32 reason;
	u64 qualification;
} refusal;

/* Root's host state, as VMCS01 has it; that of VMCS02 must be the same. */
static const struct {
	enum field_index field;
	u64 value;
} root_host[] = {
	{ FI_HOST_CR0, 0x80050033 }, { FI_HOST_CR3, 0x7000 }, { FI_HOST_CR4, 0x2020 },
	{ FI_HOST_CS_SELECTOR, 0x08 }, { FI_HOST_SS_SELECTOR, 0x10 }, { FI_HOST_DS_SELECTOR, 0 },
	{ FI_HOST_ES_SELECTOR, 0 }, { FI_HOST_FS_SELECTOR, 0 }, { FI_HOST_GS_SELECTOR, 0 },
	{ FI_HOST_TR_SELECTOR, 0x18 }, { FI_HOST_FS_BASE, 0 }, { FI_HOST_GS_BASE, 0 },
	{ FI_HOST_TR_BASE, 0xffff800000402000 }, { FI_HOST_GDTR_BASE, 0xffff800000403000 },
	{ FI_HOST_IDTR_BASE, 0xffff800000404000 }, { FI_HOST_IA32_SYSENTER_CS, 0 },
	{ FI_HOST_IA32_SYSENTER_ESP, 0 }, { FI_HOST_IA32_SYSENTER_EIP, 0 },
	{ FI_HOST_IA32_PAT, 0x0007040600070406 }, { FI_HOST_IA32_EFER, 0xd00 },
	{ FI_HOST_RSP, 0xffff800000405000 }, { FI_HOST_RIP, 0xffffffff80001000 },
};

static u32 adjust(struct vmx_ctls ctls, u32 want)
{
	return (want & ctls.allowed1) | ctls.allowed0;
}

static void put(enum field_index field, u64 value)
{
	if (processor.has[field])
		processor_vmcs(VMCS01)->field[field] = value;
}

static u32 *region(u64 pa)
{
	return (u32 *)(void *)ram_own(pa);
}

static void fill_controls(const struct vmx_caps *caps)
{
	put(FI_PIN_BASED_VM_EXEC_CONTROL, adjust(caps->pin, 0));
	put(FI_CPU_BASED_VM_EXEC_CONTROL,
	    adjust(caps->proc, CPU_BASED_USE_MSR_BITMAPS | CPU_BASED_ACTIVATE_SECONDARY_CONTROLS));
	put(FI_SECONDARY_VM_EXEC_CONTROL,
	    adjust(caps->proc2, SECONDARY_EXEC_ENABLE_EPT | SECONDARY_EXEC_UNRESTRICTED_GUEST |
					SECONDARY_EXEC_ENABLE_VPID));
	put(FI_VM_EXIT_CONTROLS,
	    adjust(caps->exit, VM_EXIT_HOST_ADDR_SPACE_SIZE | VM_EXIT_SAVE_DEBUG_CONTROLS |
				       VM_EXIT_SAVE_IA32_EFER | VM_EXIT_LOAD_IA32_EFER |
				       VM_EXIT_SAVE_IA32_PAT | VM_EXIT_LOAD_IA32_PAT));
	put(FI_VM_ENTRY_CONTROLS,
	    adjust(caps->entry, VM_ENTRY_IA32E_MODE | VM_ENTRY_LOAD_DEBUG_CONTROLS |
					VM_ENTRY_LOAD_IA32_EFER | VM_ENTRY_LOAD_IA32_PAT));
	put(FI_MSR_BITMAP, MSR_BITMAP_01);
	put(FI_EPT_POINTER, EPT01);
	put(FI_VIRTUAL_PROCESSOR_ID, VPID_L1);
	put(FI_VMCS_LINK_POINTER, VMX_NO_VMCS);
	put(FI_CR4_GUEST_HOST_MASK, X86_CR4_VMXE);
	put(FI_CR4_READ_SHADOW, X86_CR4_PAE | X86_CR4_VMXE);
	put(FI_CR0_GUEST_HOST_MASK, X86_CR0_NE);
	put(FI_CR0_READ_SHADOW, X86_CR0_NE);
}

static void fill_l1(void)
{
	unsigned int seg;

	for (seg = SEG_ES; seg <= SEG_GS; seg++) {
		put((enum field_index)(FI_GUEST_ES_LIMIT + seg), 0xffffffff);
		put((enum field_index)(FI_GUEST_ES_SELECTOR + seg), seg == SEG_CS ? 0x10 : 0x18);
	}
	put(FI_GUEST_IA32_PAT, 0x0007040600070406);
	put(FI_GUEST_DR7, 0x400);
	put(FI_GUEST_RIP, 0xffffffff81000000);
	put(FI_GUEST_RSP, 0x8000);
	put(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED);
	put(FI_VM_EXIT_INSTRUCTION_LEN, LENGTH);
	l1_set_mode(L1_LONG);
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
	unsigned int i;

	processor_reset(model);
	if (change)
		change(&processor_caps);
	processor_features();
	ram_reset();
	fill_page_tables();
	fill_regions();
	memset(&refusal, 0, sizeof(refusal));
	memset(&window, 0, sizeof(window));
	memset(&nested, 0, sizeof(nested));
	memset(&shared, 0, sizeof(shared));
	memset(gpr, 0, sizeof(gpr));
	*region(VMCS01) = VMX_BASIC_REVISION(processor_caps.basic);
	hw_vmptrld(VMCS01);
	fill_controls(&processor_caps);
	fill_l1();
	for (i = 0; i < ARRAY_SIZE(root_host); i++)
		put(root_host[i].field, root_host[i].value);
	processor_vmcs(VMCS01)->launched = true;
	pool_add(&nested.pool, POOL_START + 0x1000, RAM_HIDDEN + RAM_BLOCK_SIZE / 2);
	pool_add(&nested.pool, RAM_HIDDEN + RAM_BLOCK_SIZE, RAM_HIDDEN_END);
	nested_init(&nested, &processor_caps, &shared, VMCS01, EPT01, true);
	nested.gpr = gpr;
}

static void set_code(u32 ar, u64 cr0, u64 efer)
{
	put(FI_GUEST_CS_AR_BYTES, ar);
	put(FI_GUEST_CR0, cr0);
	put(FI_GUEST_IA32_EFER, efer);
	put(FI_VM_ENTRY_CONTROLS,
	    (l1_state(FI_VM_ENTRY_CONTROLS) & ~(u64)VM_ENTRY_IA32E_MODE) |
		    (efer & EFER_LMA ? VM_ENTRY_IA32E_MODE : 0));
}

void l1_set_mode(enum l1_mode mode)
{
	const u64 flat = X86_CR0_PE | X86_CR0_NE | X86_CR0_ET;
	const u64 long_efer = EFER_LME | EFER_LMA | EFER_NX;
	unsigned int seg;

	for (seg = SEG_ES; seg <= SEG_GS; seg++)
		put((enum field_index)(FI_GUEST_ES_AR_BYTES + seg), 0xc093);
	put(FI_GUEST_CR3, mode == L1_PROTECTED ? L1_PD32 : L1_PML4);
	put(FI_GUEST_CR4, (mode == L1_PROTECTED ? X86_CR4_PSE : X86_CR4_PAE) | X86_CR4_VMXE);
	put(FI_GUEST_RFLAGS, X86_EFLAGS_FIXED | (mode == L1_V8086 ? X86_EFLAGS_VM : 0));
	switch (mode) {
	case L1_LONG:
		set_code(0xa09b, flat | X86_CR0_PG, long_efer);
		break;
	case L1_COMPAT:
		set_code(0xc09b, flat | X86_CR0_PG, long_efer);
		break;
	case L1_REAL:
		set_code(0x9b, flat & ~X86_CR0_PE, 0);
		break;
	default:
		set_code(0xc09b, flat | X86_CR0_PG, 0);
	}
}

u64 l1_state(enum field_index field)
{
	return processor_vmcs(VMCS01)->field[field];
}

void l1_set_state(enum field_index field, u64 value)
{
	put(field, value);
}

u64 hw_state(enum field_index field)
{
	return processor.current->field[field];
}

/* What the processor does with VMCS02 before it can say more than yes or no. */
static void check_vmcs02(void)
{
	unsigned int i;

	if (processor.current->region != nested.current->vmcs02)
		broken("L2 is about to run on %#llx", processor.current->region);
	if (processor.current->launched == nested.launch)
		broken("VM%s of a VMCS02 that is %s", nested.launch ? "LAUNCH" : "RESUME",
		       processor.current->launched ? "launched" : "clear");
	for (i = 0; i < ARRAY_SIZE(root_host); i++) {
		if (hw_state(root_host[i].field) != root_host[i].value &&
		    !(nested.probing && root_host[i].field == FI_HOST_TR_SELECTOR))
			broken("root's host state is gone: %s is %#llx",
			       field_name(root_host[i].field), hw_state(root_host[i].field));
	}
	if (processor.has[FI_SECONDARY_VM_EXEC_CONTROL] &&
	    (hw_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_ENABLE_PML))
		broken("VMCS02 logs pages");
	if (hw_state(FI_VM_EXIT_CONTROLS) & VM_EXIT_LOAD_CET_STATE)
		broken("exits of VMCS02 load the CET state of root, which has none");
	if (hw_state(FI_VM_EXIT_MSR_LOAD_COUNT) || hw_state(FI_VM_EXIT_MSR_STORE_COUNT))
		broken("VMCS02 has VM-exit MSR lists");
	if (ram_hidden(hw_state(FI_EPT_POINTER)) != true)
		broken("L2 is about to run on EPT tables at %#llx", hw_state(FI_EPT_POINTER));
	model_check_pages(processor.current->field);
}

static void run_entry_list(struct l2_exit *exit)
{
	u64 at = hw_state(FI_VM_ENTRY_MSR_LOAD_ADDR);
	u32 count = hw_state(FI_VM_ENTRY_MSR_LOAD_COUNT), i, index;

	for (i = 0; i < count; i++, at += 16) {
		if (!ram_at(at) || !ram_at(at + 8))
			index = 0xffffffff;
		else
			index = ram_get32(at);
		if (index == 0xffffffff || !hw_wrmsr(index, ram_get64(at + 8))) {
			*exit = (struct l2_exit){
				.reason = EXIT_REASON_MSR_LOAD_FAIL |
					  VMX_EXIT_REASON_FAILED_VMENTRY,
				.qualification = i + 1,
			};
			return;
		}
	}
}

/* Root's last steps and the processor's first: true if L2 runs. */
static bool try_entry(void)
{
	struct model_entry verdict;
	struct l2_exit failure = {};

	check_vmcs02();
	verdict = model_entry(processor.current->field, &processor_caps, processor.current->region,
			      true);
	if (refusal.armed && refusal.reason < 32 && !verdict.error) {
		verdict.error = refusal.reason;
		refusal.armed = false;
	}
	if (verdict.error) {
		processor.current->field[FI_VM_INSTRUCTION_ERROR] = verdict.error;
		nested_entry_refused(&nested, X86_EFLAGS_ZF);
		return false;
	}
	failure.reason = verdict.exit_reason;
	failure.qualification = verdict.qualification;
	if (!failure.reason && refusal.armed) {
		failure.reason = refusal.reason | VMX_EXIT_REASON_FAILED_VMENTRY;
		failure.qualification = refusal.qualification;
	}
	refusal.armed = false;
	if (!failure.reason)
		hw_load_cet();
	if (!failure.reason && (hw_state(FI_VM_ENTRY_CONTROLS) & VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL))
		hw_wrmsr(MSR_CORE_PERF_GLOBAL_CTRL, hw_state(FI_GUEST_IA32_PERF_GLOBAL_CTRL));
	if (!failure.reason)
		run_entry_list(&failure);
	if (failure.reason) {
		processor.current->field[FI_VM_EXIT_REASON] = failure.reason;
		processor.current->field[FI_EXIT_QUALIFICATION] = failure.qualification;
		nested_l2_exit(&nested, failure.reason);
		got_exit = true;
		return false;
	}
	processor.current->launched = true;
	nested.launch = false;
	return true;
}

void l2_refuse(u32 reason, u64 qualification)
{
	refusal.armed = true;
	refusal.reason = reason;
	refusal.qualification = qualification;
}

/* As dispatch_noted() does, right before VM entry. */
static void deliver_noted(void)
{
	if (window.nmi)
		nested_note_nmi(&nested);
	if (window.mc)
		nested.mc_pending = true;
	if (window.nmi || window.mc)
		nested_deliver_noted(&nested);
	window.nmi = false;
	window.mc = false;
}

/* As dispatch_exit() ends, and what follows it. */
static void resume(void)
{
	bool in_l2 = nested.in_l2;

	if (nested.pending && !nested.nmi_window)
		nested_deliver_noted(&nested);
	deliver_noted();
	if (in_l2 && !nested.in_l2)
		got_exit = true;
	if (nested.in_l2)
		try_entry();
	check_promises();
	if (!nested.in_l2)
		hw_load_cet();
}

void check_promises(void)
{
	if (nested.in_l2) {
		if (!nested.current || processor.current->region != nested.current->vmcs02)
			broken("L2 runs, and another VMCS is current");
		return;
	}
	if (!processor.current || processor.current->region != VMCS01)
		broken("L1 runs, and VMCS01 is not current");
	if (nested.launch)
		broken("VMLAUNCH of VMCS01");
	if (hw_state(FI_VM_ENTRY_MSR_LOAD_COUNT))
		broken("VMCS01 has an MSR list");
}

static struct result outcome(u64 rip)
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
	put(FI_VM_EXIT_REASON, reason);
	put(FI_VMX_INSTRUCTION_INFO, info);
	put(FI_EXIT_QUALIFICATION, qualification);
	/* Flags of before must not survive. */
	put(FI_GUEST_RFLAGS, l1_state(FI_GUEST_RFLAGS) | (processor.tsc++ & 1 ? ARITHMETIC : 0));
	got_exit = false;
	hw_save_cet();
	if (reason == EXIT_REASON_VMRESUME)
		nested_vmresume(&nested);
	else
		nested_vmx_instruction(&nested, reason);
	resume();
	return outcome(rip);
}

u32 l1_take_event(void)
{
	u32 event = l1_state(FI_VM_ENTRY_INTR_INFO_FIELD);

	if (!(event & INTR_INFO_VALID_MASK))
		return 0;
	put(FI_VM_ENTRY_INTR_INFO_FIELD, event & ~INTR_INFO_VALID_MASK);
	put(FI_GUEST_RFLAGS, l1_state(FI_GUEST_RFLAGS) & ~X86_EFLAGS_RF);
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

void l1_setup(unsigned int vmcs)
{
	l1_must(l1_pointer(EXIT_REASON_VMXON, L1_VMXON));
	l1_must(l1_pointer(EXIT_REASON_VMCLEAR, L1_VMCS(vmcs)));
	l1_must(l1_pointer(EXIT_REASON_VMPTRLD, L1_VMCS(vmcs)));
}

void l2_set_state(enum field_index field, u64 value)
{
	if (field >= FI_GUEST_S_CET && field <= FI_GUEST_INTR_SSP_TABLE) {
		if (hw_has_cet())
			processor.cet[field - FI_GUEST_S_CET] = value;
		return;
	}
	if (processor.has[field])
		processor.current->field[field] = value;
}

static void write_exit(const struct l2_exit *exit)
{
	l2_set_state(FI_VM_EXIT_REASON, exit->reason);
	l2_set_state(FI_EXIT_QUALIFICATION, exit->qualification);
	l2_set_state(FI_VM_EXIT_INTR_INFO, exit->intr_info);
	l2_set_state(FI_VM_EXIT_INTR_ERROR_CODE, exit->intr_error);
	l2_set_state(FI_IDT_VECTORING_INFO_FIELD, exit->idt_info);
	l2_set_state(FI_IDT_VECTORING_ERROR_CODE, exit->idt_error);
	l2_set_state(FI_VM_EXIT_INSTRUCTION_LEN, exit->length);
	l2_set_state(FI_VMX_INSTRUCTION_INFO, exit->insn_info);
	l2_set_state(FI_GUEST_PHYSICAL_ADDRESS, exit->gpa);
	l2_set_state(FI_GUEST_LINEAR_ADDRESS, exit->linear);
	l2_set_state(FI_VM_ENTRY_INTR_INFO_FIELD,
		     hw_state(FI_VM_ENTRY_INTR_INFO_FIELD) & ~(u64)INTR_INFO_VALID_MASK);
}

bool l2_exits(const struct l2_exit *exit)
{
	if (!nested.in_l2)
		broken("an exit of L2, which does not run");
	write_exit(exit);
	hw_save_cet();
	nested_l2_exit(&nested, exit->reason);
	resume();
	return !nested.in_l2;
}

void l1_note_nmi(void)
{
	window.nmi = true;
	deliver_noted();
}

void l1_note_mc(void)
{
	window.mc = true;
	deliver_noted();
}

void l1_note_in_window(bool nmi, bool mc)
{
	window.nmi = nmi;
	window.mc = mc;
}

/* SDM "VMREAD", "VMWRITE": in VMX non-root operation, with VMCS shadowing. */
static bool l2_shadowed(bool write, u64 encoding)
{
	u64 bitmap = hw_state(write ? FI_VMWRITE_BITMAP : FI_VMREAD_BITMAP);

	if (!processor.has[FI_VMREAD_BITMAP] || encoding >> 15 ||
	    !(hw_state(FI_SECONDARY_VM_EXEC_CONTROL) & SECONDARY_EXEC_SHADOW_VMCS))
		return false;
	return !(*ram_at(bitmap + encoding / 8) >> (encoding % 8) & 1);
}

static struct result l2_fails(u32 error)
{
	l2_set_state(FI_VM_INSTRUCTION_ERROR, error);
	return (struct result){ .outcome = DONE_FAIL_VALID, .error = error };
}

static struct result l2_shadow_access(bool write, u64 encoding, u64 *value)
{
	u64 link = hw_state(FI_VMCS_LINK_POINTER);
	struct hw_vmcs *vmcs02 = processor.current, *vmcs;
	int field = field_index(encoding);

	if (link == VMX_NO_VMCS)
		return (struct result){ .outcome = DONE_FAIL_INVALID };
	if (field < 0 || !processor.has[field])
		return l2_fails(VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	if (write && field_read_only((enum field_index)field) &&
	    !(processor_caps.misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS))
		return l2_fails(VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT);
	vmcs = processor_vmcs(link);
	if (!vmcs || !vmcs->shadow)
		broken("VMCS02 links %#llx, which is no shadow VMCS", link);
	processor.current = vmcs;
	if (write)
		hw_vmwrite(encoding, *value);
	else
		*value = hw_vmread(encoding);
	processor.current = vmcs02;
	return (struct result){};
}

struct result l2_vmx_access(bool write, u64 encoding, u64 *value)
{
	const struct l2_exit exit = {
		.reason = write ? EXIT_REASON_VMWRITE : EXIT_REASON_VMREAD,
		.insn_info = INFO_REGISTER(GPR_RBX, GPR_RCX),
		.length = 3,
	};

	gpr[GPR_RCX] = encoding;
	if (!l2_shadowed(write, encoding)) {
		if (l2_exits(&exit))
			return (struct result){ .outcome = DONE_EXITED };
		if (!l2_shadowed(write, encoding))
			broken("L2 does not get past an access to field %#llx", encoding);
	}
	return l2_shadow_access(write, encoding, value);
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

bool machine_rdmsr(struct nested *n, u32 msr, u64 *value)
{
	(void)n;
	return hw_rdmsr(msr, value);
}

bool machine_wrmsr(struct nested *n, u32 msr, u64 value)
{
	(void)n;
	return hw_wrmsr(msr, value);
}

u32 machine_init(void)
{
	processor.inits++;
	return PROCESSOR_SIGNATURE;
}

u8 machine_memory_type(struct nested *n, u64 pa, u64 size)
{
	(void)n;
	/* The legacy video memory makes the first large page a mixture. */
	if (pa < 0x100000 && pa + size > 0xa0000)
		return pa >= 0xa0000 && pa + size <= 0xc0000 ? MEM_TYPE_UC :
		       pa + size <= 0x100000 && pa >= 0xc0000 ? MEM_TYPE_WP : 0xff;
	return pa >= RAM_HOLE && pa < RAM_HIGH ? MEM_TYPE_UC : MEM_TYPE_WB;
}

/* EPT02 */

#define EPT_ENTRY_ADDRESS	GENMASK_ULL(51, 12)
#define EPT_ENTRY_PRESENT	(VMX_EPT_RWX_MASK | VMX_EPT_USER_EXECUTABLE_MASK)

static bool table_seen[(RAM_HIDDEN_END - RAM_HIDDEN) >> 12];

static void see_table(u64 pa)
{
	bool *seen = &table_seen[(pa - RAM_HIDDEN) >> 12];

	if (!ram_hidden(pa))
		broken("EPT02 has a table at %#llx", pa);
	if (*seen)
		broken("EPT02 has the table at %#llx twice", pa);
	*seen = true;
}

static void check_leaf(u64 entry, int level)
{
	u64 pa = entry & EPT_ENTRY_ADDRESS, size = 1ull << (12 + 9 * (level - 1));

	if (pa == nested.sink && level == 1)
		return;
	if (pa < RAM_HIDDEN_END && pa + size > RAM_HIDDEN)
		broken("EPT02 maps %#llx, level %d", pa, level);
	if (level > 1 && (pa & (size - 1)))
		broken("EPT02 maps a large page at %#llx", pa);
}

static unsigned int check_table(u64 pa, int level)
{
	const u64 *table = (const u64 *)(const void *)ram_own(pa);
	unsigned int i, leaves = 0;

	see_table(pa);
	for (i = 0; i < 512; i++) {
		if (!(table[i] & EPT_ENTRY_PRESENT))
			continue;
		if (level == 1 || (table[i] & VMX_EPT_LEAF_BIT)) {
			check_leaf(table[i], level);
			leaves++;
		} else {
			leaves += check_table(table[i] & EPT_ENTRY_ADDRESS, level - 1);
		}
	}
	return leaves;
}

static int levels_of(u64 eptp)
{
	return eptp != EPTP12_NONE && (eptp & VMX_EPTP_PWL_MASK) == VMX_EPTP_PWL_5 ? 5 : 4;
}

static void check_sppt02(u64 pa, int level)
{
	const u64 *table = (const u64 *)(const void *)ram_own(pa);
	unsigned int i;

	see_table(pa);
	for (i = 0; level > 1 && i < 512; i++) {
		if (table[i] & 1)
			check_sppt02(table[i] & EPT_ENTRY_ADDRESS, level - 1);
	}
}

unsigned int check_ept02(void)
{
	unsigned int i, leaves = 0;

	memset(table_seen, 0, sizeof(table_seen));
	if (nested.sppt02.root)
		check_sppt02(nested.sppt02.root, 4);
	for (i = 0; i < NR_EPT02_ROOTS; i++) {
		if (nested.ept02.roots[i].eptp12)
			leaves += check_table(nested.ept02.roots[i].root,
					      levels_of(nested.ept02.roots[i].eptp12));
	}
	return leaves;
}
