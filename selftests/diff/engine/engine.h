/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engine: executes the steps of a program.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

/* To be called by entry.S. */
void engine_run(void);

#endif
