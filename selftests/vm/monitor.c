// SPDX-License-Identifier: GPL-2.0-only
/*
 * Run an emulator and watch over its guest: pass on what the guest's command prints, end with the
 * command's status, and see to it that no emulator outlives its monitor.
 *
 * usage: monitor [-b BOOTS] [-r RESETS] [-o] TIMEOUT-SECONDS NOISE-FILE COPY-FILE EMULATOR [ARG]...
 *
 * The command may begin BOOTS times (1), and the machine may be reset RESETS times (0). With -o it
 * must switch itself off after the command, before the command's status counts.
 *
 * The guest's channel (vm_frame.h) is the emulator's standard output. Everything else that the
 * emulator says (its standard error, and what stands on the channel before the guest's command
 * begins) goes to NOISE-FILE; COPY-FILE gets the command's output once more.
 *
 * Exit status: the command's; 124 when the time is up; 125 when the guest died, which is when the
 * emulator has ended or has reset the machine (once more than it may).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "vm_frame.h"

#define STATUS_TIMEOUT 124
#define STATUS_DIED    125

/* Bochs notes every reset of the machine in its log. */
#define BOCHS_RESET "bx_pc_system_c::Reset("

struct monitor {
	pid_t emulator;
	int channel;
	int errors;
	int signals;
	FILE *noise;
	FILE *copy;
	bool begun;
	bool ended;	   /* the command has, with this status */
	bool done;
	int status;
	bool until_off;
	unsigned int boots, resets; /* that may still come */
	size_t held; /* bytes of a possible frame */
	char frame[VM_FRAME_MAX];
	size_t line_length; /* the emulator's last line, in parts */
	char line[256];
};

static void finish(struct monitor *m, int status)
{
	if (m->done)
		return;
	m->done = true;
	m->status = status;
}

static void died(struct monitor *m, const char *why)
{
	if (!m->done)
		fprintf(stderr, "vmrun: the guest died: %s\n", why);
	finish(m, STATUS_DIED);
}

static void write_out(struct monitor *m, const char *bytes, size_t count)
{
	ssize_t written;

	fwrite(bytes, 1, count, m->copy);
	while (count > 0) {
		written = write(STDOUT_FILENO, bytes, count);
		if (written < 0 && errno != EINTR)
			return;
		if (written > 0) {
			bytes += written;
			count -= written;
		}
	}
}

/* Bytes that are no frame are the command's output, or noise before it began. */
static void pass(struct monitor *m, const char *bytes, size_t count)
{
	if (m->begun)
		write_out(m, bytes, count);
	else
		fwrite(bytes, 1, count, m->noise);
}

static bool begins_with(const char *bytes, size_t count, const char *frame)
{
	size_t length = strlen(frame);

	return !memcmp(bytes, frame, count < length ? count : length);
}

/* A frame has come in whole, with its line feed. */
static void take_frame(struct monitor *m)
{
	if (begins_with(m->frame, m->held, VM_FRAME_EXIT)) {
		m->ended = true;
		m->status = atoi(m->frame + strlen(VM_FRAME_EXIT));
		m->done = !m->until_off;
	} else if (m->boots-- == 0) {
		died(m, "it booted once more");
	}
	m->begun = true;
}

static void hold_byte(struct monitor *m, char byte)
{
	m->frame[m->held++] = byte;
	m->frame[m->held] = '\0';
	if (!begins_with(m->frame, m->held, VM_FRAME_BEGIN) &&
	    !begins_with(m->frame, m->held, VM_FRAME_EXIT)) {
		pass(m, m->frame, m->held);
		m->held = 0;
	} else if (byte == '\n' || m->held == VM_FRAME_MAX - 1) {
		take_frame(m);
		m->held = 0;
	}
}

static void take_channel(struct monitor *m, const char *bytes, size_t count)
{
	const char *mark;
	size_t plain;

	while (count > 0 && !m->done) {
		if (m->held) {
			hold_byte(m, *bytes++);
			count--;
			continue;
		}
		mark = memchr(bytes, VM_FRAME_MARK, count);
		plain = mark ? (size_t)(mark - bytes) : count;
		pass(m, bytes, plain);
		bytes += plain;
		count -= plain;
		if (mark) {
			m->frame[m->held++] = *bytes++;
			count--;
		}
	}
}

static void take_errors(struct monitor *m, const char *bytes, size_t count)
{
	fwrite(bytes, 1, count, m->noise);
	for (; count > 0; bytes++, count--) {
		if (*bytes != '\n') {
			if (m->line_length < sizeof(m->line) - 1)
				m->line[m->line_length++] = *bytes;
			continue;
		}
		m->line[m->line_length] = '\0';
		m->line_length = 0;
		if (strstr(m->line, BOCHS_RESET) && m->resets-- == 0)
			died(m, "the machine was reset");
	}
}

