/* SPDX-License-Identifier: GPL-2.0-only */
/* What `nestor check` finds out about the kernel, and about who else is loaded in it. */
#ifndef CHECK_KERNEL_H
#define CHECK_KERNEL_H

#include "check_report.h"

/* Says whether the kernel knows of the VMX that the processor has. */
void check_kernel_vmx(struct check_report *report);

/* Says which other hypervisors are loaded, and whether the module can be. */
void check_kernel(struct check_report *report);

#endif
