// SPDX-License-Identifier: GPL-2.0-only
/* Reading the capability MSRs: those that exist, and no others. */
#include <string.h>

#include "arch/caps.h"
#include "unit.h"

#define FIRST_MSR	0x480
#define NR_MSRS		0x14

/* A processor: its capability MSRs, and which of them were read. */
static u64 msrs[NR_MSRS];
static bool was_read[NR_MSRS];

static u64 *msr(u32 number)
{
	return &msrs[number - FIRST_MSR];
}

static u64 read_msr(u32 number)
{
	CHECK_MSG(number >= FIRST_MSR && number < FIRST_MSR + NR_MSRS, "RDMSR of %#x", number);
	was_read[number - FIRST_MSR] = true;
	return *msr(number);
}

/* As emulated by Bochs' broadwell_ult, a processor with nearly everything. */
static void have_broadwell(void)
{
	static const u64 values[NR_MSRS] = {
		0x00d810000000002b, 0x0000007f00000016, 0xf7f9fffe0401e172, 0x007fffff00036dff,
		0x0000ffff000011ff, 0x200401e0, 0x80000021, 0xffffffff,
		0x2000, 0x3727ff, 0x34, 0x00057fff00000000,
		0x00000f0106334141, 0x0000007d00000016, 0xf7f9fffe04006172, 0x007fffff00036dfb,
		0x0000ffff000011fb, 1, 0xdead, 0xbeef,
	};

	memcpy(msrs, values, sizeof(msrs));
	memset(was_read, 0, sizeof(was_read));
}

static bool read_it(u32 number)
{
	return was_read[number - FIRST_MSR];
}

static void true_msrs_are_preferred(void)
{
	struct vmx_caps caps;

	have_broadwell();
	caps_from_msrs(&caps, read_msr, 39);
	CHECK_EQ(caps.pin.allowed0, 0x16);
	CHECK_EQ(caps.pin.allowed1, 0x7d);
	CHECK_EQ(caps.proc.allowed0, 0x04006172);
	CHECK_EQ(caps.proc.allowed1, 0xf7f9fffe);
	CHECK_EQ(caps.exit.allowed0, 0x36dfb);
	CHECK_EQ(caps.entry.allowed0, 0x11fb);
	CHECK(!read_it(0x481) && !read_it(0x482) && !read_it(0x483) && !read_it(0x484));
	CHECK_EQ(caps.maxphyaddr, 39);
}

static void plain_msrs_without_basic_bit_55(void)
{
	struct vmx_caps caps;

	have_broadwell();
	*msr(0x480) &= ~(1ULL << 55);
	caps_from_msrs(&caps, read_msr, 36);
	CHECK_EQ(caps.pin.allowed1, 0x7f);
	CHECK_EQ(caps.proc.allowed0, 0x0401e172);
	CHECK_EQ(caps.exit.allowed0, 0x36dff);
	CHECK_EQ(caps.entry.allowed0, 0x11ff);
	CHECK(!read_it(0x48d) && !read_it(0x48e) && !read_it(0x48f) && !read_it(0x490));
}

static void other_msrs_are_taken_as_they_are(void)
{
	struct vmx_caps caps;

	have_broadwell();
	caps_from_msrs(&caps, read_msr, 39);
	CHECK_EQ(caps.basic, 0x00d810000000002b);
	CHECK_EQ(caps.misc, 0x200401e0);
	CHECK_EQ(caps.cr0_fixed0, 0x80000021);
	CHECK_EQ(caps.cr0_fixed1, 0xffffffff);
	CHECK_EQ(caps.cr4_fixed0, 0x2000);
	CHECK_EQ(caps.cr4_fixed1, 0x3727ff);
	CHECK_EQ(caps.vmcs_enum, 0x34);
	CHECK_EQ(caps.proc2.allowed1, 0x57fff);
	CHECK_EQ(caps.ept_vpid, 0xf0106334141);
	CHECK_EQ(caps.vmfunc, 1);
}

static void msrs_that_do_not_exist_are_not_read(void)
{
	struct vmx_caps caps;

	have_broadwell();
	caps_from_msrs(&caps, read_msr, 39);
	CHECK(!read_it(0x492) && !read_it(0x493));
	CHECK_EQ(caps.proc3, 0);
	CHECK_EQ(caps.exit2, 0);

	have_broadwell();
	*msr(0x48e) &= ~(1ULL << 63);
	caps_from_msrs(&caps, read_msr, 39);
	CHECK(!read_it(0x48b) && !read_it(0x48c) && !read_it(0x491));
	CHECK_EQ(caps.proc2.allowed1, 0);
}

static void ept_or_vpid_makes_their_msr_exist(void)
{
	unsigned int ept, vpid;
	struct vmx_caps caps;

	for (ept = 0; ept < 2; ept++) {
		for (vpid = 0; vpid < 2; vpid++) {
			have_broadwell();
			*msr(0x48b) = (u64)ept << 33 | (u64)vpid << 37;
			caps_from_msrs(&caps, read_msr, 39);
			CHECK_EQ(read_it(0x48c), ept || vpid);
			CHECK(!read_it(0x491));
		}
	}
}

static void tertiary_and_secondary_exit_controls(void)
{
	struct vmx_caps caps;

	have_broadwell();
	*msr(0x48e) |= 1ULL << (32 + 17);
	*msr(0x48f) |= 1ULL << 63;
	caps_from_msrs(&caps, read_msr, 39);
	CHECK_EQ(caps.proc3, 0xdead);
	CHECK_EQ(caps.exit2, 0xbeef);
}

static void control_values_against_their_msr(void)
{
	const struct vmx_ctls ctls = vmx_ctls_from_msr(0x0000007f00000016);

	CHECK(vmx_ctls_valid(&ctls, 0x16));
	CHECK(vmx_ctls_valid(&ctls, 0x7f));
	CHECK(!vmx_ctls_valid(&ctls, 0x14));
	CHECK(!vmx_ctls_valid(&ctls, 0x96));
	CHECK(!vmx_ctls_valid(&ctls, 0));
}

static const struct unit_test tests[] = {
	TEST(true_msrs_are_preferred),
	TEST(plain_msrs_without_basic_bit_55),
	TEST(other_msrs_are_taken_as_they_are),
	TEST(msrs_that_do_not_exist_are_not_read),
	TEST(ept_or_vpid_makes_their_msr_exist),
	TEST(tertiary_and_secondary_exit_controls),
	TEST(control_values_against_their_msr),
};

UNIT_MAIN(tests)
