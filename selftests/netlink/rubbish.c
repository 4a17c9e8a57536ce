// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that the family must refuse, each with the right error; and what users may ask who are
 * not root.
 *
 * Messages are put together by hand, because libnl would not build most of them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include "tap.h"
#include "../../uapi/nestor.h"

#define NOBODY 65534
#define NR_RANDOM 3000

/**
 * struct message - a request under construction
 * @header: netlink's; its nlmsg_len is how much is in use
 * @genl: generic netlink's
 * @body: attributes, or what pretends to be some
 */
struct message {
	struct nlmsghdr header;
	struct genlmsghdr genl;
	uint8_t body[4096];
};

/* What came back: a number of messages, or the kernel's sentence. */
struct answer {
	unsigned int messages;
	bool pointers;
	char text[256];
};

static struct nl_sock *sock;
static int family_id;

/* The family */

static const char *no_family(void)
{
	sock = nl_socket_alloc();
	if (!sock || genl_connect(sock) < 0)
		return "there is no generic netlink";
	family_id = genl_ctrl_resolve(sock, NESTOR_GENL_NAME);
	return family_id < 0 ? "the module nestor is not loaded" : NULL;
}

/*
 * Each test has a socket of its own: it runs in its own process, and no answer of another test is
 * left in it.
 */
static void open_socket(void)
{
	int one = 1;

	sock = nl_socket_alloc();
	check(sock && genl_connect(sock) >= 0, "no socket");
	nl_socket_disable_seq_check(sock);
	check(!setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)),
	      "NETLINK_EXT_ACK: %m");
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
}

static void become_nobody(void)
{
	check(!setresgid(NOBODY, NOBODY, NOBODY) && !setresuid(NOBODY, NOBODY, NOBODY),
	      "cannot become nobody: %m");
}

/* Requests */

static void begin(struct message *message, uint8_t command, uint16_t flags)
{
	memset(message, 0, sizeof(*message));
	message->header.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN;
	message->header.nlmsg_type = family_id;
	message->header.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	message->genl.cmd = command;
	message->genl.version = NESTOR_GENL_VERSION;
}

static void put(struct message *message, const void *bytes, size_t size)
{
	memcpy((char *)message + message->header.nlmsg_len, bytes, size);
	message->header.nlmsg_len += size;
}

static void put_attr(struct message *message, uint16_t type, const void *value, uint16_t size)
{
	const struct nlattr attr = { .nla_len = NLA_HDRLEN + size, .nla_type = type };
	static const char zeros[NLA_ALIGNTO];

	put(message, &attr, sizeof(attr));
	put(message, value, size);
	put(message, zeros, NLA_ALIGN(size) - size);
}

static void put_attr_u32(struct message *message, uint16_t type, uint32_t value)
{
	put_attr(message, type, &value, sizeof(value));
}

static void put_attr_u8(struct message *message, uint16_t type, uint8_t value)
{
	put_attr(message, type, &value, sizeof(value));
}

/* Answers */

static void find_text(struct answer *answer, const struct nlmsghdr *header)
{
	const size_t skip = NLMSG_HDRLEN + sizeof(struct nlmsgerr);
	struct nlattr *attr = NULL;

	if (header->nlmsg_flags & NLM_F_ACK_TLVS)
		attr = nla_find((struct nlattr *)((char *)header + skip), header->nlmsg_len - skip,
				NLMSGERR_ATTR_MSG);
	if (attr)
		nla_strlcpy(answer->text, attr, sizeof(answer->text));
}

static void read_state(struct answer *answer, struct nlmsghdr *header)
{
	struct nlattr *attrs[NESTOR_A_MAX + 1], *state[NESTOR_A_STATE_MAX + 1];

	answer->messages++;
	if (genlmsg_parse(header, 0, attrs, NESTOR_A_MAX, NULL) < 0 || !attrs[NESTOR_A_STATE] ||
	    nla_parse_nested(state, NESTOR_A_STATE_MAX, attrs[NESTOR_A_STATE], NULL) < 0)
		return;
	if (state[NESTOR_A_STATE_VMXON_PTR] || state[NESTOR_A_STATE_CURRENT_VMCS])
		answer->pointers = true;
}

/*
 * Read one datagram. Return: 1 if more will come, else 0 or the error of the answer's last message.
 */
