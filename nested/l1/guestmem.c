// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies from and to L1's linear address space, across a page boundary if need be. An instruction
 * writes all of its operand or nothing, so both pages are translated before the first byte
 * is copied.
 */
#include "l1/guestmem.h"

#include "arch/x86.h"
#include "machine/contract.h"

/* An operand lies in one page or in two. */
struct pieces {
	u64 pa[2];
	unsigned int len[2];
};

static int translate(const struct walk_ctx *ctx, u64 linear, unsigned int len, unsigned int access,
		     struct pieces *out, struct fault *fault)
{
	const unsigned int room = PAGE_4K_SIZE - ((u32)linear & PAGE_4K_MASK);
	int result;

	out->len[0] = len < room ? len : room;
	out->len[1] = len - out->len[0];

	result = walk_linear(ctx, linear, access, &out->pa[0], fault);
	if (result == WALK_OK && out->len[1])
		result = walk_linear(ctx, linear + room, access, &out->pa[1], fault);
	return result;
}

static void read_piece(u64 pa, u8 *buf, unsigned int len)
{
	unsigned int i;

	if (m_phys_read(pa, buf, len))
		return;
	/* There is no memory, so the bus gives all ones. */
	for (i = 0; i < len; i++)
		buf[i] = 0xff;
}

int guestmem_read(const struct walk_ctx *ctx, u64 linear, void *buf, unsigned int len,
		  struct fault *fault)
{
	struct pieces pieces;
	int result;

	result = translate(ctx, linear, len, WALK_READ, &pieces, fault);
	if (result != WALK_OK)
		return result;

	read_piece(pieces.pa[0], buf, pieces.len[0]);
	if (pieces.len[1])
		read_piece(pieces.pa[1], (u8 *)buf + pieces.len[0], pieces.len[1]);
	return WALK_OK;
}

int guestmem_write(const struct walk_ctx *ctx, u64 linear, const void *buf, unsigned int len,
		   struct fault *fault)
{
	struct pieces pieces;
	int result;

	result = translate(ctx, linear, len, WALK_WRITE, &pieces, fault);
	if (result != WALK_OK)
		return result;

	/* Where there is no memory the write vanishes, as on the bus. */
	m_phys_write(pieces.pa[0], buf, pieces.len[0]);
	if (pieces.len[1])
		m_phys_write(pieces.pa[1], (const u8 *)buf + pieces.len[0], pieces.len[1]);
	return WALK_OK;
}
