// SPDX-License-Identifier: GPL-2.0-only
/* Talking to the module. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/family.h>
#include "ctl.h"
#include "family.h"

/* The callbacks of libnl need this while an answer is read. */
struct listener {
	struct family *family;
	family_reader *reader;
	void *arg;
	bool done;
};

static bool module_loaded(void)
{
	return !access("/sys/module/nestor", F_OK);
}

static int tell_no_family(void)
{
	if (module_loaded())
		return ctl_error(
			"the module is loaded but does not answer; see: dmesg | grep nestor");
	return ctl_error("the module is not loaded; try: modprobe nestor");
}

static int tell_version(int theirs)
{
	return ctl_error(
		"the module speaks version %d of the netlink family, this program (%s) version %d; install both from one release",
		theirs, NESTOR_VERSION, NESTOR_GENL_VERSION);
}

static int resolve(struct family *family)
{
	struct nl_cache *cache;
	struct genl_family *found;
	int version = 0;
	int ret = genl_ctrl_alloc_cache(family->socket, &cache);

	if (ret < 0)
		return ctl_error("cannot list the netlink families: %s", nl_geterror(ret));
	found = genl_ctrl_search_by_name(cache, NESTOR_GENL_NAME);
	if (found) {
		family->id = genl_family_get_id(found);
		version = genl_family_get_version(found);
		genl_family_put(found);
	}
	nl_cache_free(cache);
	if (!found)
		return tell_no_family();
	return version == NESTOR_GENL_VERSION ? 0 : tell_version(version);
}

/*
 * With the first option the kernel sends a sentence beside the number of an error; with the second
 * it leaves out the request's body, which comes before the sentence otherwise.
 */
static void want_sentences(struct nl_sock *socket)
{
	int one = 1;
	int fd = nl_socket_get_fd(socket);

	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
}

int family_open(struct family *family)
{
	int ret;

	memset(family, 0, sizeof(*family));
	family->socket = nl_socket_alloc();
	if (!family->socket)
		return ctl_error("out of memory");
	ret = genl_connect(family->socket);
	if (ret < 0)
		ret = ctl_error("cannot open a netlink socket: %s", nl_geterror(ret));
	else
		ret = resolve(family);
	if (ret) {
		family_close(family);
		return ret;
	}
	want_sentences(family->socket);
	return 0;
}

void family_close(struct family *family)
{
	nl_socket_free(family->socket);
	family->socket = NULL;
}

/*
 * The attributes of an error come after the header of the request, and after its body too, unless
 * the body was left out.
 */
static void read_sentence(struct family *family, const struct nlmsghdr *header,
			  const struct nlmsgerr *error)
{
	size_t skip = NLMSG_HDRLEN + sizeof(*error);
	struct nlattr *attr;

	if (!(header->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(header->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(error->msg.nlmsg_len - NLMSG_HDRLEN);
	if (skip >= header->nlmsg_len)
		return;
	attr = nla_find((struct nlattr *)((char *)header + skip), header->nlmsg_len - skip,
			NLMSGERR_ATTR_MSG);
	if (attr)
		nla_strlcpy(family->message, attr, sizeof(family->message));
}

static int on_error(struct sockaddr_nl *from, struct nlmsgerr *error, void *arg)
{
	const struct nlmsghdr *header = (struct nlmsghdr *)((char *)error - NLMSG_HDRLEN);
	struct family *family = arg;

	(void)from;
	family->error = -error->error;
	read_sentence(family, header, error);
	return -NLE_FAILURE;
}

static int on_message(struct nl_msg *message, void *arg)
{
	struct nlattr *attrs[NESTOR_A_MAX + 1];
	struct listener *listener = arg;
	int ret = genlmsg_parse(nlmsg_hdr(message), 0, attrs, NESTOR_A_MAX, NULL);

	if (ret < 0)
		return ret;
	if (listener->reader)
		listener->reader(attrs, listener->arg);
	return NL_OK;
}

static int on_end(struct nl_msg *message, void *arg)
{
	struct listener *listener = arg;

	(void)message;
	listener->done = true;
	return NL_STOP;
}

/* A dump that failed on its way tells the error in the number that its last message carries. */
static int on_dump_end(struct nl_msg *message, void *arg)
{
	const struct nlmsghdr *header = nlmsg_hdr(message);
	struct listener *listener = arg;
	int error = 0;

	if (nlmsg_datalen(header) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(header), sizeof(error));
	if (error >= 0)
		return on_end(message, arg);
	listener->family->error = -error;
	return -NLE_FAILURE;
}

static int receive(struct listener *listener)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int ret = 0;

	if (!cb)
		return -NLE_NOMEM;
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, listener);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_end, listener);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_dump_end, listener);
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, listener->family);
	while (!listener->done && ret >= 0)
		ret = nl_recvmsgs(listener->family->socket, cb);
	nl_cb_put(cb);
	return ret < 0 ? ret : 0;
}

