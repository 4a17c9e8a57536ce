// SPDX-License-Identifier: GPL-2.0-only
/* nobody PROGRAM [ARGUMENT...]: run a program without any privilege, on machines that have no setpriv */
#define _GNU_SOURCE
#include <stdio.h>
#include <unistd.h>

#define NOBODY 65534

int main(int argc, char **argv)
{
	if (argc < 2) {
		fprintf(stderr, "usage: nobody PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY)) {
		perror("nobody");
		return 125;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 127;
}
