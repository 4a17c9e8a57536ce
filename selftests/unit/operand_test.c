// SPDX-License-Identifier: GPL-2.0-only
/* Linear addresses of memory operands: all modes, segments, sizes and scales. */
#include <string.h>

#include "arch/vmx.h"
#include "arch/x86.h"
#include "model_operand.h"
#include "unit.h"

#define AR_DATA		0xc093u		/* writable, expand-up, 32-bit */
#define AR_DATA_RO	0xc091u
#define AR_DATA_DOWN	0xc097u
#define AR_DATA_DOWN_16	0x0097u
#define AR_CODE_XR	0xc09bu
#define AR_CODE_X	0xc099u
#define AR_CODE_64	0xa09bu

static u64 gpr[NR_GPRS];

/* Register number n holds n * 0x111111111, so that each sum tells its parts. */
static void fill_gprs(void)
{
	unsigned int i;

	for (i = 0; i < NR_GPRS; i++)
		gpr[i] = i * 0x111111111ULL;
}

static struct operand_ctx long_ctx(void)
{
	return (struct operand_ctx){ .gpr = gpr, .long_mode = true };
}

static struct operand_ctx flat_ctx(void)
{
	return (struct operand_ctx){
		.gpr = gpr, .seg = { .selector = 0x10, .ar = AR_DATA, .limit = 0xffffffff },
	};
}

/* An operand that is nothing but a displacement. */
static struct insn_operand_info bare(u8 segment, u8 addr_size)
{
	return (struct insn_operand_info){
		.format = INSN_HAS_ADDRESS, .segment = segment, .addr_size = addr_size,
	};
}

static void check_linear(const struct operand_ctx *ctx, const struct insn_operand_info *info,
			 u64 displacement, unsigned int size, u64 expected)
{
	struct fault fault = { .vector = 0xff };
	u64 linear = ~expected;

	CHECK_EQ(operand_linear(ctx, info, displacement, size, false, &linear, &fault), 0);
	CHECK_EQ(linear, expected);
}

static void check_fault(const struct operand_ctx *ctx, const struct insn_operand_info *info,
			u64 displacement, unsigned int size, bool write, u8 vector)
{
	struct fault fault = { .vector = 0xff, .cr2 = 1 };
	u64 linear = 0x1234;

	CHECK_EQ(operand_linear(ctx, info, displacement, size, write, &linear, &fault), -1);
	CHECK_EQ(fault.vector, vector);
	CHECK(fault.has_error);
	CHECK_EQ(fault.error, 0);
	CHECK_EQ(fault.cr2, 0);
	CHECK_EQ(linear, 0x1234);
}

static void vmxon_below_rbp(void)
{
	const struct insn_operand_info info = {
		.format = INSN_HAS_ADDRESS, .addr_size = INSN_SIZE_64, .segment = SEG_SS,
		.base_valid = true, .base = GPR_RBP,
	};
	const struct operand_ctx ctx = long_ctx();

	fill_gprs();
	gpr[GPR_RBP] = 0xffffc90000013e40;
	check_linear(&ctx, &info, 0xffffffffffffffe8, 8, 0xffffc90000013e28);
}

/* Base, index, scale and displacement for all registers and address sizes. */
static void every_register_scale_and_size(void)
{
	static const u64 mask[] = { 0xffff, 0xffffffff, ~0ULL };
	unsigned int base, index, scaling, size;

	fill_gprs();
	for (base = 0; base < NR_GPRS; base++)
	for (index = 0; index < NR_GPRS; index++)
	for (scaling = 0; scaling < 4; scaling++)
	for (size = 0; size < 3; size++) {
		const struct insn_operand_info info = {
			.scaling = scaling, .addr_size = size, .base = base, .base_valid = true,
			.index = index, .index_valid = true,
		};
		const u64 sum = base * 0x111111111ULL +
				index * 0x111111111ULL * (1u << scaling) + 0x7fffffff;

		CHECK_EQ(operand_offset(gpr, &info, 0x7fffffff), sum & mask[size]);
	}
}

static void registers_that_are_not_valid_do_not_count(void)
{
	const struct insn_operand_info info = {
		.scaling = 3, .addr_size = INSN_SIZE_64, .base = GPR_R15, .index = GPR_R14,
	};

	fill_gprs();
	CHECK_EQ(operand_offset(gpr, &info, 0x1000), 0x1000);
}

