/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract with user space: generic-netlink family "nestor", version 1.
 *
 * Each command takes and gives the attributes drawn under it. Everything else is refused with an
 * extended ack that names the attribute. A `*` marks an attribute that appears once for each entry;
 * entries that are zero are left out. Numbers are in host byte order. Reading needs no privilege
 * unless [admin] is said, which marks what needs CAP_SYS_ADMIN in the initial user namespace.
 *
 * NESTOR_CMD_STATUS (do): the module as a whole
 *
 *    request: nothing
 *    reply:
 *    NESTOR_A_VERSION: NLA_NUL_STRING, the module's release
 *    NESTOR_A_ENABLED: NLA_U8, 1 while Linux runs under Nestor
 *    NESTOR_A_NR_CPUS: NLA_U32, CPUs that Nestor has memory for
 *    NESTOR_A_MEMORY_PER_CPU: NLA_U64, bytes
 *    NESTOR_A_MEMORY_TOTAL: NLA_U64, bytes
 *
 * NESTOR_CMD_CPU (dump): state, one message for each CPU
 *
 *    request:
 *    NESTOR_A_CPU: NLA_U32, this CPU only; optional, -ENOENT if there is none
 *    reply:
 *    NESTOR_A_CPU: NLA_U32
 *    NESTOR_A_STATE: NLA_NESTED
 *        NESTOR_A_STATE_ACTIVE: NLA_U8, the CPU is in VMX non-root operation under Nestor
 *        NESTOR_A_STATE_L1_VMX: NLA_U8, Linux is in VMX operation on it
 *        NESTOR_A_STATE_IN_L2: NLA_U8, a guest of Linux runs next on it
 *        NESTOR_A_STATE_VMXON_PTR: NLA_U64, physical, if L1_VMX and Linux has told it [admin,
 *            else left out]
 *        NESTOR_A_STATE_CURRENT_VMCS: NLA_U64, physical, if any [admin, else left out]
 *        NESTOR_A_STATE_SLOTS: NLA_U32, VMCSs that the CPU can hold at once
 *        NESTOR_A_STATE_SLOTS_USED: NLA_U32
 *        NESTOR_A_STATE_POOL_PAGES: NLA_U32, 4-KByte pages for nested EPT in all
 *        NESTOR_A_STATE_POOL_FREE: NLA_U32
 *        NESTOR_A_STATE_TAKEOVER_TICKS: NLA_U64, TSC ticks of the last take-over
 *        NESTOR_A_STATE_LANDING_TICKS: NLA_U64, TSC ticks of the last landing
 *
 * NESTOR_CMD_STAT (dump): counters since the module was loaded, one message for each CPU
 *
 *    request:
 *    NESTOR_A_CPU: NLA_U32, optional
 *    reply:
 *    NESTOR_A_CPU: NLA_U32
 *    NESTOR_A_STATS: NLA_NESTED
 *      * NESTOR_A_STATS_L1_EXIT: NLA_NESTED, VM exits of L1, by reason
 *            NESTOR_A_COUNT_INDEX: NLA_U32, here the basic exit reason, or NESTOR_COUNT_OTHER
 *            NESTOR_A_COUNT_VALUE: NLA_U64
 *      * NESTOR_A_STATS_L2_OWN: NLA_NESTED, VM exits of L2 that Nestor answered, by reason
 *            (as above)
 *      * NESTOR_A_STATS_L2_REFLECTED: NLA_NESTED, VM exits of L2 that L1 saw, by reason
 *            (as above)
 *      * NESTOR_A_STATS_INSN: NLA_NESTED, VMX instructions of L1
 *            NESTOR_A_INSN_KIND: NLA_U32, enum nestor_insn
 *            NESTOR_A_INSN_SUCCEED: NLA_U64
 *            NESTOR_A_INSN_FAIL_INVALID: NLA_U64
 *            NESTOR_A_INSN_FAIL_VALID: NLA_U64
 *            NESTOR_A_INSN_FAULT: NLA_U64
 *      * NESTOR_A_STATS_VM_ERROR: NLA_NESTED, VMfailValid by VM-instruction error
 *            NESTOR_A_COUNT_INDEX: NLA_U32, here the error number
 *            NESTOR_A_COUNT_VALUE: NLA_U64
 *      * NESTOR_A_STATS_ROOT_TIME: NLA_NESTED, histogram of TSC ticks from VM exit to VM entry
 *            NESTOR_A_COUNT_INDEX: NLA_U32, here n for 2^n up to, not including, 2^(n+1) ticks
 *            NESTOR_A_COUNT_VALUE: NLA_U64
 *        NESTOR_A_STATS_ENTRIES .. NESTOR_A_STATS_BUGS: NLA_U64 each, zeros too
 *      * NESTOR_A_STATS_ENTRY_CHECK: NLA_NESTED, refused VM entries by the check that refused them
 *            NESTOR_A_COUNT_INDEX: NLA_U32, here the check (Documentation/what-l1-sees.md)
 *            NESTOR_A_COUNT_VALUE: NLA_U64
 *
 * NESTOR_CMD_VMCS (dump) [admin]: the VMCSs of L1, one message for each VMCS and CPU that knows it
 *
 *    request:
 *    NESTOR_A_CPU: NLA_U32, optional
 *    NESTOR_A_ADDRESS: NLA_U64, the VMCS at this physical address only; optional
 *    reply:
 *    NESTOR_A_CPU: NLA_U32
 *    NESTOR_A_VMCS: NLA_NESTED
 *        NESTOR_A_VMCS_ADDRESS: NLA_U64, physical address of L1's VMCS region
 *        NESTOR_A_VMCS_FLAGS: NLA_U32, bits of enum nestor_vmcs_flags
 *        NESTOR_A_VMCS_SLOT: NLA_U32, left out when the VMCS lives in L1's region only
 *        NESTOR_A_VMCS_ENTRIES: NLA_U64, those that have ended
 *      * NESTOR_A_VMCS_EXIT: NLA_NESTED, VM exits that L1 saw, by reason
 *            NESTOR_A_COUNT_INDEX: NLA_U32, here the basic exit reason, or NESTOR_COUNT_OTHER
 *            NESTOR_A_COUNT_VALUE: NLA_U64
 *
 * NESTOR_CMD_CONTROL (do) [admin]: take over every CPU, or give every CPU back
 *
 *    request:
 *    NESTOR_A_ENABLED: NLA_U8, 1 or 0
 *    reply: the ack; its error is -EALREADY, -EBUSY, -ENODEV, -EOPNOTSUPP, -ENOMEM or -EIO, and its
 *        message says what to do
 *
 * NESTOR_CMD_CAPS (dump) [admin]: the VMX capability MSRs, one message for each CPU that is online
 *
 *    request:
 *    NESTOR_A_CPU: NLA_U32, optional
 *    reply:
 *    NESTOR_A_CPU: NLA_U32
 *    NESTOR_A_CAPS: NLA_NESTED
 *        NESTOR_A_CAPS_NESTED: NLA_U8, 0 if the module was told to hide VMX
 *      * NESTOR_A_CAPS_MSR: NLA_NESTED, each MSR from 480H to 493H
 *            NESTOR_A_CAPS_MSR_NUMBER: NLA_U32
 *            NESTOR_A_CAPS_MSR_PROCESSOR: NLA_U64, what VMX root operation reads; left out if the
 *                processor has no such MSR
 *            NESTOR_A_CAPS_MSR_L1: NLA_U64, what Linux reads; left out if that is #GP
 *            NESTOR_A_CAPS_MSR_MASK: NLA_U64, bits that the module was told to hide; left out if 0
 *
 * NESTOR_CMD_EVENT: notification to multicast group "events" [admin], one event a message
 *
 *    NESTOR_A_CPU: NLA_U32
 *    NESTOR_A_EVENT: NLA_NESTED
 *        NESTOR_A_EVENT_SEQ: NLA_U64, position in the CPU's ring; a gap means that events were lost
 *        NESTOR_A_EVENT_TSC: NLA_U64
 *        NESTOR_A_EVENT_KIND: NLA_U32, enum nestor_event_kind
 *        NESTOR_A_EVENT_ARG0 .. NESTOR_A_EVENT_ARG3: NLA_U64, what they mean is said at the kind
 */
