// SPDX-License-Identifier: GPL-2.0-only
/* The source of numbers that random machines are made from. */
#include "source.h"

static u64 (*next)(void);

void source_begin(u64 (*source)(void))
{
	next = source;
}

u64 source_next(void)
{
	return next();
}

u64 source_below(u64 bound)
{
	return next() % bound;
}

bool source_once_in(unsigned int n)
{
	return !source_below(n);
}
