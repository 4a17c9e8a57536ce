// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hostile programs: random ones with the valid start taken away. Most of a program's VMCS is valid and one
 * to five things are rubbish, so that it comes past the first check; VMCSs and EPTs are those of other
 * programs too, which run on other CPUs at the same time, and somebody scribbles over them meanwhile.
 *
 * Nothing is compared. What is demanded is that root reports no fault of its own, that the processor
 * refuses nothing that Nestor had let pass, and that Linux goes on: the test looks at that. What is
 * printed shows how far the programs came.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "arena.h"
#include "changes.h"
#include "compile.h"
#include "controls.h"
#include "extras.h"
#include "guest.h"
#include "hostile.h"
#include "l1.h"
#include "random.h"
#include "reach.h"
#include "rubbish.h"
#include "scribble.h"
#include "session.h"
#include "text.h"
#include "world.h"

/* A guest that does not come back by itself is given up early: most of them stand still. */
#define WATCHDOG    300000
#define FIELDS_READ 12

static void rubbish(struct draft *to, u32 most)
{
	u32 i;

	for (i = random_below(most + 1); i; i--)
		rubbish_add(to);
}

static void enter(struct draft *to, const char *how)
{
	draft_line(to, "tame");
	draft_line(to, "%s", how);
}

static void load_vmcs(struct draft *to)
{
	u64 pa = rubbish_region();

	if (random_chance(60))
		draft_line(to, "vmclear %#llx", pa);
	draft_line(to, "vmptrld %#llx", pa);
}

/* Nearly always it is clear then. */
static void load_own(struct draft *to)
{
	u32 number = random_below(4);

	draft_line(to, "vmclear vmcs%u", random_chance(95) ? number : random_below(4));
	draft_line(to, "vmptrld vmcs%u", number);
}

static void go_on(struct draft *to)
{
	u32 i;

	for (i = random_below(8); i; i--) {
		if (random_chance(80))
			draft_line(to, "skip");
		rubbish(to, 2);
		if (random_chance(15))
			load_vmcs(to);
		if (random_chance(4)) {
			draft_line(to, "vmxoff");
			draft_line(to, "enable");
			load_vmcs(to);
		}
		if (random_chance(50))
			enter(to, "vmlaunch");
		else
			enter(to, "vmresume");
	}
}

static void choose_guest(struct draft *to)
{
	static const char *const modes[] = {
		"long",	  "long",   "long",   "long", "compat", "pae",
		"prot32", "flat32", "prot16", "real", "v86",
	};

	to->mode = PICK(modes);
	to->ept = random_chance(75) || !strcmp(to->mode, "flat32") || !strcmp(to->mode, "real");
	to->unrestricted = to->ept && random_chance(30);
	draft_line(to, "state %s%s%s%s", to->mode, to->ept ? " ept" : "",
		   to->unrestricted ? " unrestricted" : "", random_chance(50) ? " vpid" : "");
}

static void hostile_guest(struct draft *to)
{
	bool shadowed = random_chance(15);

	if (shadowed)
		extras_fill_shadow(to);
	load_vmcs(to);
	/* Else it is entered as others have left it. */
	if (random_chance(92)) {
		load_own(to);
		choose_guest(to);
	} else {
		to->mode = "long";
		to->ept = true;
	}
	guest_code(to);
	controls_choose(to);
	controls_choose_cet(to);
	if (shadowed)
		extras_shadow(to);
	if (to->ept && random_chance(15))
		extras_switch_eptps(to);
	if (to->ept && random_chance(30))
		extras_flag_pages(to);
	if (to->ept && random_chance(12))
		extras_protect_sub_pages(to);
	rubbish_add(to);
	rubbish(to, 4);
	enter(to, random_chance(95) ? "vmlaunch" : "vmresume");
	go_on(to);
	if (shadowed)
		extras_read_shadow(to);
}

static struct program hostile_program(u64 seed, u64 number)
{
	struct draft draft = { 0 };
	char name[64];

