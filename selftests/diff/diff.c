// SPDX-License-Identifier: GPL-2.0-only
/*
 * diff: run VMX programs, and compare what they saw on two machines.
 *
 *	diff run [-v] -o LOG FILE...		run the programs of the files; -v prints each one first
 *	diff run -o LOG --random SEED N		run random ones (--first I: not the first I of them)
 *	diff run -o LOG --cpu N FILE...		run them on CPU N
 *	diff show FILE...			run and print everything
 *	diff compare A B [OPTIONS]		print the differences as TAP; --failing FILE takes the first five
 *						programs that differ
 *	diff gen SEED N				print random programs
 *	diff place NAME...			physical addresses of places that programs name
 *	diff check FILE...			only see whether the programs can be compiled
 *	diff shrink [OPTIONS] FILE...		make programs that differ shorter; nestor.ko is loaded, and disabled
 *	diff shrink [OPTIONS] --random SEED I..	the same for random programs
 *	diff hostile [OPTIONS]			run hostile programs: --seed S, --first I, --programs N, --seconds S,
 *						--arena N, --cpu N.., --hidden ADDRESS.. (blocks of Nestor's),
 *						--inits (other CPUs may be lost), -v, --dry (run none)
 *	diff scribble [OPTIONS]			meanwhile, write rubbish into what they use: --seed, --seconds, --hidden
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "compare.h"
#include "compile.h"
#include "gen.h"
#include "hostile.h"
#include "known.h"
#include "places.h"
#include "program.h"
#include "results.h"
#include "rules.h"
#include "session.h"
#include "shrink.h"
#include "text.h"

#define BATCH		100
#define MAX_FAILING	5

static bool verbose;

static void check(const struct program *program)
{
	static struct lhv_step steps[LHV_MAX_STEPS];

	compile_program(program, steps);
}

static int cmd_check(int argc, char **argv)
{
	struct programs programs = { 0 };
	size_t i;

	session_open(false);
	for (; argc; argc--, argv++)
		program_read_file(&programs, *argv);
	for (i = 0; i < programs.nr; i++)
		check(&programs.list[i]);
	printf("%zu programs\n", programs.nr);
	return 0;
}

static int cmd_gen(int argc, char **argv)
{
	u64 seed, nr, i;

	if (argc != 2)
		text_die("gen SEED N");
	seed = strtoull(argv[0], NULL, 0);
	nr = strtoull(argv[1], NULL, 0);
	session_open(access(LHV_DEVICE, F_OK) == 0);
	for (i = 0; i < nr; i++) {
		struct program program = gen_program(seed, i);

		check(&program);
		program_print(&program, stdout);
		program_free(&program);
	}
	return 0;
}

static int cmd_place(int argc, char **argv)
{
	u64 value;

	session_open(true);
	for (; argc; argc--, argv++) {
		if (!places_find(*argv, &value))
			text_die("no place is called '%s'", *argv);
		printf("%#llx\n", (unsigned long long)value);
	}
	return 0;
}

static unsigned int cpu;

static void run_to(const struct program *program, FILE *to, bool print)
{
	struct result result;

	/* Before it runs: it may be the last one of this machine. */
	if (verbose)
		program_print(program, stdout);
	result_run(program, cpu, &result);
	if (print)
		result_print(&result, stdout);
	if (to)
		result_write(&result, to);
	result_free(&result);
}

static int run(int argc, char **argv, bool print)
{
	struct programs programs = { 0 };
	u64 seed = 0, nr_random = 0, first = 0, number;
	FILE *to = NULL;
	size_t i;

	for (; argc; argc--, argv++) {
		if (!strcmp(*argv, "-v")) {
			verbose = true;
		} else if (!strcmp(*argv, "-o") && argc > 1) {
			to = fopen(argv[1], "w");
			if (!to)
				text_die("%s: %m", argv[1]);
			argc--;
			argv++;
		} else if (!strcmp(*argv, "--random") && argc > 2) {
			seed = strtoull(argv[1], NULL, 0);
			nr_random = strtoull(argv[2], NULL, 0);
			argc -= 2;
			argv += 2;
		} else if (!strcmp(*argv, "--cpu") && argc > 1) {
			cpu = strtoul(argv[1], NULL, 0);
			argc--;
			argv++;
		} else if (!strcmp(*argv, "--first") && argc > 1) {
			first = strtoull(argv[1], NULL, 0);
			argc--;
			argv++;
		} else {
			program_read_file(&programs, *argv);
		}
	}
	session_open(true);
	for (i = 0; i < programs.nr; i++)
		run_to(&programs.list[i], to, print);
	for (number = first; number < first + nr_random; number++) {
		struct program program = gen_program(seed, number);

		run_to(&program, to, print);
		program_free(&program);
	}
	if (to && fclose(to))
		text_die("cannot write results: %m");
	return 0;
}

static int cmd_run(int argc, char **argv)
{
	return run(argc, argv, false);
}

static int cmd_show(int argc, char **argv)
{
	verbose = true;
	return run(argc, argv, true);
}

struct totals {
	size_t programs, differences, known;
};

