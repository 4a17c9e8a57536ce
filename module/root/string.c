// SPDX-License-Identifier: GPL-2.0-only
/* The compiler calls these by itself, so a freestanding program has to bring them along. */
#include "arch/types.h"

void *memcpy(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);

void *memcpy(void *to, const void *from, size_t len)
{
	void *start = to;
	size_t words = len / 8;

	len %= 8;
	asm volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(words) : : "memory");
	asm volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(len) : : "memory");
	return start;
}

void *memset(void *to, int byte, size_t len)
{
	void *start = to;
	size_t words = len / 8;
	u64 pattern = (u8)byte * 0x0101010101010101ull;

	len %= 8;
	asm volatile("rep stosq" : "+D"(to), "+c"(words) : "a"(pattern) : "memory");
	asm volatile("rep stosb" : "+D"(to), "+c"(len) : "a"(pattern) : "memory");
	return start;
}
