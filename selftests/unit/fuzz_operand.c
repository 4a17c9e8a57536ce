// SPDX-License-Identifier: GPL-2.0-only
/* Fuzz operand addresses: any registers, any segment, against the model. */
#include <stdlib.h>
#include <string.h>

#include "arch/x86.h"
#include "model_operand.h"
#include "arch/reasons.h"

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

struct input {
	u64 gpr[NR_GPRS];
	u64 displacement;
	u64 base;
	u32 limit;
	u32 ar;
	u32 info;
	u8 size;
	u8 flags;
} __attribute__((packed));

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct fault fault = { 0 }, model_fault = { 0 };
	u64 linear = 0, model_linear = 0;
	struct insn_operand_info info;
	struct operand_ctx ctx;
	u64 gpr[NR_GPRS];
	struct input in;
	int result;

	if (size < sizeof(in))
		return 0;
	memcpy(&in, data, sizeof(in));
	memcpy(gpr, in.gpr, sizeof(gpr));
	ctx = (struct operand_ctx){
		.gpr = gpr,
		.seg = { .ar = in.ar, .limit = in.limit, .base = in.base },
		.long_mode = in.flags & 1,
		.la57 = in.flags & 2,
		.lam_user = in.flags & 8 ? (in.flags & 16 ? 57 : 48) : 0,
		.lam_supervisor = in.flags & 32 ? (in.flags & 2 ? 57 : 48) : 0,
	};
	insninfo_decode(in.info, EXIT_REASON_VMPTRLD, &info);

	result = operand_linear(&ctx, &info, in.displacement, in.size % 64 + 1, in.flags & 4,
				&linear, &fault);
	if (result != model_operand(&ctx, &info, in.displacement, in.size % 64 + 1, in.flags & 4,
				    &model_linear, &model_fault))
		abort();
	if (linear != model_linear || fault.vector != model_fault.vector ||
	    fault.error != model_fault.error || fault.has_error != model_fault.has_error)
		abort();
	return 0;
}
