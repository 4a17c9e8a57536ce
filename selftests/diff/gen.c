// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random programs: a valid state, guest code, and a few things broken, so that they get past the first
 * check that could stop them.
 *
 * What a program must not do is hurt the machine that runs it: addresses that the processor writes to stay
 * in the arena, the host state stays one that the engine survives, guests reach no device, and external
 * interrupts exit, so that the watchdog ends every guest.
 */
#include <stdio.h>
#include <string.h>

#include "breaks.h"
#include "controls.h"
#include "draft.h"
#include "extras.h"
#include "gen.h"
#include "guest.h"
#include "l1.h"
#include "random.h"

static void enter_guest(struct draft *to)
{
	draft_line(to, "%s%s", random_chance(95) ? "vmlaunch" : "vmresume",
		   random_chance(3) ? " movss" : "");
}

static void go_on(struct draft *to, bool two)
{
	u32 i, nr = random_below(5);

	for (i = 0; i < nr; i++) {
		if (random_chance(90))
			draft_line(to, "skip");
		if (random_chance(15)) {
			breaks_something(to);
			/* The processor may have cached what an entry of the EPT was. */
			if (to->ept)
				draft_line(to, "invept 2 0 0");
		}
		if (random_chance(5))
			draft_line(to, "vmclear vmcs0");
		if (random_chance(5))
			draft_line(to, "vmptrld %s", random_chance(50) ? "vmcs0" : "vmcs1");
		if (to->ept && random_chance(10))
			draft_line(to, "invept 2 0 0");
		if (two && random_chance(50)) {
			draft_line(to, "vmptrld vmcs%u", random_below(2));
			draft_line(to, "%s", random_chance(50) ? "vmresume" : "vmlaunch");
		}
		draft_line(to, "%s", random_chance(95) ? "vmresume" : "vmlaunch");
	}
}

static void guest_program(struct draft *to)
{
	static const char *const modes[] = {
		"long", "long", "long", "long", "compat", "pae", "prot32", "flat32", "prot16", "real", "v86",
	};
	u32 i, nr = random_below(10) ? 1 + random_below(3) : 0;
	bool shadowed = random_chance(12), two = random_chance(12);
	char options[64] = "";

	to->mode = PICK(modes);
	to->ept = random_chance(50) || !strcmp(to->mode, "flat32") || !strcmp(to->mode, "real");
	if (to->ept)
		strcat(options, " ept");
	to->unrestricted = to->ept && random_chance(30);
	if (to->unrestricted)
		strcat(options, " unrestricted");
	if (random_chance(30))
		strcat(options, " vpid");
	if (shadowed)
		extras_fill_shadow(to);
	if (two) {
		draft_line(to, "vmclear vmcs1");
		draft_line(to, "vmptrld vmcs1");
		draft_line(to, "state %s%s", to->mode, options);
	}
	draft_line(to, "vmclear vmcs0");
	draft_line(to, "vmptrld vmcs0");
	draft_line(to, "state %s%s", to->mode, options);
	guest_code(to);
	controls_choose(to);
	controls_choose_cet(to);
	if (shadowed)
		extras_shadow(to);
	if (to->ept && random_chance(10))
		extras_switch_eptps(to);
	if (to->ept && random_chance(30))
		extras_flag_pages(to);
	if (to->ept && random_chance(12))
		extras_protect_sub_pages(to);
	for (i = 0; i < nr; i++)
		breaks_something(to);
	/*
	 * No pending interrupts: where the guest has IF clear the emulator (2.7) notices one some time
	 * after the entry only.
	 */
	enter_guest(to);
	go_on(to, two);
	if (shadowed)
		extras_read_shadow(to);
	if (random_chance(20))
		draft_line(to, "vmxoff");
}

struct program gen_program(u64 seed, u64 number)
{
	struct draft draft = { 0 };
	char name[64];

	random_seed(seed * 0x9e3779b97f4a7c15ull + number * 0xd1342543de82ef95ull);
	snprintf(name, sizeof(name), "random %llu/%llu", seed, number);
	draft.program.name = strdup(name);
	draft.program.source = strdup("random");
	draft_line(&draft, "enable");
	if (random_chance(20))
		l1_instructions(&draft);
	else
		guest_program(&draft);
	return draft.program;
}
