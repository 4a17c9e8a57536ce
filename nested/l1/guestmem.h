/* SPDX-License-Identifier: GPL-2.0-only */
/* Copies from and to L1's linear address space. */
#ifndef NESTED_L1_GUESTMEM_H
#define NESTED_L1_GUESTMEM_H

#include "l1/walk.h"

/**
 * guestmem_read() - read memory as an instruction of L1 would
 * @ctx: the paging mode and rights
 * @linear: linear address
 * @buf: receives the bytes
 * @len: number of bytes, at most 4096; a page boundary may lie in between
 * @fault: receives the #PF if the result is WALK_FAULT
 *
 * Return: enum walk_result; @buf is complete only with WALK_OK.
 */
int guestmem_read(const struct walk_ctx *ctx, u64 linear, void *buf, unsigned int len,
		  struct fault *fault);

/**
 * guestmem_write() - write memory as an instruction of L1 would
 * @ctx: the paging mode and rights
 * @linear: linear address
 * @buf: the bytes
 * @len: number of bytes, at most 4096; a page boundary may lie in between
 * @fault: receives the #PF if the result is WALK_FAULT
 *
 * Return: enum walk_result; nothing was written unless it is WALK_OK.
 */
int guestmem_write(const struct walk_ctx *ctx, u64 linear, const void *buf, unsigned int len,
		   struct fault *fault);

#endif
