// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compile a program's lines to steps. The language:
 *
 *	enable				CR4.VMXE, and VMXON with vmxon0
 *	vmxon|vmclear|vmptrld VALUE	memory operand holds VALUE		vmptrst
 *	vmread FIELD [mem]		register form, or to memory
 *	vmwrite FIELD VALUE [mem]
 *	invept|invvpid TYPE LOW HIGH	vmlaunch  vmresume  vmcall  vmxoff	vmfunc EAX ECX
 *	exec BYTES..			any code
 *	cr0|cr3|cr4|cr8 VALUE		wrmsr MSR VALUE		rdmsr MSR	xsetbv VALUE
 *	dr0|dr1|dr7 VALUE
 *	    all of these are logged, and take
 *		form=NAME		the addressing form of the memory operand (encode.c)
 *		at=LINEAR		where the operand is; what is there is written first unless "keep"
 *		regs=F,V		registers of the register forms: field (type), value
 *		mode=user64|compat|user32|16	rflags=BITS	seg=SELECTOR (DS, ES, FS in 32-bit modes)
 *		ss=SELECTOR		REGISTER=VALUE
 *	state MODE [OPTION..]		write a valid VMCS (state.c)
 *	set|or|clear|xor FIELD VALUE	VMWRITE, in terms of what was written last; logged if it fails
 *	read FIELD			VMREAD by the engine
 *	code SNIPPET..			the guest's code, followed by VMCALLs; "at ADDRESS" first, if elsewhere
 *	codebytes HEX..			the same in bytes
 *	guest REGISTER VALUE		for the next entry
 *	poke ADDRESS VALUE [SIZE]	peek ADDRESS
 *	ept|pte|l1pte ADDRESS set|or|clear VALUE	the leaf that maps an address: ept, one of the guest
 *					as its page tables have it, or a guest-physical one of the arena
 *	msr LIST INDEX MSR VALUE	an entry of storelist, loadlist, entrylist
 *	bit ADDRESS NUMBER		set a bit of a bitmap
 *	icr VALUE			send an interrupt to this CPU	window	let interrupts in
 *	cpuid LEAF SUBLEAF		skip	GUEST_RIP past the instruction that exited
 *	tame				whatever the current VMCS has, let its entry come back (engine/tame.c)
 *
 * Values are sums, differences, ORs and complements of numbers, names of places (places.c) and of bits
 * (x86.h, msr.h and vmx.h in nested/arch).
 */
#include <stdlib.h>
#include <string.h>

#include "compile.h"
#include "line.h"
#include "statements.h"
#include "steps.h"

static void compile_line(const char *line)
{
	char *copy = strdup(line), *save, *word, *words[LINE_MAX_WORDS + 1];
	const struct statement *statement;
	size_t nr = 0;

	for (word = strtok_r(copy, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		if (nr == LINE_MAX_WORDS)
			line_bad("too many words");
		words[nr++] = word;
	}
	words[nr] = NULL;
	statement = statements_find(words[0]);
	if (!statement)
		line_bad("no command '%s'", words[0]);
	statement->compile(words + 1);
	free(copy);
}

size_t compile_program(const struct program *program, struct lhv_step *steps)
{
	size_t nr;

	steps_begin(steps);
	statements_forget();
	for (nr = 0; nr < program->nr_lines; nr++) {
		line_begin(program, nr);
		compile_line(program->lines[nr]);
	}
	line_begin(program, 0);
	return steps_end();
}
