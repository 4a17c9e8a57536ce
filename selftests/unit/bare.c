// SPDX-License-Identifier: GPL-2.0-only
/* The bare processor: its VMX instructions, but for entries. */
#include <stdlib.h>
#include <string.h>

#include "bare.h"
#include "broken.h"
#include "arch/errors.h"
#include "model_entry.h"
#include "ram.h"
#include "decode/fields.h"

struct bare bare;

static const struct vmx_caps *caps = &processor_caps;

/* Fields by encoding, plus one; both halves of those with 64 bits. */
static u8 by_encoding[0x8000];

static void fill_by_encoding(void)
{
	unsigned int i;

	for (i = 0; i < NR_FIELDS; i++) {
		by_encoding[field_table[i].encoding] = (u8)(i + 1);
		if (field_table[i].width == FIELD_WIDTH_64)
			by_encoding[field_table[i].encoding + 1] = (u8)(i + 1);
	}
}

void bare_reset(void)
{
	unsigned int i;

	for (i = 0; i < bare.nr; i++)
		free(bare.vmcs[i]);
	memset(&bare, 0, sizeof(bare));
	fill_by_encoding();
}

static struct bare_vmcs *region(u64 address)
{
	unsigned int i;

	for (i = 0; i < bare.nr; i++) {
		if (bare.vmcs[i]->address == address)
			return bare.vmcs[i];
	}
	if (bare.nr == BARE_MAX_VMCS)
		broken("more than %d VMCSs", BARE_MAX_VMCS);
	bare.vmcs[bare.nr] = calloc(1, sizeof(struct bare_vmcs));
	bare.vmcs[bare.nr]->address = address;
	return bare.vmcs[bare.nr++];
}

static struct result succeed(void)
{
	return (struct result){ .outcome = DONE_SUCCEED };
}

struct result bare_fail_invalid(void)
{
	return (struct result){ .outcome = DONE_FAIL_INVALID };
}

struct result bare_fail(u32 error)
{
	if (!bare.current)
		return bare_fail_invalid();
	bare.current->field[FI_VM_INSTRUCTION_ERROR] = error;
	return (struct result){ .outcome = DONE_FAIL_VALID, .error = error };
}

struct result bare_fault(u8 vector)
{
	struct result result = { .outcome = DONE_FAULT };

	result.fault.vector = vector;
	result.fault.has_error = vector == GP_VECTOR;
	return result;
}

bool bare_undefined(void)
{
	if (l1_state(FI_GUEST_RFLAGS) & X86_EFLAGS_VM)
		return true;
	return (l1_state(FI_GUEST_IA32_EFER) & EFER_LMA) &&
	       !(l1_state(FI_GUEST_CS_AR_BYTES) & VMX_AR_L);
}

static bool pointer_ok(u64 pointer)
{
	u64 width = caps->basic & VMX_BASIC_32BIT_PHYS_ADDR_ONLY ? 32 : caps->maxphyaddr;

	return !(pointer & 0xfff) && !(pointer >> width);
}

static u32 revision(u64 pointer)
{
	u32 value = 0xffffffff;

	if (ram_at(pointer))
		memcpy(&value, ram_at(pointer), sizeof(value));
	return value;
}

static struct result vmxon(u64 pointer)
{
	if (bare.in_vmx)
		return bare_fail(VMXERR_VMXON_IN_VMX_ROOT_OPERATION);
	if (!pointer_ok(pointer) || revision(pointer) != VMX_BASIC_REVISION(caps->basic))
		return bare_fail_invalid();
	bare.in_vmx = true;
	bare.vmxon = pointer;
	bare.current = NULL;
	return succeed();
}

static struct result vmclear(u64 pointer)
{
	if (!pointer_ok(pointer))
		return bare_fail(VMXERR_VMCLEAR_INVALID_ADDRESS);
	if (pointer == bare.vmxon)
		return bare_fail(VMXERR_VMCLEAR_VMXON_POINTER);
	region(pointer)->launched = false;
	if (bare.current && bare.current->address == pointer)
		bare.current = NULL;
	return succeed();
}

static struct result vmptrld(u64 pointer)
{
	u32 shadow_bit = caps->proc2.allowed1 & SECONDARY_EXEC_SHADOW_VMCS ? 1u << 31 : 0;

	if (!pointer_ok(pointer))
		return bare_fail(VMXERR_VMPTRLD_INVALID_ADDRESS);
	if (pointer == bare.vmxon)
		return bare_fail(VMXERR_VMPTRLD_VMXON_POINTER);
	if ((revision(pointer) & ~shadow_bit) != VMX_BASIC_REVISION(caps->basic))
		return bare_fail(VMXERR_VMPTRLD_INCORRECT_VMCS_REVISION_ID);
	bare.current = region(pointer);
	bare.current->shadow = revision(pointer) >> 31;
	return succeed();
}