/* A machine that was to switch itself off has ended well, if its command has. */
static void emulator_ended(struct monitor *m)
{
	if (m->until_off && m->ended)
		finish(m, m->status);
	else
		died(m, "the emulator ended");
}

/* Takes what there is now from @fd. Returns false at its end. */
static bool take(struct monitor *m, int fd, void (*sink)(struct monitor *, const char *, size_t))
{
	char buffer[65536];
	ssize_t count;

	while ((count = read(fd, buffer, sizeof(buffer))) > 0)
		sink(m, buffer, count);
	return count < 0 && (errno == EAGAIN || errno == EINTR);
}

static void start_emulator(struct monitor *m, char **argv)
{
	int channel[2], errors[2];
	pid_t parent = getpid();
	sigset_t none;

	if (pipe2(channel, O_CLOEXEC) || pipe2(errors, O_CLOEXEC))
		died(m, strerror(errno));
	m->emulator = fork();
	if (m->emulator == 0) {
		/*
		 * In a session of its own Bochs has no terminal to change, and is one group to
		 * kill.
		 */
		setsid();
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
		dup2(channel[1], STDOUT_FILENO);
		dup2(errors[1], STDERR_FILENO);
		sigemptyset(&none);
		sigprocmask(SIG_SETMASK, &none, NULL);
		execvp(argv[0], argv);
		fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(channel[1]);
	close(errors[1]);
	m->channel = channel[0];
	m->errors = errors[0];
	fcntl(m->channel, F_SETFL, O_NONBLOCK);
	fcntl(m->errors, F_SETFL, O_NONBLOCK);
}

/* Signals to the monitor are read from a file, so that nothing is interrupted halfway. */
static int open_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

static void take_signals(struct monitor *m)
{
	struct signalfd_siginfo info;

	while (read(m->signals, &info, sizeof(info)) > 0)
		if (info.ssi_signo != SIGCHLD)
			finish(m, 128 + info.ssi_signo);
}

static long now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void watch(struct monitor *m, long timeout_s)
{
	long end = now_ms() + timeout_s * 1000, left;
	struct pollfd fds[] = {
		{ .fd = m->channel, .events = POLLIN },
		{ .fd = m->errors, .events = POLLIN },
		{ .fd = m->signals, .events = POLLIN },
	};

	while (!m->done) {
		left = end - now_ms();
		if (left <= 0) {
			fprintf(stderr, "vmrun: timed out after %ld s\n", timeout_s);
			finish(m, STATUS_TIMEOUT);
			return;
		}
		poll(fds, 3, left > 1000000 ? 1000000 : left);
		/*
		 * The channel is read first, because a status that is in it counts, whatever came
		 * after.
		 */
		if (fds[0].revents && !take(m, m->channel, take_channel))
			emulator_ended(m);
		if (fds[1].revents && !take(m, m->errors, take_errors))
			fds[1].fd = -1;
		if (fds[2].revents)
			take_signals(m);
	}
}

static FILE *open_log(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file) {
		fprintf(stderr, "vmrun: %s: %s\n", path, strerror(errno));
		exit(STATUS_DIED);
	}
	return file;
}

/* Returns the arguments behind the options. */
static char **take_options(struct monitor *m, int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "+b:r:o")) != -1) {
		switch (option) {
		case 'b':
			m->boots = atoi(optarg);
			break;
		case 'r':
			m->resets += atoi(optarg);
			break;
		case 'o':
			m->until_off = true;
			break;
		default:
			return argv + argc;
		}
	}
	return argv + optind;
}

int main(int argc, char **argv)
{
	/* The first reset is power-on. */
	struct monitor m = { .boots = 1, .resets = 1 };
	char **rest = take_options(&m, argc, argv);
	long timeout_s = argv + argc - rest < 4 ? 0 : atol(rest[0]);

	if (timeout_s <= 0) {
		fprintf(stderr, "usage: monitor [-b BOOTS] [-r RESETS] [-o] TIMEOUT-SECONDS "
				"NOISE-FILE COPY-FILE EMULATOR [ARG]...\n");
		return 2;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	m.noise = open_log(rest[1]);
	m.copy = open_log(rest[2]);
	m.signals = open_signals();
	start_emulator(&m, rest + 3);
	if (!m.done)
		watch(&m, timeout_s);
	if (m.emulator > 0) {
		kill(-m.emulator, SIGKILL);
		waitpid(m.emulator, NULL, 0);
	}
	take(&m, m.errors, take_errors);
	fclose(m.noise);
	fclose(m.copy);
	return m.status;
}
