// SPDX-License-Identifier: GPL-2.0-only
/* nestor: look at and steer the hypervisor below this Linux. */
#include <string.h>
#include "ctl.h"

static const struct {
	const char *name;
	int (*function)(int argc, char **argv);
	const char *description;
} subcommands[] = {
	{ "status",	status_main,	"Is Nestor in, and where (the default)" },
	{ "check",	check_main,	"Can Nestor run on this machine, and if not, why" },
	{ "enable",	control_main,	"Take over every CPU" },
	{ "disable",	control_main,	"Give every CPU back" },
	{ "stat",	stat_main,	"What the hypervisors above did with VMX, in numbers" },
	{ "vmcs",	vmcs_main,	"The VMCSs of the hypervisors above" },
	{ "caps",	caps_main,	"VMX capabilities: the processor's, and what Linux sees" },
	{ "trace",	trace_main,	"What happens in VMX root operation, as it happens" },
	{ "decode",	decode_main,	"Exit information in words" },
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
