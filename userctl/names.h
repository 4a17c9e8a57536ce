/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of exit reasons, errors and checks, as keys for programs and in words for people. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

#define NAME_SIZE 96

/* Write to @buffer, which has room for NAME_SIZE characters. */

/* The lower-case name of a basic exit reason, "ept_violation"; "reason_81" if it has none. */
void name_reason_key(char *buffer, unsigned int reason);

/* A basic exit reason in words, with its number. */
void name_reason_words(char *buffer, unsigned int reason);

/* A VM-instruction error in words, with its number. */
void name_error_words(char *buffer, unsigned int error);

/* The name of a check of VM entries, "host-cr3"; "check-200" if it has none. */
void name_check_key(char *buffer, unsigned int check);

/* A check of VM entries, with its number. */
void name_check_words(char *buffer, unsigned int check);

/* A check of VM entries as a user gives it: a number, or its name. Return: false when neither. */
bool name_check_parse(const char *text, unsigned int *check);

/* The number of a VM-instruction error, as a name for programs. */
void name_error_key(char *buffer, unsigned int error);

/**
 * name_reason_parse() - an exit reason as a user gives it: a number, or its name in any case
 * @text: what the user gave
 * @reason: the exit-reason field, 32 bits
 *
 * Return: false when it is neither.
 */
bool name_reason_parse(const char *text, unsigned int *reason);

#endif