static void effective_addresses_wrap(void)
{
	struct insn_operand_info info = {
		.addr_size = INSN_SIZE_16, .base = GPR_RBX, .base_valid = true,
	};

	fill_gprs();
	gpr[GPR_RBX] = 0xffff;
	CHECK_EQ(operand_offset(gpr, &info, 2), 1);
	info.addr_size = INSN_SIZE_32;
	gpr[GPR_RBX] = 0xffffffff;
	CHECK_EQ(operand_offset(gpr, &info, 2), 1);
	CHECK_EQ(operand_offset(gpr, &info, -0x80000000ULL), 0x7fffffff);
	info.addr_size = INSN_SIZE_64;
	gpr[GPR_RBX] = ~0ULL;
	CHECK_EQ(operand_offset(gpr, &info, 2), 1);
}

/* In 64-bit mode only FS and GS have a base, and no segment has a limit or a type. */
static void segments_in_64_bit_mode(void)
{
	struct operand_ctx ctx = long_ctx();
	u8 segment;

	ctx.seg = (struct seg){ .ar = VMX_AR_UNUSABLE, .limit = 0, .base = 0x700000000000 };
	for (segment = SEG_ES; segment <= SEG_GS; segment++) {
		const struct insn_operand_info info = bare(segment, INSN_SIZE_64);

		check_linear(&ctx, &info, 0x1000, 8,
			     segment >= SEG_FS ? 0x700000001000 : 0x1000);
	}
}

/* With an address-size prefix the offset has 32 bits, the base of GS still 64. */
static void short_addresses_in_64_bit_mode(void)
{
	const struct insn_operand_info info = bare(SEG_GS, INSN_SIZE_32);
	struct operand_ctx ctx = long_ctx();

	ctx.seg.base = 0xffff888000000000;
	check_linear(&ctx, &info, -8ULL, 8, 0xffff8880fffffff8);
}

static void canonical_addresses(void)
{
	const struct insn_operand_info ds = bare(SEG_DS, INSN_SIZE_64);
	const struct insn_operand_info ss = bare(SEG_SS, INSN_SIZE_64);
	struct operand_ctx ctx = long_ctx();

	check_linear(&ctx, &ds, 0x7ffffffffff8, 8, 0x7ffffffffff8);
	check_fault(&ctx, &ds, 0x7ffffffffff9, 8, false, GP_VECTOR);
	check_fault(&ctx, &ss, 0x7ffffffffff9, 8, false, SS_VECTOR);
	check_fault(&ctx, &ds, 0x800000000000, 8, false, GP_VECTOR);
	check_fault(&ctx, &ds, 0xffff7fffffffffff, 1, true, GP_VECTOR);
	check_linear(&ctx, &ds, 0xffff800000000000, 8, 0xffff800000000000);
	check_linear(&ctx, &ss, ~7ULL, 8, ~7ULL);

	ctx.la57 = true;
	check_linear(&ctx, &ds, 0x800000000000, 8, 0x800000000000);
	check_linear(&ctx, &ds, 0xfffffffffffff8, 8, 0xfffffffffffff8);
	check_fault(&ctx, &ss, 0xfffffffffffff9, 8, false, SS_VECTOR);
	check_fault(&ctx, &ds, 0xfe00000000000000, 8, false, GP_VECTOR);
	check_linear(&ctx, &ds, 0xff00000000000000, 8, 0xff00000000000000);
}

/* Pointers of the user's with 48 and 57 bits, the kernel's with as many as addresses have */
static void masked_pointers(void)
{
	const struct insn_operand_info ds = bare(SEG_DS, INSN_SIZE_64);
	const struct insn_operand_info ss = bare(SEG_SS, INSN_SIZE_64);
	struct operand_ctx ctx = long_ctx();

	ctx.lam_user = 48;
	check_linear(&ctx, &ds, 0x5a5a7ffffffffff8, 8, 0x7ffffffffff8);
	check_fault(&ctx, &ss, 0x5a5a7ffffffffff9, 8, false, SS_VECTOR);
	check_fault(&ctx, &ds, 0x5a5a800000000000, 8, false, GP_VECTOR);
	check_fault(&ctx, &ds, 0xda5affff00000000, 8, false, GP_VECTOR);
	/* Even where it would be canonical. */
	ctx.la57 = true;
	check_fault(&ctx, &ds, 0x0000800000000000, 8, false, GP_VECTOR);
	ctx.lam_user = 57;
	check_linear(&ctx, &ds, 0x7e00800000000000, 8, 0x0000800000000000);
	check_fault(&ctx, &ds, 0x7f00800000000000, 8, false, GP_VECTOR);
	ctx.la57 = false;
	check_fault(&ctx, &ds, 0x7e00800000000000, 8, false, GP_VECTOR);
	check_linear(&ctx, &ds, 0x7e00700000000000, 8, 0x0000700000000000);
	check_fault(&ctx, &ds, 0xda5affff00000000, 8, false, GP_VECTOR);

	ctx.lam_supervisor = 48;
	check_linear(&ctx, &ds, 0xda5affff00000000, 8, 0xffffffff00000000);
	check_fault(&ctx, &ds, 0xda5a7fff00000000, 8, false, GP_VECTOR);
	check_linear(&ctx, &ds, 0x8000fffffffffff8, 8, ~7ULL);
}

