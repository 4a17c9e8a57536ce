// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fuzz the field table: any encoding on a processor with any capabilities. VMREAD and VMWRITE
 * accept what the table has and the capabilities allow, and nothing else.
 */
#include "broken.h"
#include "arch/errors.h"
#include "input.h"
#include "random_vmx.h"
#include "decode/fields.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

/* The table from its other side. */
static int search(u64 encoding)
{
	int i;

	for (i = 0; i < NR_FIELDS; i++) {
		if (field_table[i].encoding == encoding ||
		    (field_table[i].width == FIELD_WIDTH_64 &&
		     field_table[i].encoding + 1ull == encoding))
			return i;
	}
	return -1;
}

static void any_caps(struct vmx_caps *caps)
{
	caps->pin.allowed1 = (u32)input_next();
	caps->proc.allowed1 = (u32)input_next();
	caps->proc2.allowed1 = (u32)input_next();
	caps->exit.allowed1 = (u32)input_next();
	caps->entry.allowed1 = (u32)input_next();
	caps->proc3 = input_next();
	caps->exit2 = input_next();
	caps->vmfunc = input_next();
	caps->misc = input_next();
}

/* More capabilities never make a field vanish. */
static void compare_caps(void)
{
	struct vmx_caps less = {}, more;
	int i;

	any_caps(&less);
	more = less;
	more.proc2.allowed1 |= (u32)input_next();
	more.exit.allowed1 |= (u32)input_next();
	more.entry.allowed1 |= (u32)input_next();
	for (i = 0; i < NR_FIELDS; i++) {
		if (field_supported((enum field_index)i, &less) &&
		    !field_supported((enum field_index)i, &more))
			broken("%s vanishes", field_name((enum field_index)i));
	}
}

static void access_field(u64 encoding)
{
	int field = search(encoding);

	if (field_index(encoding) != field)
		broken("encoding %#llx is field %d, not %d", encoding, field_index(encoding),
		       field);
	if (input_next() % 2)
		duo_vmwrite(encoding, input_next());
	if (duo_vmread(encoding).error !=
	    (field >= 0 && processor.has[field] ? 0 : VMXERR_UNSUPPORTED_VMCS_COMPONENT))
		broken("VMREAD of %#llx", encoding);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	u64 choice;

	input_begin(data, size);
	random_vmx_begin((enum processor_model)(input_next() % NR_MODELS), input_next);
	compare_caps();
	while (input_left()) {
		choice = input_next();
		if (choice < NR_FIELDS)
			access_field(field_table[choice].encoding + input_next() % 2);
		else
			access_field(input_next());
	}
	random_vmx_end();
	return 0;
}
