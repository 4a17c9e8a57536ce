// SPDX-License-Identifier: GPL-2.0-only
/*
 * listen SECONDS: join the events without asking the module first, and print how many are heard.
 *
 * The kernel lets in who is an administrator of the user namespace that owns his network namespace,
 * which everybody can be of one of his own. Events are not for him all the same.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include "../../uapi/nestor.h"

static int join(struct nl_sock *sock)
{
	int group;

	if (!sock || genl_connect(sock) < 0)
		return -1;
	group = genl_ctrl_resolve_grp(sock, NESTOR_GENL_NAME, NESTOR_GENL_EVENTS);
	return group < 0 ? group : nl_socket_add_membership(sock, group);
}

static unsigned int count_messages(struct nl_sock *sock, time_t seconds)
{
	struct pollfd fd = { .fd = nl_socket_get_fd(sock), .events = POLLIN };
	time_t end = time(NULL) + seconds;
	unsigned int heard = 0;
	char buffer[8192];

	while (time(NULL) < end) {
		if (poll(&fd, 1, 200) == 1 && recv(fd.fd, buffer, sizeof(buffer), 0) > 0)
			heard++;
	}
	return heard;
}

int main(int argc, char **argv)
{
	struct nl_sock *sock = nl_socket_alloc();
	int ret = join(sock);

	if (ret < 0) {
		printf("cannot join: %s\n", nl_geterror(ret));
		return 1;
	}
	printf("joined\n");
	fflush(stdout);
	printf("heard %u\n", count_messages(sock, argc > 1 ? atoi(argv[1]) : 1));
	return 0;
}
