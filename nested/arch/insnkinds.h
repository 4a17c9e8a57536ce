/* SPDX-License-Identifier: GPL-2.0-only */
/* The VMX instructions by kind, apart from insns.h for the Linux half's sake. */
#ifndef NESTED_ARCH_INSNKINDS_H
#define NESTED_ARCH_INSNKINDS_H

/* The order of the rows in statistics */
enum vmx_insn {
#define VMX_INSN(name, handler, undefined, format) VMX_##name,
#define INSN(name, format)
#include "arch/insns.def"
#undef VMX_INSN
#undef INSN
	NR_VMX_INSNS
};

#endif
