/* SPDX-License-Identifier: GPL-2.0-only */
/* The answer to a dump is gathered in a list, with a record for each message. */
#ifndef LIST_H
#define LIST_H

#include <stddef.h>

/**
 * struct list - records in the order in which they came
 * @records: an array of them; who fills the list knows their type
 * @nr: how many there are
 */
struct list {
	void *records;
	size_t nr;
};

/**
 * list_add() - make room for one more record
 * @list: the list
 * @size: bytes of a record, the same for all records of the list
 *
 * Return: the record, all zeros. Without memory the program ends.
 */
void *list_add(struct list *list, size_t size);

/* Free the records; the list is empty afterwards. */
void list_free(struct list *list);

#endif