static int read_datagram(struct answer *answer, unsigned char *bytes, int size)
{
	struct nlmsghdr *header = (struct nlmsghdr *)bytes;

	for (; nlmsg_ok(header, size); header = nlmsg_next(header, &size)) {
		if (header->nlmsg_type == NLMSG_DONE)
			return *(int *)nlmsg_data(header);
		if (header->nlmsg_type == NLMSG_ERROR) {
			find_text(answer, header);
			return ((struct nlmsgerr *)nlmsg_data(header))->error;
		}
		read_state(answer, header);
	}
	return 1;
}

/* Send @message and read what comes back. Return: 0 or the errno with which it was refused. */
static int exchange(struct message *message, struct answer *answer)
{
	struct sockaddr_nl from;
	unsigned char *bytes;
	int size, ret;

	memset(answer, 0, sizeof(*answer));
	message->header.nlmsg_seq = 1;
	ret = nl_sendto(sock, message, message->header.nlmsg_len);
	check(ret >= 0, "sending: %s", nl_geterror(ret));
	do {
		size = nl_recv(sock, &from, &bytes, NULL);
		check(size > 0, "receiving: %s", nl_geterror(size));
		ret = read_datagram(answer, bytes, size);
		free(bytes);
	} while (ret == 1);
	return -ret;
}

static void expect(struct message *message, int wanted, const char *what)
{
	struct answer answer;
	int got = exchange(message, &answer);

	check(got == wanted, "%s: got %s (%s), wanted %s", what, strerrorname_np(got), answer.text,
	      strerrorname_np(wanted));
	note("%s: %s \"%s\"", what, got ? strerrorname_np(got) : "granted", answer.text);
}

/* As expect(), and there must be a sentence in it. Linux 6.1 has none where it refuses a dump. */
static void expect_text(struct message *message, int wanted, const char *what)
{
	struct answer answer;
	int got = exchange(message, &answer);

	check(got == wanted, "%s: got %s (%s), wanted %s", what, strerrorname_np(got), answer.text,
	      strerrorname_np(wanted));
	check(*answer.text, "%s: no extended ack", what);
	note("%s: %s \"%s\"", what, strerrorname_np(got), answer.text);
}

/* Tests */

static void answers(void)
{
	struct message message;
	struct answer answer;
	static const uint8_t dumps[] = { NESTOR_CMD_CPU, NESTOR_CMD_STAT, NESTOR_CMD_CAPS };
	size_t i;

	open_socket();
	begin(&message, NESTOR_CMD_STATUS, 0);
	check(!exchange(&message, &answer), "status is refused: %s", answer.text);
	check(answer.messages == 1, "%u messages for status", answer.messages);
	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		begin(&message, dumps[i], NLM_F_DUMP);
		check(!exchange(&message, &answer), "dump of %u is refused: %s", dumps[i],
		      answer.text);
		check(answer.messages == (unsigned int)sysconf(_SC_NPROCESSORS_CONF),
		      "%u messages for command %u", answer.messages, dumps[i]);
	}
}

static void one_cpu(void)
{
	struct message message;
	struct answer answer;

	open_socket();
	begin(&message, NESTOR_CMD_STAT, NLM_F_DUMP);
	put_attr_u32(&message, NESTOR_A_CPU, 0);
	check(!exchange(&message, &answer), "refused: %s", answer.text);
	check(answer.messages == 1, "%u messages for one CPU", answer.messages);
}

static void unknown_commands(void)
{
	static const uint8_t commands[] = { 0, NESTOR_CMD_EVENT, NESTOR_CMD_MAX + 1, 255 };
	struct message message;
	size_t i;

	open_socket();
	for (i = 0; i < ARRAY_SIZE(commands); i++) {
		begin(&message, commands[i], 0);
		expect(&message, EOPNOTSUPP, "unknown command");
	}
}

static void do_for_dump(void)
{
	struct message message;

	open_socket();
	begin(&message, NESTOR_CMD_STAT, 0);
	expect(&message, EOPNOTSUPP, "stat without dump");
	begin(&message, NESTOR_CMD_STATUS, NLM_F_DUMP);
	expect(&message, EOPNOTSUPP, "dump of status");
	begin(&message, NESTOR_CMD_CONTROL, NLM_F_DUMP);
	expect(&message, EOPNOTSUPP, "dump of control");
	begin(&message, NESTOR_CMD_CAPS, 0);
	expect(&message, EOPNOTSUPP, "capabilities without dump");
}

