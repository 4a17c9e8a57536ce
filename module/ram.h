/* SPDX-License-Identifier: GPL-2.0-only */
/* Where RAM ends, asked once; and memory that comes later. */
#ifndef NESTOR_RAM_H
#define NESTOR_RAM_H

#include <linux/types.h>

/**
 * ram_init() - ask Linux where RAM ends
 *
 * From here to ram_settle() no memory comes online: who brings some waits.
 *
 * Return: 0, or what asking or registering the notifier gave. ram_settle() and ram_exit() are
 * wanted in any case.
 */
int ram_init(void);

/* The end of RAM as ram_init() found it, rounded up to a gigabyte. */
u64 ram_end(void);

/**
 * ram_settle() - memory may come online again
 * @reach: where root's map of physical memory ends. Memory beyond it is refused.
 */
void ram_settle(u64 reach);

/* Refuse no memory any more. */
void ram_exit(void);

#endif
