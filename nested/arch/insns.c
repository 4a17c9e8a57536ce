// SPDX-License-Identifier: GPL-2.0-only
/* The table of the instructions that exit, by exit reason. */
#include "arch/insninfo.h"
#include "arch/insns.h"
#include "arch/reasons.h"
#include "arch/vmx.h"

static const struct insn_facts facts[] = {
#define VMX_INSN(name, handler, undefined_, format_) [EXIT_REASON_##name] = {	\
	.kind = VMX_##name + 1,							\
	.undefined = (undefined_),						\
	.format = (format_),							\
},
#define INSN(name, format_) [EXIT_REASON_##name] = { .format = (format_) },
#include "arch/insns.def"
#undef VMX_INSN
#undef INSN
};

const struct insn_facts *insns_facts(u32 reason)
{
	/* Reason 0 is an event and no instruction, so its row is all zeros. */
	static const u32 none = EXIT_REASON_EXCEPTION_NMI;

	reason &= VMX_EXIT_REASON_BASIC_MASK;
	return &facts[reason < ARRAY_SIZE(facts) ? reason : none];
}
