/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a hostile program must not do: keep the CPU, or write to memory of Linux.
 */
#ifndef ENGINE_TAME_H
#define ENGINE_TAME_H

/* Change the current VMCS so that its entry does no harm to this Linux and comes back. */
void tame_entry(void);

#endif
