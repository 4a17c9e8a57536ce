// SPDX-License-Identifier: GPL-2.0-only
/* The model processor: VMCSs, MSRs, capabilities. */
#include <string.h>

#include "arch/vmx.h"
#include "arch/x86.h"
#include "broken.h"
#include "processor.h"
#include "ram.h"

#define FIRST_MSR	0x480
#define NR_CAP_MSRS	0x14

struct processor processor;
struct vmx_caps processor_caps;

const char *const processor_names[NR_MODELS] = { "broadwell", "all", "westmere", "no-true" };

/* IA32_VMX_BASIC and what follows. */
static const u64 models[NR_MODELS][NR_CAP_MSRS] = {
	[MODEL_BROADWELL] = {
		0x00d810000000002b, 0x0000007f00000016, 0xf7f9fffe0401e172, 0x007fffff00036dff,
		0x0000ffff000011ff, 0x200401e0, 0x80000021, 0xffffffff, 0x2000, 0x3727ff, 0x34,
		0x00057fff00000000, 0x00000f0106334141, 0x0000007f00000016, 0xf7f9fffe04006172,
		0x007fffff00036dfb, 0x0000ffff000011fb, 1, 0, 0,
	},
	[MODEL_ALL] = {
		0x05d8100000000044, 0x000000ff00000016, 0xfffbfffe0401e172, 0xffffffff00036dff,
		0x00fff3ff000011ff, 0x7e0481ff, 0x80000021, 0xffffffff, 0x2000, 0x1fff7ffff, 0x62,
		0xdfffffff00000000, 0x00000f0106f341c1, 0x000000ff00000016, 0xfffbfffe04006172,
		0xffffffff00036dfb, 0x00fff3ff000011fb, 1, 0xff, 0xb,
	},
	[MODEL_WESTMERE] = {
		0x00d8100000000010, 0x0000007f00000016, 0xf7f9fffe0401e172, 0x007fffff00036dff,
		0x0000ffff000011ff, 0x000401e0, 0x80000021, 0xffffffff, 0x2000, 0x27ff, 0x2a,
		0x000000ff00000000, 0x00000f0106114141, 0x0000007f00000016, 0xf7f9fffe04006172,
		0x007fffff00036dfb, 0x0000ffff000011fb, 0, 0, 0,
	},
	[MODEL_NO_TRUE] = {
		0x005810000000002b, 0x0000007f00000016, 0xf7f9fffe0401e172, 0x007fffff00036dff,
		0x0000ffff000011ff, 0x200401e0, 0x80000021, 0xffffffff, 0x2000, 0x3727ff, 0x34,
		0x00057fff00000000, 0x00000f0106334141, 0, 0, 0, 0, 1, 0, 0,
	},
};

static const u64 *model;

static u64 read_capability(u32 msr)
{
	return model[msr - FIRST_MSR];
}

void processor_features(void)
{
	int field;

	for (field = 0; field < NR_FIELDS; field++)
		processor.has[field] = field_supported((enum field_index)field, &processor_caps);
}

void processor_reset(enum processor_model which)
{
	/* Not the VMCSs that were not used: there are many. */
	processor.nr_vmcss = 0;
	processor.current = NULL;
	processor.nr_msrs = 0;
	memset(processor.cet, 0, sizeof(processor.cet));
	processor.pkrs = 0;
	processor.cr2 = 0;
	processor.pkru = 0;
	processor.tsc = 0;
	processor.invepts = 0;
	processor.invvpids = 0;
	processor.invvpid_fails = false;
	processor.vmptrlds = 0;
	processor.inits = 0;
	memset(processor.tlb, 0, sizeof(processor.tlb));
	memset(processor.spp, 0, sizeof(processor.spp));
	model = models[which];
	caps_from_msrs(&processor_caps, read_capability, which == MODEL_WESTMERE ? 36 : 39);
	processor_caps.counters = PROCESSOR_COUNTERS;
	processor_caps.s_cet = PROCESSOR_S_CET;
	processor.caps = &processor_caps;
	processor_features();
}