static void unknown_attributes(void)
{
	const uint64_t address = 0x1000;
	struct message message;

	open_socket();
	begin(&message, NESTOR_CMD_STATUS, 0);
	put_attr_u32(&message, NESTOR_A_CPU, 0);
	expect_text(&message, EINVAL, "attribute for a command that takes none");
	begin(&message, NESTOR_CMD_STAT, NLM_F_DUMP);
	put_attr(&message, NESTOR_A_ADDRESS, &address, sizeof(address));
	expect_text(&message, EINVAL, "attribute of another command");
	begin(&message, NESTOR_CMD_CAPS, NLM_F_DUMP);
	put_attr(&message, NESTOR_A_ADDRESS, &address, sizeof(address));
	expect_text(&message, EINVAL, "capabilities of a VMCS");
	begin(&message, NESTOR_CMD_STAT, NLM_F_DUMP);
	put_attr_u32(&message, NESTOR_A_VERSION, 0);
	expect_text(&message, EINVAL, "attribute of answers only");
	begin(&message, NESTOR_CMD_CONTROL, 0);
	put_attr_u8(&message, NESTOR_A_ENABLED, 1);
	put_attr_u32(&message, 999, 0);
	expect_text(&message, EINVAL, "attribute 999");
}

static void wrong_sizes(void)
{
	static const char zeros[16];
	struct message message;
	uint16_t size;

	open_socket();
	for (size = 0; size <= 8; size++) {
		if (size == sizeof(uint32_t))
			continue;
		begin(&message, NESTOR_CMD_CPU, NLM_F_DUMP);
		put_attr(&message, NESTOR_A_CPU, zeros, size);
		expect_text(&message, EINVAL, "CPU of a wrong size");
	}
	begin(&message, NESTOR_CMD_VMCS, NLM_F_DUMP);
	put_attr(&message, NESTOR_A_ADDRESS, zeros, 4);
	expect_text(&message, EINVAL, "address of 4 bytes");
	begin(&message, NESTOR_CMD_CONTROL, 0);
	put_attr(&message, NESTOR_A_ENABLED, zeros, 4);
	expect_text(&message, EINVAL, "enabled of 4 bytes");
}

static void wrong_values(void)
{
	struct message message;

	open_socket();
	begin(&message, NESTOR_CMD_CPU, NLM_F_DUMP);
	put_attr_u32(&message, NESTOR_A_CPU, 100000);
	expect(&message, ENOENT, "CPU 100000");
	begin(&message, NESTOR_CMD_VMCS, NLM_F_DUMP);
	put_attr_u32(&message, NESTOR_A_CPU, UINT32_MAX);
	expect(&message, ENOENT, "CPU -1");
	begin(&message, NESTOR_CMD_CAPS, NLM_F_DUMP);
	put_attr_u32(&message, NESTOR_A_CPU, 100000);
	expect(&message, ENOENT, "capabilities of CPU 100000");
	begin(&message, NESTOR_CMD_CONTROL, 0);
	put_attr_u8(&message, NESTOR_A_ENABLED, 2);
	expect_text(&message, ERANGE, "enabled = 2");
	begin(&message, NESTOR_CMD_CONTROL, 0);
	expect_text(&message, EINVAL, "control without a word of what");
	begin(&message, NESTOR_CMD_CPU, NLM_F_DUMP);
	put_attr_u32(&message, NESTOR_A_CPU | NLA_F_NESTED, 0);
	expect_text(&message, EINVAL, "a number that claims to be a nest");
}

static void malformed(void)
{
	struct nlattr beyond = { .nla_len = 400, .nla_type = NESTOR_A_CPU };
	struct message message;

	open_socket();
	begin(&message, NESTOR_CMD_CPU, NLM_F_DUMP);
	put(&message, &beyond, sizeof(beyond));
	expect_text(&message, EINVAL, "attribute longer than the message");
	beyond.nla_len = 1;
	begin(&message, NESTOR_CMD_CPU, NLM_F_DUMP);
	put(&message, &beyond, sizeof(beyond));
	expect_text(&message, EINVAL, "attribute shorter than its header");
	begin(&message, NESTOR_CMD_STATUS, 0);
	put(&message, "\1\2\3", 3);
	expect_text(&message, EINVAL, "bytes behind the attributes");
	begin(&message, NESTOR_CMD_STATUS, 0);
	message.header.nlmsg_len = NLMSG_HDRLEN + 1;
	expect(&message, EINVAL, "header cut off");
	begin(&message, NESTOR_CMD_STATUS, 0);
	message.genl.reserved = 7;
	expect_text(&message, EINVAL, "reserved field of the header");
}