#ifndef UAPI_NESTOR_H
#define UAPI_NESTOR_H

#define NESTOR_GENL_NAME "nestor"
#define NESTOR_GENL_VERSION 1
#define NESTOR_GENL_EVENTS "events"

/**
 * enum nestor_cmd - commands of the family
 * @NESTOR_CMD_STATUS: the module as a whole
 * @NESTOR_CMD_CPU: state of each CPU
 * @NESTOR_CMD_STAT: counters of each CPU
 * @NESTOR_CMD_VMCS: the VMCSs of L1
 * @NESTOR_CMD_CONTROL: enable or disable
 * @NESTOR_CMD_EVENT: notification only
 * @NESTOR_CMD_CAPS: VMX capability MSRs of each CPU
 */
enum nestor_cmd {
	NESTOR_CMD_STATUS = 1,
	NESTOR_CMD_CPU,
	NESTOR_CMD_STAT,
	NESTOR_CMD_VMCS,
	NESTOR_CMD_CONTROL,
	NESTOR_CMD_EVENT,
	NESTOR_CMD_CAPS,
	NESTOR_CMD_LAST,
	NESTOR_CMD_MAX = NESTOR_CMD_LAST - 1
};

/* Each message has attributes of these types. */
enum nestor_attr {
	NESTOR_A_UNSPEC,
	NESTOR_A_PAD,
	NESTOR_A_VERSION,
	NESTOR_A_ENABLED,
	NESTOR_A_CPU,
	NESTOR_A_ADDRESS,
	NESTOR_A_NR_CPUS,
	NESTOR_A_MEMORY_PER_CPU,
	NESTOR_A_MEMORY_TOTAL,
	NESTOR_A_STATE,
	NESTOR_A_STATS,
	NESTOR_A_VMCS,
	NESTOR_A_EVENT,
	NESTOR_A_CAPS,
	NESTOR_A_LAST,
	NESTOR_A_MAX = NESTOR_A_LAST - 1
};

