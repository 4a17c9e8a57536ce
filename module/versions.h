/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kernels name differently: the newest name is used, and older kernels are given it here.
 */
#ifndef MODULE_VERSIONS_H
#define MODULE_VERSIONS_H

#include <asm/msr.h>
#ifdef HAVE_CPUID_API	/* Kbuild has looked */
#include <asm/cpuid/api.h>
#else
#include <asm/processor.h>
#endif

#ifndef rdmsrq	/* Linux 6.16 */
#define rdmsrq		rdmsrl
#define rdmsrq_safe	rdmsrl_safe
#define wrmsrq		wrmsrl
#define wrmsrq_safe	wrmsrl_safe
#endif

#endif
