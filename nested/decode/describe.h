/* SPDX-License-Identifier: GPL-2.0-only */
/* VM-exit information in words, for people. This is not linked into the root image. */
#ifndef NESTED_DECODE_DESCRIBE_H
#define NESTED_DECODE_DESCRIBE_H

#include "arch/types.h"

/**
 * describe_insninfo() - an instruction-information field in words
 * @info: the field
 * @exit_reason: basic exit reason, which selects the format
 * @buf: receives a string that ends in NUL, if @len is not 0
 * @len: bytes that fit into @buf
 *
 * The text has one "name = value" per line, in the order of the field's bits. Bits that the format
 * leaves undefined are not mentioned.
 *
 * Return: the length of the whole text, without the NUL, even if it did not fit; -1 if the exit
 * reason has no instruction information.
 */
int describe_insninfo(u32 info, u32 exit_reason, char *buf, size_t len);

/**
 * describe_operand() - an operand as an assembler would write it
 * @info: the instruction-information field
 * @exit_reason: basic exit reason, which selects the format
 * @qualification: the exit qualification, which is the displacement
 * @buf: receives a string that ends in NUL, if @len is not 0
 * @len: bytes that fit into @buf
 *
 * For example this is "SS:[EBP-0x18]" or "RAX".
 *
 * Return: as describe_insninfo(), or -1 if the format has no such operand.
 */
int describe_operand(u32 info, u32 exit_reason, u64 qualification, char *buf, size_t len);

#endif
