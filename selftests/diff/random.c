// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers for random programs: the same sequence for the same seed.
 */
#include "names.h"
#include "random.h"

static u64 state;

void random_seed(u64 seed)
{
	state = seed;
}

/* splitmix64 */
u64 random_next(void)
{
	u64 z = state += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

u32 random_below(u32 limit)
{
	return (random_next() >> 32) % limit;
}

bool random_chance(u32 percent)
{
	return random_below(100) < percent;
}

u64 random_value(void)
{
	static const u64 values[] = {
		0, 1, 2, 0x7f, 0x80, 0xff, 0xfff, 0x1000, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff,
		0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffff, 0x800000000000,
		0xffff7fffffffffff, 0xffff800000000000, ~0ull, ~0ull - 0xfff, 0x5555555555555555,
	};

	switch (random_below(4)) {
	case 0:
		return 1ull << random_below(64);
	case 1:
		return random_next() >> random_below(64);
	default:
		return PICK(values);
	}
}

u64 random_bits(u32 width)
{
	u64 bits = 1ull << random_below(width);

	while (random_chance(30))
		bits |= 1ull << random_below(width);
	return bits;
}

static u32 any_field(void)
{
	return names_fields[random_below(names_nr_fields)].encoding;
}

u32 random_encoding(void)
{
	u32 field = any_field();

	if (random_chance(70))
		return field;
	if (random_chance(50))
		return field | 1;
	return random_chance(50) ? random_next() & 0x7fff : random_next() & 0xffffffff;
}
