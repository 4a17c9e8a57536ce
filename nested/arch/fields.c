// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of VMCS fields, its index by encoding, and which fields exist.
 */
#include "arch/fields.h"

#include "arch/arch.h"

const struct field_info field_table[NR_FIELDS] = {
#define FIELD(name_, encoding_, cond_, text_) [FI_##name_] = {	\
	.encoding = (encoding_),				\
	.cond = COND_##cond_,					\
	.width = FIELD_WIDTH(encoding_),			\
	.type = FIELD_TYPE(encoding_),				\
},
#include "arch/fields.def"
#undef FIELD
};

/*
 * One row per width and type. The SDM numbers the fields of a row nearly
 * without gaps, so a row is short; an entry is the field's index plus one.
 */
#define NR_GROUPS	16
#define GROUP_SIZE	42
#define GROUP(encoding)	(FIELD_WIDTH(encoding) * 4 + FIELD_TYPE(encoding))

static const u8 index_by_encoding[NR_GROUPS][GROUP_SIZE] = {
#define FIELD(name, encoding, cond, text)	\
	[GROUP(encoding)][FIELD_INDEX(encoding)] = FI_##name + 1,
#include "arch/fields.def"
#undef FIELD
};

_Static_assert(NR_FIELDS < 256, "a field's index plus one fits into a byte");

#define ENCODING_BITS	0x6fffu		/* bit 12 and all above 14 are reserved */

int field_index(u64 encoding)
{
	const u32 index = FIELD_INDEX(encoding);

	if (encoding & ~(u64)ENCODING_BITS)
		return -1;
	if (FIELD_HIGH(encoding) && FIELD_WIDTH(encoding) != FIELD_WIDTH_64)
		return -1;
	if (index >= GROUP_SIZE)
		return -1;
	return (int)index_by_encoding[GROUP(encoding)][index] - 1;
}

unsigned int field_bits(enum field_index index)
{
	switch (field_table[index].width) {
	case FIELD_WIDTH_16:
		return 16;
	case FIELD_WIDTH_32:
		return 32;
	default:
		return 64;
	}
}

/* The words that the existence of fields depends on, and no others */
static u64 cap_bits(const struct vmx_caps *caps, u8 word)
{
	switch (word) {
	case CAP_PIN:
		return caps->pin.allowed1;
	case CAP_PROC:
		return caps->proc.allowed1;
	case CAP_PROC2:
		return caps->proc2.allowed1;
	case CAP_PROC3:
		return caps->proc3;
	case CAP_EXIT:
		return caps->exit.allowed1;
	case CAP_EXIT2:
		return caps->exit2;
	case CAP_ENTRY:
		return caps->entry.allowed1;
	case CAP_VMFUNC:
		return caps->vmfunc;
	default:
		return 0;
	}
}

/* One of two controls is enough where the SDM's footnote names two. */
struct cond_bits {
	u8 word;
	u8 or_word;
	u32 mask;
	u32 or_mask;
};

#define EITHER(word_, mask_, or_word_, or_mask_) {			\
	.word = CAP_##word_, .mask = (u32)(mask_),			\
	.or_word = CAP_##or_word_, .or_mask = (u32)(or_mask_),		\
}
#define ONLY(word_, mask_)	EITHER(word_, mask_, NONE, 0)

