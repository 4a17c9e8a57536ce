/* SPDX-License-Identifier: GPL-2.0-only */
/* Making steps fail that do not fail by themselves: the module parameter "fail", for tests. */
#ifndef NESTOR_INJECT_H
#define NESTOR_INJECT_H

#include <linux/types.h>

enum inject_step {
	INJECT_NOTHING,
#define STEP(name, word) INJECT_##name,
#include "inject.def"
#undef STEP
};

/**
 * inject_fails() - is this step to fail here?
 * @step: the step
 * @cpu: the CPU that it is for; 0 where it is for none
 *
 * Return: true if the user wants it so.
 */
bool inject_fails(enum inject_step step, unsigned int cpu);

#endif
