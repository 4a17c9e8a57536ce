/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Instructions that may fault: -1 then, else RFLAGS (for MSRs 0).
 */
#ifndef ENGINE_SAFE_H
#define ENGINE_SAFE_H

#include "types.h"

u64 safe_vmread(u64 field, u64 *value);
u64 safe_vmwrite(u64 field, u64 value);
u64 safe_vmclear(const u64 *address);
u64 safe_vmxoff(void);
u64 safe_rdmsr(u32 msr, u64 *value);
u64 safe_wrmsr(u32 msr, u64 value);

#endif