static const struct cond_bits cond_table[NR_FIELD_CONDS] = {
	[COND_PREEMPTION_TIMER]	= ONLY(PIN, PIN_BASED_VMX_PREEMPTION_TIMER),
	[COND_POSTED_INTR]	= ONLY(PIN, PIN_BASED_POSTED_INTR),
	[COND_MSR_BITMAPS]	= ONLY(PROC, CPU_BASED_USE_MSR_BITMAPS),
	[COND_TPR_SHADOW]	= ONLY(PROC, CPU_BASED_TPR_SHADOW),
	[COND_SECONDARY]	= ONLY(PROC, CPU_BASED_ACTIVATE_SECONDARY_CONTROLS),
	[COND_TERTIARY]		= ONLY(PROC, CPU_BASED_ACTIVATE_TERTIARY_CONTROLS),
	[COND_APIC_ACCESSES]	= ONLY(PROC2, SECONDARY_EXEC_VIRTUALIZE_APIC_ACCESSES),
	[COND_EPT]		= ONLY(PROC2, SECONDARY_EXEC_ENABLE_EPT),
	[COND_VPID]		= ONLY(PROC2, SECONDARY_EXEC_ENABLE_VPID),
	[COND_VID]		= ONLY(PROC2, SECONDARY_EXEC_VIRTUAL_INTR_DELIVERY),
	[COND_PLE]		= ONLY(PROC2, SECONDARY_EXEC_PAUSE_LOOP_EXITING),
	[COND_VMFUNC]		= ONLY(PROC2, SECONDARY_EXEC_ENABLE_VMFUNC),
	[COND_SHADOW_VMCS]	= ONLY(PROC2, SECONDARY_EXEC_SHADOW_VMCS),
	[COND_ENCLS]		= ONLY(PROC2, SECONDARY_EXEC_ENCLS_EXITING),
	[COND_PML]		= ONLY(PROC2, SECONDARY_EXEC_ENABLE_PML),
	[COND_EPT_VE]		= ONLY(PROC2, SECONDARY_EXEC_EPT_VIOLATION_VE),
	[COND_XSAVES]		= ONLY(PROC2, SECONDARY_EXEC_ENABLE_XSAVES),
	[COND_PASID]		= ONLY(PROC2, SECONDARY_EXEC_PASID_TRANSLATION),
	[COND_SPP]		= ONLY(PROC2, SECONDARY_EXEC_SPP),
	[COND_TSC_SCALING]	= ONLY(PROC2, SECONDARY_EXEC_TSC_SCALING),
	[COND_PCONFIG]		= ONLY(PROC2, SECONDARY_EXEC_ENABLE_PCONFIG),
	[COND_ENCLV]		= ONLY(PROC2, SECONDARY_EXEC_ENCLV_EXITING),
	[COND_NOTIFY]		= ONLY(PROC2, SECONDARY_EXEC_NOTIFY_VM_EXITING),
	[COND_HLAT]		= ONLY(PROC3, TERTIARY_EXEC_ENABLE_HLAT),
	[COND_IPI_VIRT]		= ONLY(PROC3, TERTIARY_EXEC_IPI_VIRT),
	[COND_SEAM_GPA_WIDTH]	= ONLY(PROC3, TERTIARY_EXEC_SEAM_GPA_WIDTH),
	[COND_MSR_LIST]		= ONLY(PROC3, TERTIARY_EXEC_ENABLE_MSR_LIST),
	[COND_SPEC_CTRL]	= ONLY(PROC3, TERTIARY_EXEC_VIRT_SPEC_CTRL),
	[COND_EXIT2]		= ONLY(EXIT, VM_EXIT_ACTIVATE_SECONDARY_CONTROLS),
	[COND_GUEST_PAT]	= EITHER(ENTRY, VM_ENTRY_LOAD_IA32_PAT,
					 EXIT, VM_EXIT_SAVE_IA32_PAT),
	[COND_GUEST_EFER]	= EITHER(ENTRY, VM_ENTRY_LOAD_IA32_EFER,
					 EXIT, VM_EXIT_SAVE_IA32_EFER),
	[COND_GUEST_PERF]	= EITHER(ENTRY, VM_ENTRY_LOAD_IA32_PERF_GLOBAL_CTRL,
					 EXIT, VM_EXIT_SAVE_IA32_PERF_GLOBAL_CTRL),
	[COND_GUEST_BNDCFGS]	= EITHER(ENTRY, VM_ENTRY_LOAD_BNDCFGS,
					 EXIT, VM_EXIT_CLEAR_BNDCFGS),
	[COND_GUEST_RTIT]	= EITHER(ENTRY, VM_ENTRY_LOAD_IA32_RTIT_CTL,
					 EXIT, VM_EXIT_CLEAR_IA32_RTIT_CTL),
	[COND_GUEST_LBR]	= EITHER(ENTRY, VM_ENTRY_LOAD_IA32_LBR_CTL,
					 EXIT, VM_EXIT_CLEAR_IA32_LBR_CTL),
	[COND_GUEST_PKRS]	= ONLY(ENTRY, VM_ENTRY_LOAD_IA32_PKRS),
	[COND_GUEST_UINV]	= EITHER(ENTRY, VM_ENTRY_LOAD_UINV, EXIT, VM_EXIT_CLEAR_UINV),
	[COND_GUEST_CET]	= ONLY(ENTRY, VM_ENTRY_LOAD_CET_STATE),
	[COND_GUEST_FRED]	= EITHER(ENTRY, VM_ENTRY_LOAD_IA32_FRED,
					 EXIT2, SECONDARY_VM_EXIT_SAVE_IA32_FRED),
	[COND_HOST_PAT]		= ONLY(EXIT, VM_EXIT_LOAD_IA32_PAT),
	[COND_HOST_EFER]	= ONLY(EXIT, VM_EXIT_LOAD_IA32_EFER),
	[COND_HOST_PERF]	= ONLY(EXIT, VM_EXIT_LOAD_IA32_PERF_GLOBAL_CTRL),
	[COND_HOST_PKRS]	= ONLY(EXIT, VM_EXIT_LOAD_IA32_PKRS),
	[COND_HOST_CET]		= ONLY(EXIT, VM_EXIT_LOAD_CET_STATE),
	[COND_HOST_FRED]	= ONLY(EXIT2, SECONDARY_VM_EXIT_LOAD_IA32_FRED),
	[COND_EPTP_SWITCHING]	= ONLY(VMFUNC, VMX_VMFUNC_EPTP_SWITCHING),
};

/* IA32_VMX_MISC says how many CR3-target values there are. */
static bool cr3_target_exists(enum field_index index, const struct vmx_caps *caps)
{
	return (u32)(index - FI_CR3_TARGET_VALUE0) < VMX_MISC_NR_CR3_TARGETS(caps->misc);
}

bool field_supported(enum field_index index, const struct vmx_caps *caps)
{
	const u8 cond = field_table[index].cond;
	const struct cond_bits *bits = &cond_table[cond];

	if (cond == COND_ALWAYS)
		return true;
	if (cond == COND_CR3_TARGET)
		return cr3_target_exists(index, caps);
	return (cap_bits(caps, bits->word) & bits->mask) ||
	       (cap_bits(caps, bits->or_word) & bits->or_mask);
}
