/* SPDX-License-Identifier: GPL-2.0-only */
/* What `nestor check` finds out about the processor. */
#ifndef CHECK_PROCESSOR_H
#define CHECK_PROCESSOR_H

#include <stdbool.h>
#include "check_report.h"

/* Says whether a hypervisor below shows itself. */
void check_processor_bare(struct check_report *report);

/* Says whether there is VMX. Return: false if not. */
bool check_processor_vmx(struct check_report *report);

/* Says what firmware and the VMX capability MSRs allow, if the MSRs can be read. */
void check_processor_msrs(struct check_report *report);

#endif
