// SPDX-License-Identifier: GPL-2.0-only
/* Where Nestor's own memory lies; takeover.c sets it. */
#include "machine.h"

const u64 *machine_hidden;
u64 machine_nr_blocks;