/* NESTOR_A_STATE has these in it. */
enum nestor_attr_state {
	NESTOR_A_STATE_UNSPEC,
	NESTOR_A_STATE_PAD,
	NESTOR_A_STATE_ACTIVE,
	NESTOR_A_STATE_L1_VMX,
	NESTOR_A_STATE_IN_L2,
	NESTOR_A_STATE_VMXON_PTR,
	NESTOR_A_STATE_CURRENT_VMCS,
	NESTOR_A_STATE_SLOTS,
	NESTOR_A_STATE_SLOTS_USED,
	NESTOR_A_STATE_POOL_PAGES,
	NESTOR_A_STATE_POOL_FREE,
	NESTOR_A_STATE_TAKEOVER_TICKS,
	NESTOR_A_STATE_LANDING_TICKS,
	NESTOR_A_STATE_LAST,
	NESTOR_A_STATE_MAX = NESTOR_A_STATE_LAST - 1
};

/**
 * enum nestor_attr_stats - in NESTOR_A_STATS
 * @NESTOR_A_STATS_ENTRIES: entries that reached L2, each counted when L1 sees the exit that ends it
 * @NESTOR_A_STATS_ENTRY_FAILURES: VMLAUNCH or VMRESUME that ended in exit reason 33, 34 or 41
 * @NESTOR_A_STATS_EPT02_FILLS: leaf entries written into a shadow of L1's EPT
 * @NESTOR_A_STATS_EPT02_EVICTIONS: shadows recycled because the pool was empty
 * @NESTOR_A_STATS_EPT02_FLUSHES: shadows made stale by L1's INVEPT, to be held against L1's EPT
 *	when they are used again
 * @NESTOR_A_STATS_VMCS_LOADS: VMCS regions read from L1's memory into a slot
 * @NESTOR_A_STATS_VMCS_EVICTIONS: slots written back because another VMCS needed them
 * @NESTOR_A_STATS_VMXOFF_ACTIVE: VMCSs still active when L1 executed VMXOFF
 * @NESTOR_A_STATS_BLOCKED_READS: reads of hidden memory answered with zeros
 * @NESTOR_A_STATS_BLOCKED_WRITES: writes to hidden memory that vanished
 * @NESTOR_A_STATS_NMIS_IN_ROOT: NMIs that arrived in VMX root operation
 * @NESTOR_A_STATS_BUGS: things that must not happen and did
 * @NESTOR_A_STATS_ENTRY_CHECK: VM entries that were refused, by check
 */
