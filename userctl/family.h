/* SPDX-License-Identifier: GPL-2.0-only */
/* Talking to the module over its generic-netlink family; errors are told in words. */
#ifndef FAMILY_H
#define FAMILY_H

#include <stdbool.h>
#include <stdint.h>
#include <netlink/netlink.h>
#include <netlink/genl/genl.h>
#include "../uapi/nestor.h"

/**
 * struct family - a connection
 * @socket: libnl's socket
 * @id: the number that the kernel gave the family
 * @error: the errno with which the kernel refused the last request, 0 if it did not
 * @message: the sentence it gave with that, empty if none
 */
struct family {
	struct nl_sock *socket;
	int id;
	int error;
	char message[256];
};

/* It is called with each message of an answer; attrs has NESTOR_A_MAX + 1 entries. */
typedef void family_reader(struct nlattr **attrs, void *arg);

/**
 * struct request - one request
 * @command: enum nestor_cmd
 * @dump: ask for a message for each CPU or VMCS, not for one message
 * @has_cpu: @cpu is asked for
 * @has_address: @address is asked for
 * @has_enabled: @enabled is to be set
 * @cpu: NESTOR_A_CPU
 * @address: NESTOR_A_ADDRESS
 * @enabled: NESTOR_A_ENABLED
 */
struct request {
	uint8_t command;
	bool dump;
	bool has_cpu;
	bool has_address;
	bool has_enabled;
	uint8_t enabled;
	uint32_t cpu;
	uint64_t address;
};

/**
 * family_open() - connect, or tell the user why not
 * @family: the connection
 *
 * Return: 0, or CTL_FAILED when it was told.
 */
int family_open(struct family *family);
void family_close(struct family *family);

/**
 * family_ask() - send a request and read the whole answer, or tell the user why not
 * @family: an open connection
 * @request: what is asked
 * @reader: called with each message; may be NULL for a command that gives none
 * @arg: goes to @reader
 *
 * Return: 0, or CTL_FAILED when it was told.
 */
int family_ask(struct family *family, const struct request *request, family_reader *reader,
	       void *arg);

/**
 * family_listen() - read the events of the module as they come, or tell the user why not
 * @family: an open connection, which is good for nothing else afterwards
 * @reader: called with each event; may end the program
 * @arg: goes to @reader
 *
 * Return: CTL_FAILED when it was told; it does not return otherwise.
 */
int family_listen(struct family *family, family_reader *reader, void *arg);

/* Read a nested attribute into @attrs, which has @max + 1 entries, NULL where there is none. */
void family_nested(struct nlattr **attrs, int max, struct nlattr *nest);

/* Return: the value of an attribute of 8, 32 or 64 bits, zero if it is missing. */
uint64_t family_number(const struct nlattr *attr);

#endif