	random_seed(seed * 0x9e3779b97f4a7c15ull + number * 0xd1342543de82ef95ull + 1);
	snprintf(name, sizeof(name), "hostile %llu/%llu", (unsigned long long)seed,
		 (unsigned long long)number);
	draft.program.name = strdup(name);
	draft.program.source = strdup("hostile");
	if (random_chance(97))
		draft_line(&draft, "enable");
	if (random_chance(10)) {
		rubbish(&draft, 8);
		l1_instructions(&draft);
	}
	hostile_guest(&draft);
	if (random_chance(50))
		draft_line(&draft, "vmxoff");
	return draft.program;
}

static struct {
	u64 seed, first, programs;
	time_t seconds;
	unsigned int arena, cpus[8], nr_cpus;
	bool verbose, dry;
} options = { .seed = 1, .programs = ~0ull, .seconds = 1 << 30 };

static bool take_option(int argc, char **argv)
{
	u64 value;

	if (argc < 2)
		return false;
	value = strtoull(argv[1], NULL, 0);
	if (!strcmp(*argv, "--seed"))
		options.seed = value;
	else if (!strcmp(*argv, "--first"))
		options.first = value;
	else if (!strcmp(*argv, "--programs"))
		options.programs = value;
	else if (!strcmp(*argv, "--seconds"))
		options.seconds = value;
	else if (!strcmp(*argv, "--arena"))
		options.arena = value;
	else if (!strcmp(*argv, "--cpu") && options.nr_cpus < ARRAY_SIZE(options.cpus))
		options.cpus[options.nr_cpus++] = value;
	else if (!strcmp(*argv, "--hidden") && rubbish_world.nr_hidden < LHV_MAX_OPEN - 10)
		rubbish_world.hidden[rubbish_world.nr_hidden++] = value;
	else
		return false;
	return true;
}

static void take_options(int argc, char **argv)
{
	for (; argc > 0; argc--, argv++) {
		if (!strcmp(*argv, "-v")) {
			options.verbose = true;
		} else if (!strcmp(*argv, "--dry")) {
			options.dry = true;
		} else if (!strcmp(*argv, "--inits")) {
			rubbish_world.inits = true;
		} else if (take_option(argc, argv)) {
			argc--;
			argv++;
		} else {
			text_die("no option '%s'", *argv);
		}
	}
	if (!options.nr_cpus)
		options.nr_cpus = 1;
}

static void run(const struct program *program, unsigned int cpu)
{
	static struct lhv_step steps[LHV_MAX_STEPS];
	size_t nr;

	if (options.verbose) {
		program_print(program, stdout);
		fflush(stdout); /* a machine that stops has told why */
	}
	nr = compile_program(program, steps);
	if (options.dry)
		return;
	arena_header()->stay_active = random_chance(40);
	arena_run(steps, nr, cpu);
	reach_count_log();
	/* Others find some of what it left. */
	if (random_chance(70))
		changes_take(NULL, NULL);
	else
		arena_fill(LHV_WINDOW_PT, 0x1000);
}

/* Without a machine there is one arena, and RAM ends behind it. */
static void assume_world(void)
{
	session_open(false);
	rubbish_world.arenas[0] = arena_pa;
	rubbish_world.nr_arenas = 1;
	rubbish_world.ram_end = 0x80000000;
}

static void find_world(void)
{
	u8 *memory[LHV_MAX_ARENAS];

	arena_use(options.arena);
	session_open(true);
	world_find(options.arena, memory);
	world_close_bitmaps();
	world_tell_engine();
	arena_header()->watchdog = WATCHDOG;
	if (arena_header()->nr_fields > FIELDS_READ)
		arena_header()->nr_fields = FIELDS_READ;
}

int hostile_command(int argc, char **argv)
{
	time_t begin = time(NULL);
	u64 i;

	take_options(argc, argv);
	if (options.dry)
		assume_world();
	else
		find_world();
	for (i = options.first; i < options.programs && time(NULL) < begin + options.seconds; i++) {
		struct program program = hostile_program(options.seed, i);

		run(&program, options.cpus[random_below(options.nr_cpus)]);
		program_free(&program);
	}
	if (!options.dry)
		reach_print();
	return 0;
}

int hostile_scribble_command(int argc, char **argv)
{
	u8 *memory[LHV_MAX_ARENAS];

	take_options(argc, argv);
	world_find(0, memory);
	random_seed(options.seed);
	printf("# %llu words scribbled\n",
	       (unsigned long long)scribble_until(time(NULL) + options.seconds, memory));
	return 0;
}
