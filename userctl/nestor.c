// SPDX-License-Identifier: GPL-2.0-only
/* nestor: look at and steer the hypervisor below this Linux. */
#include <stdio.h>
#include <string.h>
#include "commands.h"
#include "ctl.h"

static const struct {
	const char *name;
	int (*function)(int argc, char **argv);
	const char *description;
} subcommands[] = {
#define COMMAND(name, function, description)	{ name, function, description },
#include "commands.def"
#undef COMMAND
};

#define NR_SUBCOMMANDS (sizeof(subcommands) / sizeof(*subcommands))

static int print_help(FILE *stream)
{
	size_t i;

	fputs("Usage: nestor [COMMAND] [OPTION...]\n\nCommands:\n", stream);
	for (i = 0; i < NR_SUBCOMMANDS; i++)
		fprintf(stream, "  %-8s  %s\n", subcommands[i].name, subcommands[i].description);
	fputs("\nTry `nestor COMMAND --help` for its options; nestor(8) tells the rest.\n", stream);
	return stream == stdout ? ctl_finish(CTL_OK) : CTL_USAGE;
}

static int print_version(void)
{
	puts("nestor " NESTOR_VERSION);
	return ctl_finish(CTL_OK);
}

int main(int argc, char **argv)
{
	char status[] = "status";
	char *no_command[2] = { status };
	size_t i;

	if (argc < 2)
		return status_main(1, no_command);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
		return print_help(stdout);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "-V"))
		return print_version();
	for (i = 0; i < NR_SUBCOMMANDS; i++)
		if (!strcmp(argv[1], subcommands[i].name))
			return subcommands[i].function(argc - 1, argv + 1);
	fprintf(stderr, "nestor: no such command: %s\n", argv[1]);
	return print_help(stderr);
}
