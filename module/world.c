// SPDX-License-Identifier: GPL-2.0-only
/* What the Linux half knows of the machine and of each CPU. */
#include <linux/cpumask.h>
#include "world.h"

struct nestor_world world;
struct nestor_cpu *world_cpus;

const struct root_shared *world_shared(unsigned int cpu)
{
	return cpu < nr_cpu_ids ? world_cpus[cpu].shared : NULL;
}
