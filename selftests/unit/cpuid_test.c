// SPDX-License-Identifier: GPL-2.0-only
/* What CPUID shows of CR4 and of the mode is L1's, though root executes it. */
#include "cpuid.h"
#include "unit.h"

static const struct cpuid zeros, ones = { ~0u, ~0u, ~0u, ~0u };

/* Where an answer to L1 differs from root's, in all four registers */
static struct cpuid changed(struct cpuid root, u32 leaf, u32 subleaf, u64 cr4, bool long_mode)
{
	struct cpuid id = root;

	cpuid_show(&id, leaf, subleaf, cr4, long_mode);
	return (struct cpuid){ id.eax ^ root.eax, id.ebx ^ root.ebx, id.ecx ^ root.ecx,
			       id.edx ^ root.edx };
}

static void bits_of_cr4(void)
{
	CHECK_EQ(changed(zeros, 1, 0, X86_CR4_OSXSAVE, true).ecx, CPUID_1_ECX_OSXSAVE);
	CHECK_EQ(changed(zeros, 1, 0, ~X86_CR4_OSXSAVE, true).ecx, 0);
	CHECK_EQ(changed(ones, 1, 0, X86_CR4_OSXSAVE, true).ecx, 0);
	CHECK_EQ(changed(ones, 1, 0, ~X86_CR4_OSXSAVE, true).ecx, CPUID_1_ECX_OSXSAVE);
	CHECK_EQ(changed(zeros, 7, 0, X86_CR4_PKE, true).ecx, CPUID_7_ECX_OSPKE);
	CHECK_EQ(changed(ones, 7, 0, ~X86_CR4_PKE, true).ecx, CPUID_7_ECX_OSPKE);
	CHECK_EQ(changed(zeros, 7, 1, X86_CR4_PKE, true).ecx, 0);
}

/* Outside 64-bit mode there is no SYSCALL; a processor without it has none in 64-bit mode either. */
static void syscall_in_64_bit_mode(void)
{
	CHECK_EQ(changed(ones, 0x80000001, 0, 0, false).edx, CPUID_80000001_EDX_SYSCALL);
	CHECK_EQ(changed(ones, 0x80000001, 0, 0, true).edx, 0);
	CHECK_EQ(changed(zeros, 0x80000001, 0, 0, true).edx, 0);
	CHECK(cpuid_shows(0x80000001) && cpuid_shows(1) && cpuid_shows(7));
}

static void all_else_is_the_processors(void)
{
	static const u32 leaves[] = { 0, 2, 7, 0xd, 0x19, 0x80000000, 0x80000001, 0x80000008 };
	struct cpuid id;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(leaves); i++) {
		id = changed(ones, leaves[i], 1, X86_CR4_PKE | X86_CR4_OSXSAVE, true);
		CHECK_EQ(id.eax | id.ebx | id.ecx | id.edx, 0);
		id = changed(zeros, leaves[i], 1, 0, false);
		CHECK_EQ(id.eax | id.ebx | id.ecx | id.edx, 0);
	}
}

static const struct unit_test tests[] = {
	TEST(bits_of_cr4),
	TEST(syscall_in_64_bit_mode),
	TEST(all_else_is_the_processors),
};

UNIT_MAIN(tests)