/* The base of GS may make a good offset bad, and the other way round. */
static void bases_count_for_canonicality(void)
{
	const struct insn_operand_info gs = bare(SEG_GS, INSN_SIZE_64);
	struct operand_ctx ctx = long_ctx();

	ctx.seg.base = 0x7fffffffffff;
	check_fault(&ctx, &gs, 1, 1, false, GP_VECTOR);
	ctx.seg.base = 0xffff800000000000;
	check_linear(&ctx, &gs, 0x0000800000000000 - 8, 8, 0xfffffffffffffff8);
}

static void linear_addresses_have_32_bits_outside_64_bit_mode(void)
{
	const struct insn_operand_info info = bare(SEG_DS, INSN_SIZE_32);
	struct operand_ctx ctx = flat_ctx();

	ctx.seg.base = 0xfffff000;
	check_linear(&ctx, &info, 0x2000, 8, 0x1000);
	check_linear(&ctx, &info, 0xffffffff00002000, 8, 0x1000);
}

/* Every segment has a base there, and SS raises #SS. */
static void segments_in_protected_mode(void)
{
	struct operand_ctx ctx = flat_ctx();
	u8 segment;

	ctx.seg.base = 0x10000;
	ctx.seg.limit = 0xfff;
	for (segment = SEG_ES; segment <= SEG_GS; segment++) {
		const struct insn_operand_info info = bare(segment, INSN_SIZE_32);
		const u8 vector = segment == SEG_SS ? SS_VECTOR : GP_VECTOR;

		check_linear(&ctx, &info, 0xff8, 8, 0x10ff8);
		check_fault(&ctx, &info, 0xff9, 8, false, vector);
		check_fault(&ctx, &info, 0x1000, 1, true, vector);
		check_fault(&ctx, &info, 0xfffffff8, 8, false, vector);
	}
}

static void unusable_segments(void)
{
	const struct insn_operand_info ds = bare(SEG_DS, INSN_SIZE_32);
	const struct insn_operand_info ss = bare(SEG_SS, INSN_SIZE_32);
	struct operand_ctx ctx = flat_ctx();

	ctx.seg.ar |= VMX_AR_UNUSABLE;
	check_fault(&ctx, &ds, 0, 8, false, GP_VECTOR);
	check_fault(&ctx, &ss, 0, 8, false, SS_VECTOR);
}

static void segment_types(void)
{
	static const struct {
		u32 ar;
		bool readable;
		bool writable;
	} types[] = {
		{ AR_DATA, true, true },	{ AR_DATA_RO, true, false },
		{ AR_DATA_DOWN, true, true },	{ AR_CODE_XR, true, false },
		{ AR_CODE_X, false, false },	{ 0xc09e, true, false },
		{ 0xc09c, false, false },	{ 0xc095, true, false },
	};
	const struct insn_operand_info info = bare(SEG_DS, INSN_SIZE_32);
	struct operand_ctx ctx = flat_ctx();
	unsigned int i, write;
	struct fault fault;
	u64 linear;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		ctx.seg.ar = types[i].ar;
		ctx.seg.limit = types[i].ar & 8 || !(types[i].ar & 4) ? 0xffffffff : 0xfff;
		for (write = 0; write < 2; write++) {
			const bool allowed = write ? types[i].writable : types[i].readable;

			CHECK_MSG(operand_linear(&ctx, &info, 0x2000, 8, write, &linear, &fault) ==
				  (allowed ? 0 : -1), "%s of type %#x", write ? "write" : "read",
				  types[i].ar);
			if (!allowed)
				CHECK_EQ(fault.vector, GP_VECTOR);
		}
	}
}