static void nobody_reads(void)
{
	static const uint8_t dumps[] = { NESTOR_CMD_CPU, NESTOR_CMD_STAT };
	struct message message;
	struct answer answer;
	size_t i;

	become_nobody();
	open_socket();
	begin(&message, NESTOR_CMD_STATUS, 0);
	expect(&message, 0, "status");
	for (i = 0; i < ARRAY_SIZE(dumps); i++) {
		begin(&message, dumps[i], NLM_F_DUMP);
		check(!exchange(&message, &answer), "dump of %u is refused: %s", dumps[i],
		      answer.text);
		check(!answer.pointers, "physical addresses are told to nobody");
	}
}

static void nobody_writes(void)
{
	struct message message;
	uint8_t enabled;

	become_nobody();
	open_socket();
	for (enabled = 0; enabled <= 1; enabled++) {
		begin(&message, NESTOR_CMD_CONTROL, 0);
		put_attr_u8(&message, NESTOR_A_ENABLED, enabled);
		expect_text(&message, EPERM, "control");
	}
	begin(&message, NESTOR_CMD_CONTROL, 0);
	expect_text(&message, EPERM, "empty control");
	begin(&message, NESTOR_CMD_VMCS, NLM_F_DUMP);
	expect(&message, EPERM, "VMCSs");
	begin(&message, NESTOR_CMD_CAPS, NLM_F_DUMP);
	expect(&message, EPERM, "capabilities");
}

static void nobody_listens(void)
{
	int group;

	open_socket();
	group = genl_ctrl_resolve_grp(sock, NESTOR_GENL_NAME, NESTOR_GENL_EVENTS);
	check(group >= 0, "there is no group of events");
	become_nobody();
	open_socket();
	check(setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group,
			 sizeof(group)), "nobody may listen");
	check(errno == EPERM, "joining the group: %m, wanted EPERM");
}

static void fill_random(struct message *message)
{
	size_t i, size = random() % 200;

	begin(message, random() % 8, random() % 2 ? NLM_F_DUMP : 0);
	for (i = 0; i < size; i++)
		message->body[i] = random();
	/*
	 * Half of them begin like an attribute that the family knows, so that not all end at the
	 * first test.
	 */
	if (random() % 2) {
		const struct nlattr attr = {
			.nla_len = random() % 16,
			.nla_type = random() % (NESTOR_A_MAX + 2),
		};

		memcpy(message->body, &attr, sizeof(attr));
	}
	message->header.nlmsg_len += size;
}

/* As nobody, so that none of them takes the machine over or gives it back. */
static void random_bytes(void)
{
	unsigned int seed = getpid(), refused = 0, i;
	struct message message;
	struct answer answer;

	become_nobody();
	open_socket();
	srandom(seed);
	note("seed %u", seed);
	for (i = 0; i < NR_RANDOM; i++) {
		fill_random(&message);
		refused += !!exchange(&message, &answer);
	}
	note("%u of %u refused", refused, NR_RANDOM);
	check(refused > NR_RANDOM / 2, "only %u of %u were refused", refused, NR_RANDOM);
	begin(&message, NESTOR_CMD_STATUS, 0);
	expect(&message, 0, "status after all that");
}

static const struct tap_test tests[] = {
	{ "answers", answers },
	{ "one_cpu", one_cpu },
	{ "unknown_commands", unknown_commands },
	{ "do_for_dump", do_for_dump },
	{ "unknown_attributes", unknown_attributes },
	{ "wrong_sizes", wrong_sizes },
	{ "wrong_values", wrong_values },
	{ "malformed", malformed },
	{ "nobody_reads", nobody_reads },
	{ "nobody_writes", nobody_writes },
	{ "nobody_listens", nobody_listens },
	{ "random_bytes", random_bytes },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, tests, ARRAY_SIZE(tests), no_family);
}
