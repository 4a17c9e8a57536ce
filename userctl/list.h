/* SPDX-License-Identifier: GPL-2.0-only */
/* What the answer to a dump is gathered in: records of one kind, a message each. */
#ifndef LIST_H
#define LIST_H

#include <stddef.h>

/**
 * struct list - records in the order in which they came
 * @records: an array of them; who fills the list knows their type
 * @nr: how many
 */
struct list {
	void *records;
	size_t nr;
};

/**
 * list_add() - make room for one more record
 * @list: all of its records have this size
 * @size: bytes
 *
 * Return: the record, all zeros. Without memory the program ends.
 */
void *list_add(struct list *list, size_t size);

/* Empty the list. */
void list_free(struct list *list);

#endif
