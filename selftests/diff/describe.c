// SPDX-License-Identifier: GPL-2.0-only
/*
 * The records of a log in words.
 */
#include "describe.h"
#include "names.h"

static const char *const key_names[] = {
	"OUTCOME", "RIP", "RFLAGS", "VECTOR", "ERROR", "CR2", "DR6", "DR7", "CS", "SS", "DS", "ES", "FS",
	"GS", "LDTR", "TR", "GDTR_BASE", "GDTR_LIMIT", "IDTR_BASE", "IDTR_LIMIT", "CR0", "CR3", "CR4",
	"CR8", "RSP", "NMIS", "INTERRUPTS", "NO_FIELD", "WRITE_FAILED", "PEEK", "CPUID_AB", "CPUID_CD",
	"WATCHDOG", "PROGRAM", "END",
};

_Static_assert(ARRAY_SIZE(key_names) == LHV_K_END - LHV_K_OUTCOME + 1, "a name per key");

static void describe_field(struct text *text, u32 encoding, u64 value)
{
	const struct vmcs_field *field = names_field_at(encoding);

	if (field)
		text_add(text, "%s=%#llx", field->name, (unsigned long long)value);
	else
		text_add(text, "FIELD_%04x=%#llx", encoding, (unsigned long long)value);
	if (encoding == 0x4402)
		text_add(text, " (%s)", names_reason(value));
	if (encoding == 0x4400)
		text_add(text, " (%s)", names_error(value));
}

void describe_record(struct text *text, const struct lhv_log *record)
{
	static const char *const outcomes[] = { "?", "ran through", "fault", "VM exit" };
	u32 key = record->key;
	unsigned long long value = record->value;

	if (key >= LHV_K_OUTCOME && key <= LHV_K_END)
		text_add(text, "%s=%#llx", key_names[key - LHV_K_OUTCOME], value);
	else if (key >= LHV_K_MEM)
		text_add(text, "MEM_%06x=%#llx", (key - LHV_K_MEM) * 8, value);
	else if (key >= LHV_K_MSR_HI)
		text_add(text, "MSR_C000%04x=%#llx", key - LHV_K_MSR_HI, value);
	else if (key >= LHV_K_MSR_LO)
		text_add(text, "MSR_%x=%#llx", key - LHV_K_MSR_LO, value);
	else if (key >= LHV_K_FIELD)
		describe_field(text, key - LHV_K_FIELD, value);
	else
		text_add(text, "%s=%#llx", names_gprs[key & 15], value);
	if (key == LHV_K_OUTCOME && value < ARRAY_SIZE(outcomes))
		text_add(text, " (%s)", outcomes[value]);
}
