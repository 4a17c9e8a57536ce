// SPDX-License-Identifier: GPL-2.0-only
/* Fuzz the decoder of instruction information and its description in words. */
#include <stdlib.h>
#include <string.h>

#include "decode/describe.h"
#include "arch/fields.h"
#include "arch/insninfo.h"

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_decoded(u32 info, u32 reason)
{
	struct insn_operand_info out;

	insninfo_decode(info, reason, &out);
	must(out.scaling < 4 && out.addr_size < 8 && out.segment < 8);
	must(out.reg1 < 16 && out.reg2 < 16 && out.index < 16 && out.base < 16);
	must(out.operand_size < 4 && out.identity < 4);
	must(out.index_valid || !out.index);
	must(out.base_valid || !out.base);
	must(!out.reg_operand || !out.base_valid);
}

/* A text that did not fit is the beginning of the one that does. */
static void check_text(u32 info, u32 reason, u64 qualification, u8 room)
{
	char whole[1024], *text = malloc(room ? room : 1);
	const int len = describe_insninfo(info, reason, whole, sizeof(whole));

	must(len < (int)sizeof(whole));
	must(describe_insninfo(info, reason, text, room) == len);
	if (len >= 0 && room)
		must(strlen(text) < room && !strncmp(text, whole, strlen(text)));
	must(describe_operand(info, reason, qualification, text, room) < (int)sizeof(whole));
	free(text);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct {
		u64 qualification;
		u32 info;
		u32 reason;
		u8 room;
	} __attribute__((packed)) in;
	int index;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	check_decoded(in.info, in.reason);
	check_text(in.info, in.reason, in.qualification, in.room);

	index = field_index(in.qualification);
	must(index >= -1 && index < NR_FIELDS);
	return 0;
}
