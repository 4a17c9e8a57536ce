/* SPDX-License-Identifier: GPL-2.0-only */
/* Exit qualifications in words. */
#ifndef QUALIFICATION_H
#define QUALIFICATION_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * qualification_describe() - write an exit qualification as lines of "name = value"
 * @stream: where the lines go
 * @reason: the basic exit reason, which selects the format
 * @qualification: the exit qualification
 *
 * Return: false when exits for this reason have none.
 */
bool qualification_describe(FILE *stream, uint32_t reason, uint64_t qualification);

#endif
