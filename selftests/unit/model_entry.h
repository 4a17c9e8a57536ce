/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a processor checks at VM entry, written from the SDM's chapter "VM Entries" and apart from
 * nested/. It judges VMCS12 as the bare processor would, and VMCS02 as the one below Nestor does:
 * L1 must see no difference.
 */
#ifndef MODEL_ENTRY_H
#define MODEL_ENTRY_H

#include "arch/caps.h"
#include "arch/fields.h"
#include "arch/types.h"

/**
 * struct model_entry - the verdict
 * @error: VM-instruction error number, 0 if the guest state is looked at
 * @exit_reason: of the VM-entry failure, 0 if L2 runs
 * @qualification: exit qualification of the failure
 */
struct model_entry {
	u32 error;
	u32 exit_reason;
	u64 qualification;
};

/**
 * model_entry() - check a VMCS
 * @field: its fields, by enum field_index; those that do not exist are 0
 * @caps: the processor's capabilities
 * @region: its address
 * @long_mode: the processor is in IA-32e mode
 */
struct model_entry model_entry(const u64 *field, const struct vmx_caps *caps, u64 region,
			       bool long_mode);

/* An EPT pointer alone, as INVEPT takes it too. */
bool model_eptp_valid(const struct vmx_caps *caps, u64 eptp);

/* Would the processor read or write Nestor's own memory for this VMCS? Ends the program if so. */
void model_check_pages(const u64 *field);

#endif
