// SPDX-License-Identifier: GPL-2.0-only
/* The table of the instructions that exit, by exit reason. */
#include "arch/insninfo.h"
#include "arch/insns.h"
#include "arch/reasons.h"

const struct insn_facts insns_table[NR_EXIT_REASONS] = {
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
