// SPDX-License-Identifier: GPL-2.0-only
/* These say where Nestor's own memory lies; takeover.c sets them. */
#include "machine.h"

const u64 *machine_hidden;
u64 machine_nr_blocks;
