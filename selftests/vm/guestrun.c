// SPDX-License-Identifier: GPL-2.0-only
/*
 * The last thing that the test VM's init executes: run a command, carry its output to port 0xE9 and
 * send its exit status after it. Stays process 1, so it also reaps what the command has left.
 *
 * usage: guestrun COMMAND [ARG]...
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "vm_frame.h"

static void send_bytes(const void *bytes, size_t count)
{
	asm volatile("rep outsb" : "+S"(bytes), "+c"(count) : "d"(VM_PORT) : "memory");
}

static void send_text(const char *text)
{
	send_bytes(text, strlen(text));
}

static void send_exit(int wait_status)
{
	char frame[VM_FRAME_MAX];
	int status = WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) :
						WEXITSTATUS(wait_status);

	snprintf(frame, sizeof(frame), VM_FRAME_EXIT "%d\n", status);
	send_text(frame);
}

/* Carries over what is in the pipe now. Returns false when nobody can write to it any more. */
static bool drain(int fd)
{
	char buffer[16384];
	ssize_t count;

	while ((count = read(fd, buffer, sizeof(buffer))) > 0)
		send_bytes(buffer, count);
	return count < 0 && (errno == EAGAIN || errno == EINTR);
}

static pid_t start(char **argv, int output)
{
	sigset_t none;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execvp(argv[0], argv);
	fprintf(stderr, "guestrun: %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Reaps every child that has ended. Returns true, with its status, once @command is among them. */
static bool reap(pid_t command, int *wait_status)
{
	bool ended = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == command) {
			*wait_status = status;
			ended = true;
		}
	}
	return ended;
}

/* Carries @command's output until it has ended. What its children write later is not waited for. */
static int carry(pid_t command, int input, int signals)
{
	struct pollfd fds[] = {
		{ .fd = input, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int wait_status;

	for (;;) {
		poll(fds, 2, -1);
		if (fds[0].revents && !drain(input))
			fds[0].fd = -1;
		if (!fds[1].revents)
			continue;
		while (read(signals, &info, sizeof(info)) > 0)
			;
		if (reap(command, &wait_status)) {
			drain(input);
			return wait_status;
		}
	}
}

/*
 * Let the output be out before the command goes on: if it brings the machine down with its next
 * step, the last line that it printed is what tells where.
 */
static void go_first(void)
{
	struct sched_param param = { .sched_priority = 1 };

	sched_setscheduler(0, SCHED_FIFO | SCHED_RESET_ON_FORK, &param);
}

int main(int argc, char **argv)
{
	sigset_t child;
	int output[2], signals;
	pid_t pid;

	if (argc < 2 || ioperm(VM_PORT, 1, 1) || pipe2(output, O_CLOEXEC)) {
		perror("guestrun");
		return 1;
	}
	fcntl(output[0], F_SETFL, O_NONBLOCK);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
	signals = signalfd(-1, &child, SFD_NONBLOCK | SFD_CLOEXEC);
	go_first();
	send_text(VM_FRAME_BEGIN);
	pid = start(argv + 1, output[1]);
	close(output[1]);
	if (pid < 0 || signals < 0) {
		perror("guestrun");
		return 1;
	}
	send_exit(carry(pid, output[0], signals));
	/* The monitor ends the emulator on that; without a monitor the machine ends itself. */
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}