enum nestor_attr_stats {
	NESTOR_A_STATS_UNSPEC,
	NESTOR_A_STATS_PAD,
	NESTOR_A_STATS_L1_EXIT,
	NESTOR_A_STATS_L2_OWN,
	NESTOR_A_STATS_L2_REFLECTED,
	NESTOR_A_STATS_INSN,
	NESTOR_A_STATS_VM_ERROR,
	NESTOR_A_STATS_ROOT_TIME,
	NESTOR_A_STATS_ENTRIES,
	NESTOR_A_STATS_ENTRY_FAILURES,
	NESTOR_A_STATS_EPT02_FILLS,
	NESTOR_A_STATS_EPT02_EVICTIONS,
	NESTOR_A_STATS_EPT02_FLUSHES,
	NESTOR_A_STATS_VMCS_LOADS,
	NESTOR_A_STATS_VMCS_EVICTIONS,
	NESTOR_A_STATS_VMXOFF_ACTIVE,
	NESTOR_A_STATS_BLOCKED_READS,
	NESTOR_A_STATS_BLOCKED_WRITES,
	NESTOR_A_STATS_NMIS_IN_ROOT,
	NESTOR_A_STATS_BUGS,
	NESTOR_A_STATS_ENTRY_CHECK,
	NESTOR_A_STATS_LAST,
	NESTOR_A_STATS_MAX = NESTOR_A_STATS_LAST - 1
};

/* Every attribute that counts by a number has these in it. */
enum nestor_attr_count {
	NESTOR_A_COUNT_UNSPEC,
	NESTOR_A_COUNT_PAD,
	NESTOR_A_COUNT_INDEX,
	NESTOR_A_COUNT_VALUE,
	NESTOR_A_COUNT_LAST,
	NESTOR_A_COUNT_MAX = NESTOR_A_COUNT_LAST - 1
};

/* NESTOR_A_COUNT_INDEX is this for the exits whose basic exit reason the module does not know. */
#define NESTOR_COUNT_OTHER 0xffff

/* NESTOR_A_STATS_INSN has these in it. */
enum nestor_attr_insn {
	NESTOR_A_INSN_UNSPEC,
	NESTOR_A_INSN_PAD,
	NESTOR_A_INSN_KIND,
	NESTOR_A_INSN_SUCCEED,
	NESTOR_A_INSN_FAIL_INVALID,
	NESTOR_A_INSN_FAIL_VALID,
	NESTOR_A_INSN_FAULT,
	NESTOR_A_INSN_LAST,
	NESTOR_A_INSN_MAX = NESTOR_A_INSN_LAST - 1
};

/* NESTOR_A_VMCS has these in it. */
enum nestor_attr_vmcs {
	NESTOR_A_VMCS_UNSPEC,
	NESTOR_A_VMCS_PAD,
	NESTOR_A_VMCS_ADDRESS,
	NESTOR_A_VMCS_FLAGS,
	NESTOR_A_VMCS_SLOT,
	NESTOR_A_VMCS_ENTRIES,
	NESTOR_A_VMCS_EXIT,
	NESTOR_A_VMCS_LAST,
	NESTOR_A_VMCS_MAX = NESTOR_A_VMCS_LAST - 1
};

/* NESTOR_A_EVENT has these in it. */
enum nestor_attr_event {
	NESTOR_A_EVENT_UNSPEC,
	NESTOR_A_EVENT_PAD,
	NESTOR_A_EVENT_SEQ,
	NESTOR_A_EVENT_TSC,
	NESTOR_A_EVENT_KIND,
	NESTOR_A_EVENT_ARG0,
	NESTOR_A_EVENT_ARG1,
	NESTOR_A_EVENT_ARG2,
	NESTOR_A_EVENT_ARG3,
	NESTOR_A_EVENT_LAST,
	NESTOR_A_EVENT_MAX = NESTOR_A_EVENT_LAST - 1
};

/* NESTOR_A_CAPS has these in it. */
enum nestor_attr_caps {
	NESTOR_A_CAPS_UNSPEC,
	NESTOR_A_CAPS_PAD,
	NESTOR_A_CAPS_NESTED,
	NESTOR_A_CAPS_MSR,
	NESTOR_A_CAPS_LAST,
	NESTOR_A_CAPS_MAX = NESTOR_A_CAPS_LAST - 1
};