struct hw_vmcs *processor_vmcs(u64 region)
{
	unsigned int i;

	/* Recently used ones are asked for most. */
	if (processor.current && processor.current->region == region)
		return processor.current;
	for (i = 0; i < processor.nr_vmcss; i++) {
		if (processor.vmcs[i].region == region)
			return &processor.vmcs[i];
	}
	return NULL;
}

static struct hw_vmcs *get_vmcs(u64 region)
{
	struct hw_vmcs *vmcs = processor_vmcs(region);

	if (vmcs)
		return vmcs;
	if (processor.nr_vmcss == PROCESSOR_MAX_VMCSS)
		broken("root uses more than %d VMCSs", PROCESSOR_MAX_VMCSS);
	vmcs = &processor.vmcs[processor.nr_vmcss++];
	memset(vmcs, 0, sizeof(*vmcs));
	vmcs->region = region;
	return vmcs;
}

void hw_vmptrld(u64 region)
{
	u32 revision;

	processor.vmptrlds++;
	if (region & PAGE_4K_MASK || !ram_hidden(region))
		broken("VMPTRLD of %#llx", region);
	memcpy(&revision, ram_own(region), sizeof(revision));
	if ((revision & ~VMCS_SHADOW_INDICATOR) != VMX_BASIC_REVISION(processor_caps.basic))
		broken("VMPTRLD of %#llx with revision %#x", region, revision);
	processor.current = get_vmcs(region);
	processor.current->shadow = revision & VMCS_SHADOW_INDICATOR;
}

void hw_expect_current(u64 region)
{
	if (!processor.current || processor.current->region != region)
		broken("the VMCS at %#llx is not current, %#llx is", region,
		       processor.current ? processor.current->region : ~0ull);
}

void hw_vmclear(u64 region)
{
	if (region & PAGE_4K_MASK || !ram_hidden(region))
		broken("VMCLEAR of %#llx", region);
	get_vmcs(region)->launched = false;
	if (processor.current && processor.current->region == region)
		processor.current = NULL;
}

static int hw_field(u64 encoding)
{
	int field = field_index(encoding);

	if (!processor.current)
		broken("access to field %#llx without a current VMCS", encoding);
	if (field < 0 || !processor.has[field] || FIELD_HIGH(encoding))
		broken("root accesses field %#llx, which this processor has not", encoding);
	return field;
}

u64 hw_vmread(u64 encoding)
{
	return processor.current->field[hw_field(encoding)];
}

void hw_vmwrite(u64 encoding, u64 value)
{
	int field = hw_field(encoding);
	unsigned int bits = field_bits((enum field_index)field);

	if (field_read_only((enum field_index)field) &&
	    !(processor_caps.misc & VMX_MISC_VMWRITE_SHADOW_RO_FIELDS))
		broken("root writes read-only field %#llx", encoding);
	processor.current->field[field] = bits == 64 ? value : value & (BIT_ULL(bits) - 1);
}

bool hw_has_cet(void)
{
	return processor.has[FI_GUEST_S_CET];
}

bool hw_has_pkrs(void)
{
	return processor.has[FI_GUEST_IA32_PKRS];
}

/* SDM "Saving Control Registers, Debug Registers, and MSRs": whether or not entries load it */
void hw_save_kept(void)
{
	if (hw_has_cet())
		memcpy(&processor.current->field[FI_GUEST_S_CET], processor.cet,
		       sizeof(processor.cet));
	if (hw_has_pkrs())
		processor.current->field[FI_GUEST_IA32_PKRS] = processor.pkrs;
}

void hw_load_kept(void)
{
	u64 entry = processor.current->field[FI_VM_ENTRY_CONTROLS];

	if (entry & VM_ENTRY_LOAD_CET_STATE)
		memcpy(processor.cet, &processor.current->field[FI_GUEST_S_CET],
		       sizeof(processor.cet));
	if (entry & VM_ENTRY_LOAD_IA32_PKRS)
		processor.pkrs = processor.current->field[FI_GUEST_IA32_PKRS];
}