static void print_difference(const struct result *result, const struct difference *difference)
{
	struct text text = { 0 };
	char *line, *save;
	size_t i;

	text_add(&text, "%s (%s), step %d:\n%s", result->program.name, result->program.source,
		 (int)difference->step, difference->what.chars);
	for (i = 0; i < result->program.nr_lines; i++)
		text_add(&text, "  %s\n", result->program.lines[i]);
	for (line = strtok_r(text.chars, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		printf("# %s\n", line);
	text_free(&text);
}

/* The first programs that differ, as text that shrink takes */
static FILE *failing;
static size_t nr_failing;

/* Returns false if there is a difference that is not known. */
static bool judge(const struct result *a, const struct result *b, struct totals *totals)
{
	struct difference difference;
	bool same = true;

	if (strcmp(a->program.name, b->program.name))
		text_die("the results are of different programs: %s, %s", a->program.name,
			 b->program.name);
	totals->programs++;
	if (compare_results(a, b, &difference)) {
		if (difference.known) {
			totals->known++;
			printf("# known: %s: %s\n", a->program.name, difference.known);
		} else {
			totals->differences++;
			print_difference(a, &difference);
			if (failing && nr_failing++ < MAX_FAILING)
				program_print(&a->program, failing);
			same = false;
		}
	}
	text_free(&difference.what);
	return same;
}

static FILE *open_results(const char *path)
{
	FILE *file = fopen(path, "r");

	if (!file)
		text_die("%s: %m", path);
	return file;
}

static bool is_random(const struct result *result)
{
	return !strcmp(result->program.source, "random");
}

static bool compare_option(int argc, char **argv)
{
	if (argc > 1 && !strcmp(*argv, "--failing")) {
		failing = fopen(argv[1], "w");
		if (!failing)
			text_die("%s: %m", argv[1]);
		return true;
	}
	if (argc > 1 && !strcmp(*argv, "--rules"))
		rules_read(argv[1]);
	else if (argc > 1 && !strcmp(*argv, "--known"))
		known_read(argv[1]);
	else
		return false;
	return true;
}

static int cmd_shrink(int argc, char **argv)
{
	struct programs programs = { 0 };
	bool random = false;
	u64 seed = 0;
	size_t i;

	session_open(true);
	for (; argc; argc--, argv++) {
		if (compare_option(argc, argv)) {
			argc--;
			argv++;
		} else if (!strcmp(*argv, "--random") && argc > 1) {
			seed = strtoull(argv[1], NULL, 0);
			random = true;
			argc--;
			argv++;
		} else if (random) {
			program_append(&programs, gen_program(seed, strtoull(*argv, NULL, 0)));
		} else {
			program_read_file(&programs, *argv);
		}
	}
	for (i = 0; i < programs.nr; i++)
		shrink_program(&programs.list[i]);
	return 0;
}

/* A line per program of the corpus, one per batch of random ones. */
static int cmd_compare(int argc, char **argv)
{
	struct totals totals = { 0 };
	struct result a = { 0 }, b = { 0 };
	size_t line = 0, in_batch = 0;
	FILE *file_a, *file_b;
	bool batch_same = true;

	if (argc < 2)
		text_die("compare A B [--rules FILE] [--known FILE]");
	file_a = open_results(argv[0]);
	file_b = open_results(argv[1]);
	for (argc -= 2, argv += 2; argc; argc -= 2, argv += 2)
		if (!compare_option(argc, argv))
			text_die("compare: no option '%s'", *argv);
	while (result_read(&a, file_a)) {
		bool same;

		if (!result_read(&b, file_b))
			text_die("the second machine ran fewer programs: the first it lacks is %s",
				 a.program.name);
		same = judge(&a, &b, &totals);
		if (!is_random(&a)) {
			printf("%sok %zu - %s\n", same ? "" : "not ", ++line, a.program.name);
		} else {
			batch_same &= same;
			in_batch++;
		}
		result_free(&a);
		result_free(&b);
		if (in_batch == BATCH) {
			printf("%sok %zu - %d random programs\n", batch_same ? "" : "not ", ++line,
			       BATCH);
			in_batch = 0;
			batch_same = true;
		}
	}
	if (in_batch)
		printf("%sok %zu - %zu random programs\n", batch_same ? "" : "not ", ++line,
		       in_batch);
	printf("1..%zu\n", line);
	printf("# %zu programs compared, %zu differences, %zu known\n", totals.programs,
	       totals.differences, totals.known);
	return totals.differences != 0;
}

static const struct {
	const char *name;
	int (*run)(int argc, char **argv);
} commands[] = {
	{ "run", cmd_run },	{ "show", cmd_show },	{ "compare", cmd_compare },
	{ "gen", cmd_gen },	{ "check", cmd_check },	{ "shrink", cmd_shrink },
	{ "place", cmd_place },	{ "hostile", hostile_command },
	{ "scribble", hostile_scribble_command },
};

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	for (i = 0; argc > 1 && i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, argv[1]))
			return commands[i].run(argc - 2, argv + 2);
	text_die("run, show, compare, gen, place, check, shrink, hostile or scribble (see the head of diff.c)");
}
