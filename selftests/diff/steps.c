// SPDX-License-Identifier: GPL-2.0-only
/*
 * The steps that a program is compiled to.
 */
#include "line.h"
#include "steps.h"

static struct lhv_step *steps;
static size_t nr_steps;

void steps_begin(struct lhv_step *to)
{
	steps = to;
	nr_steps = 0;
}

struct lhv_step *steps_add(u8 op)
{
	if (nr_steps >= LHV_MAX_STEPS - 1)
		line_bad("the program is too long");
	steps[nr_steps] = (struct lhv_step){ .op = op };
	return &steps[nr_steps++];
}

struct lhv_step *steps_last(void)
{
	return &steps[nr_steps - 1];
}

void steps_poke(u64 offset, u64 value, u32 size)
{
	struct lhv_step *step = steps_add(LHV_POKE);

	step->x = offset;
	step->y = value;
	step->arg = size;
}

size_t steps_end(void)
{
	steps_add(LHV_END);
	return nr_steps;
}