/* Offsets up to the limit are the forbidden ones. */
static void expand_down_segments(void)
{
	const struct insn_operand_info ss = bare(SEG_SS, INSN_SIZE_32);
	struct operand_ctx ctx = flat_ctx();

	ctx.seg.ar = AR_DATA_DOWN;
	ctx.seg.limit = 0xfff;
	check_fault(&ctx, &ss, 0xfff, 1, false, SS_VECTOR);
	check_linear(&ctx, &ss, 0x1000, 8, 0x1000);
	check_linear(&ctx, &ss, 0xfffffff8, 8, 0xfffffff8);
	check_fault(&ctx, &ss, 0xfffffff9, 8, false, SS_VECTOR);
	ctx.seg.ar = AR_DATA_DOWN_16;
	check_linear(&ctx, &ss, 0xfff8, 8, 0xfff8);
	check_fault(&ctx, &ss, 0xfff9, 8, false, SS_VECTOR);
	ctx.seg.limit = 0xffff;
	check_fault(&ctx, &ss, 0x8000, 1, false, SS_VECTOR);
}

/* A conforming code segment has the bit that means expand-down in a data segment. */
static void conforming_code_does_not_expand_down(void)
{
	const struct insn_operand_info info = bare(SEG_CS, INSN_SIZE_32);
	struct operand_ctx ctx = flat_ctx();

	ctx.seg.ar = 0xc09e;
	ctx.seg.limit = 0xfff;
	check_linear(&ctx, &info, 0, 8, 0);
	check_fault(&ctx, &info, 0x1000, 8, false, GP_VECTOR);
}

static void random_gprs(void)
{
	unsigned int i;

	for (i = 0; i < NR_GPRS; i++) {
		gpr[i] = unit_random() >> unit_random_below(64);
		if (one_in(3))
			gpr[i] = -gpr[i];
	}
}

static struct operand_ctx random_ctx(void)
{
	static const u32 ars[] = {
		AR_DATA, AR_DATA, AR_DATA_RO, AR_DATA_DOWN, AR_DATA_DOWN_16, AR_CODE_XR, AR_CODE_X,
		AR_CODE_64, 0x1c093, 0x10000,
	};
	static const u32 limits[] = { 0, 7, 0xfff, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff };

	return (struct operand_ctx){
		.gpr = gpr,
		.long_mode = one_in(2),
		.la57 = one_in(2),
		.lam_user = one_in(2) ? 0 : one_in(2) ? 48 : 57,
		.lam_supervisor = one_in(2) ? 0 : one_in(2) ? 48 : 57,
		.seg = {
			.ar = ars[unit_random_below(ARRAY_SIZE(ars))],
			.limit = limits[unit_random_below(ARRAY_SIZE(limits))],
			.base = one_in(3) ? 0 : unit_random() >> unit_random_below(64),
		},
	};
}

static struct insn_operand_info random_info(void)
{
	return (struct insn_operand_info){
		.format = INSN_HAS_ADDRESS,
		.scaling = unit_random_below(4),
		.addr_size = unit_random_below(3),
		.segment = unit_random_below(NR_SEGS),
		.base = unit_random_below(NR_GPRS),
		.base_valid = !one_in(4),
		.index = unit_random_below(NR_GPRS),
		.index_valid = one_in(2),
	};
}

static void against_the_model(void)
{
	unsigned int i, faults = 0;

	for (i = 0; i < 200000; i++) {
		const struct operand_ctx ctx = random_ctx();
		const struct insn_operand_info info = random_info();
		const u64 displacement = (u64)((s64)unit_random() >> unit_random_below(64));
		const unsigned int size = 1 + unit_random_below(16);
		const bool write = one_in(2);
		struct fault fault = { 0 }, model_fault = { 0 };
		u64 linear = 0, model_linear = 0;
		int result, expected;

		random_gprs();
		result = operand_linear(&ctx, &info, displacement, size, write, &linear, &fault);
		expected = model_operand(&ctx, &info, displacement, size, write, &model_linear,
					 &model_fault);
		CHECK_EQ(result, expected);
		CHECK_EQ(linear, model_linear);
		CHECK_EQ(fault.vector, model_fault.vector);
		faults += result != 0;
	}
	CHECK_MSG(faults > 20000 && faults < 180000, "%u faults: a poor choice of inputs", faults);
}

static const struct unit_test tests[] = {
	TEST(vmxon_below_rbp),
	TEST(every_register_scale_and_size),
	TEST(registers_that_are_not_valid_do_not_count),
	TEST(effective_addresses_wrap),
	TEST(segments_in_64_bit_mode),
	TEST(short_addresses_in_64_bit_mode),
	TEST(canonical_addresses),
	TEST(masked_pointers),
	TEST(bases_count_for_canonicality),
	TEST(linear_addresses_have_32_bits_outside_64_bit_mode),
	TEST(segments_in_protected_mode),
	TEST(unusable_segments),
	TEST(segment_types),
	TEST(expand_down_segments),
	TEST(conforming_code_does_not_expand_down),
	TEST(against_the_model),
};

UNIT_MAIN(tests)
