/* SPDX-License-Identifier: GPL-2.0-only */
/* What `nestor check` finds out about the kernel, and who else is loaded in it. */
#ifndef CHECK_KERNEL_H
#define CHECK_KERNEL_H

#include "check_report.h"

/* Does the kernel know of the VMX that the processor has? */
void check_kernel_vmx(struct check_report *report);

/* Other hypervisors, and whether the module can be loaded. */
void check_kernel(struct check_report *report);

#endif
