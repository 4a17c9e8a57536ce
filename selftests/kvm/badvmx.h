/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What badvmx_insns.S gives to badvmx.c.
 */
#ifndef NESTOR_SELFTESTS_BADVMX_H
#define NESTOR_SELFTESTS_BADVMX_H

#include <stdint.h>

/* An instruction: its code, INT3 included. The tables end with a name of NULL. */
struct stub {
	const char *name;
	const uint8_t *start;
	const uint8_t *end;
};

extern const struct stub stubs64[], stubs32[];

/* Go on in 32-bit code at @entry, with @edi in EDI. Comes back by a signal only. */
void enter_compat(uint32_t entry, uint32_t edi);

#endif
