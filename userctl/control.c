// SPDX-License-Identifier: GPL-2.0-only
/* nestor enable, nestor disable */
#include <string.h>
#include "commands.h"
#include "ctl.h"
#include "family.h"
#include "options.h"

static const char enable_help[] =
	"Usage: nestor enable\n"
	"\n"
	"Take over every CPU: this Linux runs under Nestor afterwards. All CPUs or none.\n"
	"Needs root, and the module (modprobe nestor, which enables it too).\n";

static const char disable_help[] =
	"Usage: nestor disable\n"
	"\n"
	"Give every CPU back. Refused while a hypervisor above is in VMX operation on any CPU:\n"
	"shut its guests down first. Afterwards the module can be removed (modprobe -r nestor).\n"
	"Needs root.\n";

static int control(bool enable)
{
	const struct request request = {
		.command = NESTOR_CMD_CONTROL,
		.has_enabled = true,
		.enabled = enable,
	};
	struct family family;
	int ret = family_open(&family);

	if (ret)
		return ret;
	ret = family_ask(&family, &request, NULL, NULL);
	family_close(&family);
	return ret ? CTL_FAILED : CTL_OK;
}

int control_main(int argc, char **argv)
{
	bool enable = !strcmp(argv[0], "enable");
	struct options options = { .help = enable ? enable_help : disable_help };
	int ret = options_parse(&options, argc, argv);

	return ret ? ret : control(enable);
}
