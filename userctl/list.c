// SPDX-License-Identifier: GPL-2.0-only
/* What the answer to a dump is gathered in. */
#include <stdlib.h>
#include <string.h>
#include "ctl.h"
#include "list.h"

void *list_add(struct list *list, size_t size)
{
	char *records = realloc(list->records, (list->nr + 1) * size);
	char *record;

	if (!records)
		exit(ctl_error("out of memory"));
	record = records + list->nr++ * size;
	list->records = records;
	return memset(record, 0, size);
}

void list_free(struct list *list)
{
	free(list->records);
	list->records = NULL;
	list->nr = 0;
}
