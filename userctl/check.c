// SPDX-License-Identifier: GPL-2.0-only
/*
 * nestor check: can Nestor run on this machine, and if not, why
 *
 * It works without the module. What the module itself will refuse is a FAIL. What may be in its
 * way, or cannot be seen from here, is a WARN.
 */
#include <stdio.h>
#include "check_kernel.h"
#include "check_processor.h"
#include "check_report.h"
#include "commands.h"
#include "ctl.h"
#include "json.h"
#include "options.h"

static const char help[] =
	"Usage: nestor check [--json]\n"
	"\n"
	"  -j, --json   for programs\n"
	"  -h, --help   this text\n"
	"\n"
	"Each line is PASS, INFO, WARN or FAIL, the name of a check, and what was found.\n"
	"Exit status 0 if nothing failed. To see all: as root, after modprobe msr.\n";

static void check_all(struct check_report *report)
{
	check_processor_bare(report);
	if (check_processor_vmx(report)) {
		check_kernel_vmx(report);
		check_processor_msrs(report);
	}
	check_kernel(report);
}

static int print_text(void)
{
	struct check_report report = { };

	check_all(&report);
	if (report.count[FAIL])
		printf("\nNestor cannot run here: %u failed, %u warning%s\n", report.count[FAIL],
		       report.count[WARN], report.count[WARN] == 1 ? "" : "s");
	else
		printf("\nNestor can run here: %u passed, %u warning%s\n", report.count[PASS],
		       report.count[WARN], report.count[WARN] == 1 ? "" : "s");
	return report.count[FAIL] ? CTL_FAILED : CTL_OK;
}

static int print_json(void)
{
	struct json json = { .stream = stdout };
	struct check_report report = { .json = &json };

	json_object(&json, NULL);
	json_array(&json, "checks");
	check_all(&report);
	json_array_end(&json);
	json_bool(&json, "ok", !report.count[FAIL]);
	json_object_end(&json);
	json_end(&json);
	return report.count[FAIL] ? CTL_FAILED : CTL_OK;
}

int check_main(int argc, char **argv)
{
	struct options options = { .help = help, .takes = OPTIONS_JSON };
	int ret = options_parse(&options, argc, argv);

	if (ret)
		return ret;
	return ctl_finish(options.json ? print_json() : print_text());
}