struct result bare_pointer(u32 reason, u64 pointer)
{
	if (reason == EXIT_REASON_VMXON && !bare_undefined())
		return vmxon(pointer);
	if (!bare.in_vmx || bare_undefined())
		return bare_fault(UD_VECTOR);
	return reason == EXIT_REASON_VMCLEAR ? vmclear(pointer) : vmptrld(pointer);
}

struct result bare_vmxoff(void)
{
	if (!bare.in_vmx || bare_undefined())
		return bare_fault(UD_VECTOR);
	bare.in_vmx = false;
	bare.current = NULL;
	return succeed();
}

/* Which field, and does it exist? */
static int named(u64 encoding, bool long_mode)
{
	int field;

	if (!long_mode)
		encoding = (u32)encoding;
	if (encoding >= ARRAY_SIZE(by_encoding))
		return -1;
	field = by_encoding[encoding] - 1;
	return field >= 0 && processor.has[field] ? field : -1;
}

struct result bare_vmread(u64 encoding, bool long_mode, u64 *value)
{
	int field;

	if (!bare.in_vmx || bare_undefined())
		return bare_fault(UD_VECTOR);
	if (!bare.current)
		return bare_fail_invalid();
	field = named(encoding, long_mode);
	if (field < 0)
		return bare_fail(VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	*value = bare.current->field[field];
	if (encoding & 1)
		*value >>= 32;
	if (!long_mode)
		*value = (u32)*value;
	return succeed();
}

static u64 written(int field, bool high, bool long_mode, u64 old, u64 value)
{
	switch (field_table[field].width) {
	case FIELD_WIDTH_16:
		return (u16)value;
	case FIELD_WIDTH_32:
		return (u32)value;
	case FIELD_WIDTH_NATURAL:
		return long_mode ? value : (u32)value;
	default:
		if (high)
			return (u32)old | value << 32;
		return long_mode ? value : (old & 0xffffffff00000000) | (u32)value;
	}
}

struct result bare_vmwrite(u64 encoding, bool long_mode, u64 value)
{
	int field;

	if (!bare.in_vmx || bare_undefined())
		return bare_fault(UD_VECTOR);
	if (!bare.current)
		return bare_fail_invalid();
	field = named(encoding, long_mode);
	if (field < 0)
		return bare_fail(VMXERR_UNSUPPORTED_VMCS_COMPONENT);
	if (field_read_only((enum field_index)field) &&
	    !(caps->misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS))
		return bare_fail(VMXERR_VMWRITE_READ_ONLY_VMCS_COMPONENT);
	bare.current->field[field] =
		written(field, encoding & 1, long_mode, bare.current->field[field], value);
	if (long_mode && !(encoding & 1))
		bare.current->undefined[field] = false;
	return succeed();
}

static bool ept_vpid(unsigned int bit)
{
	return caps->ept_vpid >> bit & 1;
}

/* Descriptor bits 127:64 are reserved, and no cause of failure. */
struct result bare_invept(u64 type, u64 eptp)
{
	if (!bare.in_vmx || bare_undefined() || !ept_vpid(20) ||
	    !(caps->proc2.allowed1 & SECONDARY_EXEC_ENABLE_EPT))
		return bare_fault(UD_VECTOR);
	if ((type == 1 && ept_vpid(25) && model_eptp_valid(caps, eptp)) ||
	    (type == 2 && ept_vpid(26)))
		return succeed();
	return bare_fail(VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
}

struct result bare_invvpid(u64 type, u64 vpid, u64 linear)
{
	bool la57 = l1_state(FI_GUEST_CR4) & X86_CR4_LA57;
	s64 sign = (s64)(linear << (la57 ? 7 : 16)) >> 63;

	if (!bare.in_vmx || bare_undefined() || !ept_vpid(32) ||
	    !(caps->proc2.allowed1 & SECONDARY_EXEC_ENABLE_VPID))
		return bare_fault(UD_VECTOR);
	if (type > 3 || !ept_vpid(40 + (unsigned int)type) || vpid >> 16 || (type != 2 && !vpid))
		return bare_fail(VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
	if (type == 0 && linear >> (la57 ? 56 : 47) != (u64)sign >> (la57 ? 56 : 47))
		return bare_fail(VMXERR_INVALID_OPERAND_TO_INVEPT_INVVPID);
	return succeed();
}
