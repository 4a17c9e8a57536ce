// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit qualifications in words (SDM "Exit Qualification" under "Basic VM-Exit Information"): a
 * table has the parts of the field for each exit reason.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include "arch/reasons.h"
#include "qualification.h"

#define NO_YES { "no", "yes" }

/**
 * struct part - some bits of the field
 * @reason: the field has this part in exits for this reason
 * @low: lowest bit
 * @bits: how many
 * @name: what they are
 * @values: what they mean, by value; a number where there is no word
 */
static const struct part {
	uint32_t reason;
	uint8_t low;
	uint8_t bits;
	const char *name;
	const char *values[16];
} parts[] = {
	/* The vector in the interruption information decides which of the two an exit has. */
	{ EXIT_REASON_EXCEPTION_NMI, 0, 64, "linear address, if #PF" },
	{ EXIT_REASON_EXCEPTION_NMI, 0, 4, "breakpoints B0 to B3, if #DB" },
	{ EXIT_REASON_EXCEPTION_NMI, 11, 1, "bus lock in user mode, if #DB", NO_YES },
	{ EXIT_REASON_EXCEPTION_NMI, 13, 1, "debug-register access (BD), if #DB", NO_YES },
	{ EXIT_REASON_EXCEPTION_NMI, 14, 1, "single step (BS), if #DB", NO_YES },
	{ EXIT_REASON_EXCEPTION_NMI, 16, 1, "in a transaction (RTM), if #DB", NO_YES },

	{ EXIT_REASON_SIPI_SIGNAL, 0, 8, "vector" },

	{ EXIT_REASON_TASK_SWITCH, 0, 16, "selector of the new task" },
	{ EXIT_REASON_TASK_SWITCH, 30, 2, "source",
	  { "CALL", "IRET", "JMP", "task gate in the IDT" } },

	{ EXIT_REASON_INVLPG, 0, 64, "linear address" },

	{ EXIT_REASON_CR_ACCESS, 0, 4, "control register" },
	{ EXIT_REASON_CR_ACCESS, 4, 2, "access", { "MOV to CR", "MOV from CR", "CLTS", "LMSW" } },
	{ EXIT_REASON_CR_ACCESS, 6, 1, "operand of LMSW", { "register", "memory" } },
	{ EXIT_REASON_CR_ACCESS, 8, 4, "register of MOV CR",
	  { "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI",
	    "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15" } },
	{ EXIT_REASON_CR_ACCESS, 16, 16, "source data of LMSW" },

	{ EXIT_REASON_DR_ACCESS, 0, 3, "debug register" },
	{ EXIT_REASON_DR_ACCESS, 4, 1, "access", { "MOV to DR", "MOV from DR" } },
	{ EXIT_REASON_DR_ACCESS, 8, 4, "register",
	  { "RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI",
	    "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15" } },

	{ EXIT_REASON_IO_INSTRUCTION, 0, 3, "size", { "1 byte", "2 bytes", NULL, "4 bytes" } },
	{ EXIT_REASON_IO_INSTRUCTION, 3, 1, "direction", { "OUT", "IN" } },
	{ EXIT_REASON_IO_INSTRUCTION, 4, 1, "string instruction", NO_YES },
	{ EXIT_REASON_IO_INSTRUCTION, 5, 1, "REP", NO_YES },
	{ EXIT_REASON_IO_INSTRUCTION, 6, 1, "port given by", { "DX", "immediate" } },
	{ EXIT_REASON_IO_INSTRUCTION, 16, 16, "port" },

	{ EXIT_REASON_INVALID_STATE, 0, 64, "check that failed",
	  { "not told", NULL, "PDPTEs", "injection of an NMI while events are blocked by STI",
	    "VMCS link pointer" } },

	{ EXIT_REASON_MSR_LOAD_FAIL, 0, 64, "entry of the MSR-load list, from 1" },

	{ EXIT_REASON_MWAIT_INSTRUCTION, 0, 1, "address-range monitoring armed", NO_YES },

	{ EXIT_REASON_APIC_ACCESS, 0, 12, "offset in the APIC page" },
	{ EXIT_REASON_APIC_ACCESS, 12, 4, "access",
	  { "linear, data read", "linear, data write", "linear, instruction fetch",
	    "linear, event delivery", [10] = "guest-physical, event delivery",
	    [15] = "guest-physical, instruction fetch or execution" } },
	{ EXIT_REASON_APIC_ACCESS, 16, 1, "asynchronous to instruction execution", NO_YES },

	{ EXIT_REASON_EOI_INDUCED, 0, 8, "vector" },

	{ EXIT_REASON_EPT_VIOLATION, 0, 1, "data read", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 1, 1, "data write", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 2, 1, "instruction fetch", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 3, 1, "address is readable", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 4, 1, "address is writable", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 5, 1, "address is executable (by supervisor, if EPT tells)",
	  NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 6, 1, "address is executable by user, if EPT tells",
	  NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 7, 1, "guest linear address is valid", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 8, 1, "access was to",
	  { "a paging-structure entry", "what the linear address translates to" } },
	{ EXIT_REASON_EPT_VIOLATION, 9, 1, "linear address belongs to",
	  { "supervisor mode", "user mode" } },
	{ EXIT_REASON_EPT_VIOLATION, 10, 1, "linear address may be",
	  { "read", "read and written" } },
	{ EXIT_REASON_EPT_VIOLATION, 11, 1, "linear address may be executed", { "yes", "no" } },
	{ EXIT_REASON_EPT_VIOLATION, 12, 1, "NMI unblocking due to IRET", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 13, 1, "shadow-stack access", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 14, 1, "supervisor shadow-stack page in EPT", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 15, 1, "guest-paging verification failed", NO_YES },
	{ EXIT_REASON_EPT_VIOLATION, 16, 1, "asynchronous to instruction execution", NO_YES },

	{ EXIT_REASON_APIC_WRITE, 0, 12, "offset in the APIC page" },

	{ EXIT_REASON_PML_FULL, 12, 1, "NMI unblocking due to IRET", NO_YES },
	{ EXIT_REASON_SPP_EVENT, 11, 1, "event", { "SPP misconfiguration", "SPP miss" } },
	{ EXIT_REASON_SPP_EVENT, 12, 1, "NMI unblocking due to IRET", NO_YES },

	{ EXIT_REASON_NOTIFY, 0, 1, "VM context is lost", NO_YES },
	{ EXIT_REASON_NOTIFY, 12, 1, "NMI unblocking due to IRET", NO_YES },

	/*
	 * Instructions with a memory operand have its displacement, or its address if RIP-relative.
	 */
	{ EXIT_REASON_VMCLEAR, 0, 64, "displacement" },
	{ EXIT_REASON_VMPTRLD, 0, 64, "displacement" },
	{ EXIT_REASON_VMPTRST, 0, 64, "displacement" },
	{ EXIT_REASON_VMREAD, 0, 64, "displacement" },
	{ EXIT_REASON_VMWRITE, 0, 64, "displacement" },
	{ EXIT_REASON_VMXON, 0, 64, "displacement" },
	{ EXIT_REASON_GDTR_IDTR, 0, 64, "displacement" },
	{ EXIT_REASON_LDTR_TR, 0, 64, "displacement" },
	{ EXIT_REASON_INVEPT, 0, 64, "displacement" },
	{ EXIT_REASON_INVVPID, 0, 64, "displacement" },
	{ EXIT_REASON_INVPCID, 0, 64, "displacement" },
	{ EXIT_REASON_XSAVES, 0, 64, "displacement" },
	{ EXIT_REASON_XRSTORS, 0, 64, "displacement" },
};

static uint64_t extract(const struct part *part, uint64_t qualification)
{
	uint64_t value = qualification >> part->low;

	return part->bits < 64 ? value & ((UINT64_C(1) << part->bits) - 1) : value;
}

static void describe(FILE *stream, const struct part *part, uint64_t value)
{
	fprintf(stream, "%s = ", part->name);
	if (value < 16 && part->values[value])
		fprintf(stream, "%s\n", part->values[value]);
	else if (part->values[0])
		fprintf(stream, "undefined (%" PRIu64 ")\n", value);
	else
		fprintf(stream, value < 10 ? "%" PRIu64 "\n" : "0x%" PRIx64 "\n", value);
}

bool qualification_describe(FILE *stream, uint32_t reason, uint64_t qualification)
{
	bool any = false;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (parts[i].reason != (reason & 0xffff))
			continue;
		describe(stream, &parts[i], extract(&parts[i], qualification));
		any = true;
	}
	return any;
}