/* NESTOR_A_CAPS_MSR has these in it. */
enum nestor_attr_caps_msr {
	NESTOR_A_CAPS_MSR_UNSPEC,
	NESTOR_A_CAPS_MSR_PAD,
	NESTOR_A_CAPS_MSR_NUMBER,
	NESTOR_A_CAPS_MSR_PROCESSOR,
	NESTOR_A_CAPS_MSR_L1,
	NESTOR_A_CAPS_MSR_MASK,
	NESTOR_A_CAPS_MSR_LAST,
	NESTOR_A_CAPS_MSR_MAX = NESTOR_A_CAPS_MSR_LAST - 1
};

/* NESTOR_A_INSN_KIND has one of these values. */
enum nestor_insn {
	NESTOR_INSN_VMCALL,
	NESTOR_INSN_VMCLEAR,
	NESTOR_INSN_VMLAUNCH,
	NESTOR_INSN_VMPTRLD,
	NESTOR_INSN_VMPTRST,
	NESTOR_INSN_VMREAD,
	NESTOR_INSN_VMRESUME,
	NESTOR_INSN_VMWRITE,
	NESTOR_INSN_VMXOFF,
	NESTOR_INSN_VMXON,
	NESTOR_INSN_INVEPT,
	NESTOR_INSN_INVVPID,
	NESTOR_INSN_NR
};

/**
 * enum nestor_vmcs_flags - bits of NESTOR_A_VMCS_FLAGS
 * @NESTOR_VMCS_ACTIVE: L1 loaded it on this CPU and did not clear it since
 * @NESTOR_VMCS_CURRENT: it is the CPU's current VMCS
 * @NESTOR_VMCS_LAUNCHED: its launch state is "launched", else "clear"
 * @NESTOR_VMCS_SHADOW: it is a shadow VMCS
 */
enum nestor_vmcs_flags {
	NESTOR_VMCS_ACTIVE = 1,
	NESTOR_VMCS_CURRENT = 2,
	NESTOR_VMCS_LAUNCHED = 4,
	NESTOR_VMCS_SHADOW = 8
};

/**
 * enum nestor_event_kind - values of NESTOR_A_EVENT_KIND
 * @NESTOR_EVENT_TAKEOVER: ARG0 CPU
 * @NESTOR_EVENT_LANDING: ARG0 CPU
 * @NESTOR_EVENT_VMX_INSN: ARG0 enum nestor_insn, ARG1 result (0 succeed, 1 fail invalid, 2 fail
 *	valid, 3 fault), ARG2 error number, ARG3 operand
 * @NESTOR_EVENT_ENTRY_FAILED: ARG0 exit reason, ARG1 qualification, ARG2 check, ARG3 VMCS address
 * @NESTOR_EVENT_BLOCKED: ARG0 guest-physical address, ARG1 1 for a write, ARG2 RIP
 * @NESTOR_EVENT_ROOT_FAULT: ARG0 vector, ARG1 RIP, ARG2 error code, ARG3 CR2
 * @NESTOR_EVENT_BUG: ARG0 which (a number of nested/machine/bugs.def), ARG1 detail
 * @NESTOR_EVENT_HW_REFUSED: ARG0 VM-instruction error, ARG1 VMCS address
 * @NESTOR_EVENT_ENTRY_REFUSED: VMLAUNCH or VMRESUME that ended in VMfail. ARG0 enum nestor_insn,
 *	ARG1 VM-instruction error, 0 for VMfailInvalid, ARG2 check, ARG3 VMCS address
 * @NESTOR_EVENT_VMX_ABORT: ARG0 VMX-abort indicator, ARG1 VMCS address
 */
enum nestor_event_kind {
	NESTOR_EVENT_TAKEOVER = 1,
	NESTOR_EVENT_LANDING,
	NESTOR_EVENT_VMX_INSN,
	NESTOR_EVENT_ENTRY_FAILED,
	NESTOR_EVENT_BLOCKED,
	NESTOR_EVENT_ROOT_FAULT,
	NESTOR_EVENT_BUG,
	NESTOR_EVENT_HW_REFUSED,
	NESTOR_EVENT_ENTRY_REFUSED,
	NESTOR_EVENT_VMX_ABORT
};

#endif