static int put_request(struct nl_msg *message, const struct family *family,
		       const struct request *request)
{
	int flags = request->dump ? NLM_F_DUMP : NLM_F_ACK;

	if (!genlmsg_put(message, NL_AUTO_PORT, NL_AUTO_SEQ, family->id, 0, flags,
			 request->command, NESTOR_GENL_VERSION) ||
	    (request->has_cpu && nla_put_u32(message, NESTOR_A_CPU, request->cpu)) ||
	    (request->has_address && nla_put_u64(message, NESTOR_A_ADDRESS, request->address)) ||
	    (request->has_enabled && nla_put_u8(message, NESTOR_A_ENABLED, request->enabled)))
		return -NLE_NOMEM;
	return 0;
}

static int send_request(struct family *family, const struct request *request)
{
	struct nl_msg *message = nlmsg_alloc();
	int ret;

	if (!message)
		return -NLE_NOMEM;
	ret = put_request(message, family, request);
	if (!ret)
		ret = nl_send_auto(family->socket, message);
	nlmsg_free(message);
	return ret < 0 ? ret : 0;
}

static int tell_no_admin(void)
{
	if (!geteuid())
		return ctl_error(
			"needs CAP_SYS_ADMIN in the initial user namespace, which this root has not");
	return ctl_error("needs CAP_SYS_ADMIN (run as root)");
}

static int tell_error(const struct family *family, const struct request *request, int ret)
{
	if (!family->error)
		return ctl_error("no answer from the module: %s", nl_geterror(ret));
	if (family->error == EPERM)
		return tell_no_admin();
	/* Linux 6.1 gives no sentence when it refuses a dump. */
	if (family->error == ENOENT && request && request->has_cpu)
		return ctl_error("no such CPU: %u", request->cpu);
	if (*family->message)
		return ctl_error("%s", family->message);
	return ctl_error("the module refused: %s", strerror(family->error));
}

int family_ask(struct family *family, const struct request *request, family_reader *reader,
	       void *arg)
{
	struct listener listener = { .family = family, .reader = reader, .arg = arg };
	int ret = send_request(family, request);

	if (ret < 0)
		return ctl_error("cannot send to the module: %s", nl_geterror(ret));
	family->error = 0;
	*family->message = '\0';
	ret = receive(&listener);
	return ret < 0 ? tell_error(family, request, ret) : 0;
}

/*
 * Events come in bursts, 512 of each CPU at most, and the kernel drops those that find no
 * room. It allows less room to who is not an administrator of the network.
 */
static void make_room(struct nl_sock *socket)
{
	int bytes = 1024 * 1024;
	int fd = nl_socket_get_fd(socket);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof(bytes)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes));
}

static int join(struct family *family)
{
	int group = genl_ctrl_resolve_grp(family->socket, NESTOR_GENL_NAME, NESTOR_GENL_EVENTS);

	if (group < 0)
		return ctl_error("the module has no events: %s", nl_geterror(group));
	make_room(family->socket);
	if (!setsockopt(nl_socket_get_fd(family->socket), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			&group, sizeof(group)))
		return 0;
	if (errno == EPERM)
		return tell_no_admin();
	return ctl_error("cannot listen to the module's events: %s", strerror(errno));
}

int family_listen(struct family *family, family_reader *reader, void *arg)
{
	/* No VMCS has such an address. */
	const struct request request = {
		.command = NESTOR_CMD_VMCS,
		.dump = true,
		.has_address = true,
		.address = 1,
	};
	struct listener listener = { .family = family, .reader = reader, .arg = arg };
	int ret;

	/*
	 * In a user namespace of its own the kernel lets anybody join, and the module tells him
	 * nothing. So ask the module first for something else that it tells an administrator only.
	 */
	ret = family_ask(family, &request, NULL, NULL);
	if (!ret)
		ret = join(family);
	if (ret)
		return ret;
	/*
	 * Nobody asked for what comes now, so libnl must expect neither an ack nor a sequence
	 * number.
	 */
	nl_socket_disable_auto_ack(family->socket);
	/*
	 * libnl says NLE_NOMEM when messages were lost because the socket was full. Which ones were
	 * lost can be seen from the numbers of the events.
	 */
	do {
		ret = receive(&listener);
	} while (!ret || ret == -NLE_NOMEM);
	return tell_error(family, NULL, ret);
}

void family_nested(struct nlattr **attrs, int max, struct nlattr *nest)
{
	if (!nest || nla_parse_nested(attrs, max, nest, NULL) < 0)
		memset(attrs, 0, (max + 1) * sizeof(*attrs));
}

uint64_t family_number(const struct nlattr *attr)
{
	switch (attr ? nla_len(attr) : 0) {
	case 1:
		return nla_get_u8(attr);
	case 4:
		return nla_get_u32(attr);
	case 8:
		return nla_get_u64(attr);
	}
	return 0;
}