void hw_invept(u64 type, u64 eptp)
{
	unsigned int i;

	if (type != VMX_EPT_EXTENT_CONTEXT && type != VMX_EPT_EXTENT_GLOBAL)
		broken("INVEPT of type %llu", type);
	processor.invepts++;
	for (i = 0; i < PROCESSOR_TLB; i++) {
		if (type == VMX_EPT_EXTENT_GLOBAL ||
		    processor.tlb[i].root == (eptp & ~(u64)PAGE_4K_MASK))
			processor.tlb[i].root = 0;
		if (type == VMX_EPT_EXTENT_GLOBAL ||
		    processor.spp[i].root == (eptp & ~(u64)PAGE_4K_MASK))
			processor.spp[i].root = 0;
	}
}

/* Root may use no more of the processor than it has: the instruction is #UD, or a type fails. */
static bool has_invvpid(u64 type)
{
	const u64 needed = VMX_VPID_INVVPID_BIT | VMX_VPID_EXTENT_INDIVIDUAL_ADDR_BIT << type;

	return (processor_caps.proc2.allowed1 & SECONDARY_EXEC_ENABLE_VPID) &&
	       type <= VMX_VPID_EXTENT_SINGLE_NON_GLOBAL &&
	       (processor_caps.ept_vpid & needed) == needed;
}

bool hw_invvpid(u64 type, u16 vpid, u64 linear)
{
	if (!has_invvpid(type))
		broken("root executes INVVPID of type %llu, which this processor has not", type);
	processor.invvpids++;
	processor.last_invvpid.type = type;
	processor.last_invvpid.vpid = vpid;
	processor.last_invvpid.linear = linear;
	return !processor.invvpid_fails;
}

static struct hw_msr *find_msr(u32 msr)
{
	unsigned int i;

	for (i = 0; i < processor.nr_msrs; i++) {
		if (processor.msr[i].index == msr)
			return &processor.msr[i];
	}
	return NULL;
}

void processor_add_msr(u32 msr, u64 value, u64 reserved)
{
	struct hw_msr *at = find_msr(msr);

	if (!at && processor.nr_msrs == PROCESSOR_MAX_MSRS)
		broken("a test wants more than %d MSRs", PROCESSOR_MAX_MSRS);
	if (!at)
		at = &processor.msr[processor.nr_msrs++];
	*at = (struct hw_msr){ .index = msr, .value = value, .reserved = reserved };
}

u64 processor_msr(u32 msr)
{
	struct hw_msr *at = find_msr(msr);

	if (!at)
		broken("no MSR %#x", msr);
	return at->value;
}

/* The MSRs among CET state, and IA32_PKRS; NULL for others. */
static u64 *kept_msr(u32 msr)
{
	if (msr == 0x6e1)
		return hw_has_pkrs() ? &processor.pkrs : NULL;
	if (!hw_has_cet())
		return NULL;
	if (msr == 0x6a2)
		return &processor.cet[CET_S_CET];
	return msr == 0x6a8 ? &processor.cet[CET_SSP_TABLE] : NULL;
}

bool hw_rdmsr(u32 msr, u64 *value)
{
	struct hw_msr *at = find_msr(msr);
	const u64 *kept = kept_msr(msr);

	if (kept) {
		*value = *kept;
		return true;
	}
	*value = at ? at->value : 0;
	return at;
}

bool hw_wrmsr(u32 msr, u64 value)
{
	struct hw_msr *at = find_msr(msr);
	u64 *kept = kept_msr(msr);

	if (kept) {
		if ((msr == 0x6a2 && (value & ~PROCESSOR_S_CET)) || (msr == 0x6e1 && value >> 32))
			return false;
		*kept = value;
		return true;
	}
	if (!at || (value & at->reserved))
		return false;
	/* VM exits clear it, and root never has it otherwise. */
	if (msr == MSR_IA32_DEBUGCTLMSR && !(~value & (DEBUGCTLMSR_TR | DEBUGCTLMSR_BTS)))
		broken("branches of root are stored where L1 says, by root's page tables");
	at->value = value;
	return true;
}
