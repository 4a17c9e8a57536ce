/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of exit reasons, errors and checks, as keys for programs and in words for people. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

#define NAME_SIZE 96

/* Each function writes to @buffer, which has room for NAME_SIZE characters. */

/*
 * Writes the lower-case name of a basic exit reason, "ept_violation"; "reason_81" if it has none.
 */
void name_reason_key(char *buffer, unsigned int reason);

/* Writes a basic exit reason in words, with its number. */
void name_reason_words(char *buffer, unsigned int reason);

/* Writes a VM-instruction error in words, with its number. */
void name_error_words(char *buffer, unsigned int error);

/* Writes the name of a check of VM entries, "host-cr3"; "check-200" if it has none. */
void name_check_key(char *buffer, unsigned int check);

/* Writes a check of VM entries in words, with its number. */
void name_check_words(char *buffer, unsigned int check);

/* Reads a check of VM entries as a user gives it, by number or name. Return: false when neither. */
bool name_check_parse(const char *text, unsigned int *check);

/* Writes the number of a VM-instruction error, which is its name for programs. */
void name_error_key(char *buffer, unsigned int error);

/**
 * name_reason_parse() - read an exit reason as a user gives it, by number or by name in any case
 * @text: what the user gave
 * @reason: the exit-reason field, 32 bits
 *
 * Return: false when it is neither.
 */
bool name_reason_parse(const char *text, unsigned int *reason);

#endif
