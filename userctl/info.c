// SPDX-License-Identifier: GPL-2.0-only
/* The module as a whole. */
#include <string.h>
#include "info.h"

static void on_status(struct nlattr **attrs, void *arg)
{
	struct info *info = arg;

	if (attrs[NESTOR_A_VERSION])
		nla_strlcpy(info->version, attrs[NESTOR_A_VERSION], sizeof(info->version));
	info->enabled = family_number(attrs[NESTOR_A_ENABLED]);
	info->nr_cpus = family_number(attrs[NESTOR_A_NR_CPUS]);
	info->memory_per_cpu = family_number(attrs[NESTOR_A_MEMORY_PER_CPU]);
	info->memory_total = family_number(attrs[NESTOR_A_MEMORY_TOTAL]);
}

int info_read(struct family *family, struct info *info)
{
	const struct request request = { .command = NESTOR_CMD_STATUS };

	memset(info, 0, sizeof(*info));
	return family_ask(family, &request, on_status, info);
}
