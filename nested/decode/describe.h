/* SPDX-License-Identifier: GPL-2.0-only */
/* VM-exit information in words, for people. Not linked into the root image. */
#ifndef NESTED_DECODE_DESCRIBE_H
#define NESTED_DECODE_DESCRIBE_H

#include "arch/types.h"

/**
 * describe_insninfo() - an instruction-information field in words
 * @info: the field
 * @exit_reason: basic exit reason: it selects the format
 * @buf: receives a string that ends in NUL, if @len is not 0
 * @len: room in @buf
 *
 * One "name = value" per line, in the order of the field's bits; bits that the
 * format leaves undefined are not mentioned.
 *
 * Return: the length of the whole text, without the NUL, even if it did not
 * fit; -1 if the exit reason has no instruction information.
 */
int describe_insninfo(u32 info, u32 exit_reason, char *buf, size_t len);

/**
 * describe_operand() - an operand as an assembler would write it
 * @info: the instruction-information field
 * @exit_reason: basic exit reason
 * @qualification: the exit qualification: the displacement
 * @buf: receives a string that ends in NUL, if @len is not 0
 * @len: room in @buf
 *
 * For example "SS:[EBP-0x18]" or "RAX".
 *
 * Return: as describe_insninfo().
 */
int describe_operand(u32 info, u32 exit_reason, u64 qualification, char *buf, size_t len);

#endif
