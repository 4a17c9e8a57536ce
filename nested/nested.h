/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1's VMX on one CPU: whether L1 is in VMX operation, its current VMCS, the VMCSs in cache, what
 * L2 runs on.
 *
 * Who is current on the processor: VMCS01 whenever a function below is called for L1, the slot's
 * VMCS02 whenever it is called for L2. Functions that need another VMCS for a moment put the first
 * back.
 */
#ifndef NESTED_NESTED_H
#define NESTED_NESTED_H

#include "arch/arch.h"
#include "arch/caps.h"
#include "arch/checks.h"
#include "arch/fault.h"
#include "arch/fields.h"
#include "vmcs/image.h"
#include "machine/pool.h"
#include "machine/shared.h"
#include "arch/types.h"

#define NR_SLOTS       16
#define NR_EPT02_ROOTS 64

/* L1's own VPID: combined mappings are tagged with the EPT root too, so L1 may use the same number.
 */
#define VPID_L1 1

/* EPT02 of an L2 that runs without EPT12 */
#define EPTP12_NONE (~0ull)

/* What must be merged again before the next entry */
#define DIRTY_CONTROLS BIT(0)
#define DIRTY_HOST     BIT(1)
#define DIRTY_EPT      BIT(2)
#define DIRTY_ALL      (DIRTY_CONTROLS | DIRTY_HOST | DIRTY_EPT)

/**
 * struct merged - what a transition must know of VMCS12's controls, worked out when one of them
 * changed
 * @flush_l1: no VPID: L1's own mappings are flushed on every transition
 * @timer: the preemption timer runs
 * @lists: some MSR list is not empty
 * @unrestricted: L2 may change its mode without an exit
 * @nmi_blocking: NMIs are blocked for real, not virtually
 * @pdptes: PAE paging would load its PDPTEs from memory, because there is no EPT12
 * @link: the VMCS link pointer names a VMCS
 * @counters: entry loads IA32_PERF_GLOBAL_CTRL
 * @cleared: VM-exit controls that clear an MSR which entry does not load: software clears it
 * @cet: exits load the CET state of the host
 * @cet_entry: entry loads that of the guest
 * @rare_entry: @flush_l1, @lists, @pdptes, @link, @counters, @cleared, @cet, @cet_entry or VMCS
 *	shadowing
 * @from_l1: some value that entry loads is L1's and not VMCS12's
 * @usual: the controls are those of a 64-bit hypervisor whose guests have EPT, VPID and virtual
 *	NMIs, and that switches EFER and PAT by the controls: no transition needs more than
 *	reflect_usual() does
 */
struct merged {
	bool flush_l1;
	bool timer;
	bool lists;
	bool unrestricted;
	bool nmi_blocking;
	bool pdptes;
	bool from_l1;
	bool link;
	bool counters;
	bool cet;
	bool cet_entry;
	u32 cleared;
	bool rare_entry;
	bool usual;
};

/* What is known of a field, from a table made at the start */
#define FIELD_EXISTS	   BIT(0)
#define FIELD_SOFT	   BIT(1)
#define FIELD_READ_ONLY	   BIT(2)
#define FIELD_CONTROL	   BIT(3)
#define FIELD_HOST	   BIT(4)
#define FIELD_SHADOW	   BIT(5)
#define FIELD_SHADOW_WIDE  BIT(6)
#define FIELD_SHADOW_PLACE BIT(7)

/**
 * struct vmcs_slot - one VMCS of L1 in cache
 * @address: L1's VMCS region; VMX_NO_VMCS when the slot is free
 * @vmcs02: physical address of the hardware's VMCS, home of most fields of VMCS12
 * @shadow: physical address of the VMCS that L1's VMREAD and VMWRITE reach without an exit
 * @used: when it was last made current, for eviction
 * @dirty: DIRTY_*
 * @launched: L1's launch state
 * @launched02: the hardware's launch state of @vmcs02
 * @unusual: one of the four below; while it is 0 an exit needs no more than reflect_usual()
 * @general: the controls or the host state are not the usual ones, or L2 has not run yet
 * @overridden: some bit of @override may be set
 * @reinjected: VMCS02's event-injection fields are an own exit's, not L1's
 * @stops: VMCS02's preemption timer is Nestor's, see stop_at_boundary()
 * @is_shadow: bit 31 of the revision identifier: it can be a shadow VMCS only
 * @override: bit per field: @value and not VMCS02 holds a read-only field
 * @value: fields that live in software, and the last known value of those that L1 reaches through
 * @shadow
 * @pdptes_loaded: VMCS02's PDPTE fields are L2's, and VMCS12's are in @value
 * @shown: FIELD_SHADOW_WIDE, FIELD_SHADOW_PLACE: which fields the shadow VMCS holds beside those that
 * it always does; FIELD_EXISTS: all, see slot_is_open()
 * @merged: what the controls mean for a transition
 * @ept02: index of its EPT02 root; valid unless DIRTY_EPT
 * @tracked: its record in struct root_shared
 */
struct vmcs_slot {
	u64 address;
	u64 vmcs02;
	u64 shadow;
	u64 used;
	u32 dirty;
	bool launched;
	bool launched02;
	bool is_shadow;
	bool pdptes_loaded;
	u8 shown;
	union {
		struct {
			bool general;
			bool overridden;
			bool reinjected;
			bool stops;
		};
		u32 unusual;
	};
	struct merged merged;
	u64 override[(NR_FIELDS + 63) / 64];
	u64 value[NR_FIELDS];
	int ept02;
	struct tracked_vmcs *tracked;
};

/**
 * struct ept02_root - a software TLB of one EPT12
 * @eptp12: the key, all of it
 * @root: physical address of its top table
 * @log: physical address of struct ept02_log
 * @used: when it was last looked up, for eviction
 * @first, @last: the used entries of the top table are among these
 * @filled: it may have entries
 * @stale: L1 has invalidated it: what it has is held against EPT12 before L2 runs on it
 */
struct ept02_root {
	u64 eptp12;
	u64 root;
	u64 log;
	u64 used;
	u16 first;
	u16 last;
	bool filled;
	bool stale;
};

/**
 * struct ept02 - all of them
 * @roots: one per EPT12
 * @nr_roots: how many there are so far
 * @clock: counts look-ups
 * @reserved: bits of an EPT entry's address that the processor does not have
 */
struct ept02 {
	struct ept02_root roots[NR_EPT02_ROOTS];
	u32 nr_roots;
	u64 clock;
	u64 reserved;
};

/**
 * struct sppt02 - a software TLB of L1's sub-page-permission table
 * @root: physical address of its top table, 0 where the processor has no such permissions
 * @spptp12: what it has the entries of
 * @filled: it may have entries
 */
struct sppt02 {
	u64 root;
	u64 spptp12;
	bool filled;
};

/**
 * struct nested - L1's VMX on this CPU
 * @gpr: general registers, in the order of enum gpr
 * @caps: the processor's capabilities, which are L1's
 * @shared: where statistics go
 * @in_vmx: L1 is in VMX operation
 * @in_l2: L2 runs, or is about to
 * @launch: the next VM entry is a VMLAUNCH
 * @nmi_pending: NMIs that met root and must go to whoever runs above, at most 2
 * @mc_pending: as that, for a machine check
 * @init_pending: an INIT that L1 blocks because it is in VMX root operation, or that has just come
 * @pending: all of them, to look at once
 * @nmi_window: VMCS01 asks for an NMI window so that a pending NMI can follow an injected event
 * @page1g: the processor has 1-GByte pages
 * @shadowing: VMCS shadowing is used for L1
 * @shadow_on: VMCS01 has it switched on now
 * @loads_cet: VMCS01's entries load CET state, see cet.c
 * @awaited: rights that L2 lacked at @awaited_gpa in the violation that L1 is answering; 0 if there
 * is none
 * @sppt02: software TLB of SPPT12
 * @sink: page that stands for hidden memory in EPT02
 * @root_tr: VMCS01's host TR selector, which VMCS02 shares
 * @entry_reason: exit reason of the VMLAUNCH or VMRESUME under way, 0 once L2 has run
 * @shadowed_l2: VMCS02 has VMCS shadowing on, for L2
 * @probing: the check of the host state for which the entry under way is to be refused; the
 * processor decides between errors 7 and 8
 * @link_check: the check of the VMCS link pointer for which the last entry with one is to fail
 * @next_event: position in the event ring; kept here because L1 can write the ring
 * @current: slot of L1's current VMCS, or NULL
 * @vmread_bitmap, @vmread_wide, @vmwrite_bitmap, @vmwrite_place, @open_bitmap: what L1 reaches in a
 * shadow VMCS without an exit
 * @shown: VMCS01's bitmaps are those for a slot with this @shown
 * @timer: L2's preemption timer while its slot @stops
 * @flags: FIELD_* of each field
 * @image: how a VMCS is written to L1's region
 */
struct nested {
	u64 *gpr;
	const struct vmx_caps *caps;
	struct root_shared *shared;
	u64 vmcs01;
	u64 ept01;
	bool in_vmx;
	bool in_l2;
	bool launch;
	union {
		struct {
			u8 nmi_pending;
			bool mc_pending;
			bool init_pending;
		};
		u32 pending;
	};
	bool nmi_window;
	bool page1g;
	bool shadowing;
	bool shadow_on;
	bool loads_cet;
	u64 vmxon_ptr;
	u64 clock;
	u64 next_event;
	struct vmcs_slot *current;
	struct pool pool;
	struct ept02 ept02;
	struct sppt02 sppt02;
	u64 vmread_bitmap, vmread_wide, vmwrite_bitmap, vmwrite_place, open_bitmap;
	u8 shown;
	u32 timer;
	u8 flags[NR_FIELDS];
	u64 awaited;
	u64 awaited_gpa;
	u64 sink;
	u64 root_tr;
	u32 entry_reason;
	bool shadowed_l2;
	u8 probing;
	u8 link_check;
	struct vmcs_image image;
	struct vmcs_slot slots[NR_SLOTS];
};

/* Has the processor this field? */
static inline bool field_exists(const struct nested *n, int field)
{
	return n->flags[field] & FIELD_EXISTS;
}

/* nested.c */
void nested_init(struct nested *n, const struct vmx_caps *caps, struct root_shared *shared,
		 u64 vmcs01, u64 ept01, bool page1g);

/* Leave nothing active in hardware: called once L1 is not in VMX operation and the CPU is given
 * back. */
void nested_exit(struct nested *n);

/**
 * nested_event() - leave a record in the event ring
 * @n: L1's VMX
 * @kind: enum root_event_kind
 * @a, @b, @c, @d: the event's arguments
 */
void nested_event(struct nested *n, u32 kind, u64 a, u64 b, u64 c, u64 d);

/* Make VMCS01 current whatever is now, forget L2: root is about to stop L1 with a report. */
void nested_abandon(struct nested *n);

/* l1state.c: L1's registers and events, in VMCS01 */
void nested_advance_rip(void);
void nested_inject_fault(struct nested *n, const struct fault *fault);
void nested_inject_gp(struct nested *n);
void nested_inject_ud(struct nested *n);

/*
 * Inject again what an own exit interrupted: IDT-vectoring information becomes VM-entry event
 * injection. Returns whether there was anything.
 */
bool nested_reinject(struct nested *n);

/*
 * No single-step trap is due for an instruction that faulted and will be executed again. SDM "Saving
 * Non-Register State": exits clear what is pending, but for traps that MOV SS blocks.
 */
void nested_drop_trap(void);

/**
 * nested_cr_access() - MOV to CR0 or CR4 that changes a bit Nestor owns
 * @n: L1's VMX
 * @allow_vmx: false hides VMX: CR4.VMXE is a reserved bit then
 *
 * Return: false if the exit is none that VMCS01 asks for.
 */
bool nested_cr_access(struct nested *n, bool allow_vmx);

/**
 * nested_load_pdptes() - load L1's PDPTEs from where its CR3 says
 * @n: L1's VMX; VMCS01 is current
 *
 * SDM "PDPTE Registers": MOV to CR0 does so when it switches PAE paging on, and a VM exit to a host
 * with PAE paging.
 *
 * Return: false if a reserved bit is set in one; nothing is loaded then.
 */
bool nested_load_pdptes(const struct nested *n);

/* In VMX operation L1 cannot change the fixed bits of CR0; outside, NE alone is Nestor's. */
void nested_own_cr0(struct nested *n);
void nested_load_init_state(struct nested *n);

/* events.c: NMIs and machine checks that met root, INITs that L1 must not have yet */
void nested_init_signal(struct nested *n);
void nested_deliver_noted(struct nested *n);
void nested_note_nmi(struct nested *n);
void nested_nmi_window(struct nested *n);
void nested_second_nmi(struct nested *n);

/*
 * L2's exit, or VM entry, has ended what was done so that L2 stops on its next instruction boundary.
 * VMCS02 is current.
 */
void nested_end_stop(struct nested *n, struct vmcs_slot *slot);

/**
 * nested_exit_instead() - an own exit of L2 becomes another that is L1's
 * @n: L1's VMX
 * @reason: the exit that L1 gets; its qualification is 0
 * @event: its VM-exit interruption information, or 0
 *
 * What VM entry would have injected is the event that the exit interrupts.
 */
void nested_exit_instead(struct nested *n, u32 reason, u32 event);

/* vmxinsn.c */
bool nested_is_vmx_instruction(u32 reason);
void nested_vmx_instruction(struct nested *n, u32 reason);

/*
 * The three ways a VMX instruction ends; all move on to the next instruction. vmx_fail_valid() is
 * vmx_fail() without an event and with a current VMCS.
 */
void vmx_succeed(struct nested *n, u32 reason);
void vmx_fail(struct nested *n, u32 reason, u32 error);
void vmx_fail_valid(struct nested *n, u32 reason, u32 error);
void vmx_fail_invalid(struct nested *n, u32 reason);

/* slot.c: the cache of VMCSs */

/**
 * slot_find() - the slot that holds a VMCS
 * @n: L1's VMX
 * @address: L1's VMCS region
 *
 * Return: the slot, or NULL.
 */
struct vmcs_slot *slot_find(struct nested *n, u64 address);

/**
 * slot_load() - read a VMCS from L1's memory into a slot, evicting another if need be
 * @n: L1's VMX; VMCS01 is and remains current
 * @address: L1's VMCS region, checked
 *
 * Return: the slot; never NULL.
 */
struct vmcs_slot *slot_load(struct nested *n, u64 address);

/* Write a VMCS back to L1's memory and free its slot. @launched is the launch state to leave there.
 */
void slot_evict(struct nested *n, struct vmcs_slot *slot, bool launched);

/* VMCLEAR of a checked address: written back, launch state clear, not active, not current. */
void vmcs_clear(struct nested *n, u64 address);

/* Make @slot (or none) L1's current VMCS. */
void slot_make_current(struct nested *n, struct vmcs_slot *slot);

/* L1's VMREAD and VMWRITE of a supported field; VMCS01 is and remains current. */
u64 slot_read(struct nested *n, struct vmcs_slot *slot, int field);
void slot_write(struct nested *n, struct vmcs_slot *slot, int field, u64 value);

/* Set a read-only field of VMCS12 in software. */
void slot_override(struct vmcs_slot *slot, int field, u64 value);

static inline bool slot_overridden(const struct vmcs_slot *slot, int field)
{
	return slot->override[field / 64] >> (field % 64) & 1;
}

/* VMCS02 holds the field again. */
static inline void slot_forget_override(struct vmcs_slot *slot, int field)
{
	slot->override[field / 64] &= ~BIT_ULL(field % 64);
}

/* enter() has counted an entry that the processor did not make. */
static inline void slot_not_entered(struct nested *n, struct vmcs_slot *slot)
{
	n->shared->stats.entries--;
	slot->tracked->entries--;
}

/*
 * A VMCS of the shadow kind cannot be entered: L1 and L2 only read and write it. Where the processor
 * has VMCS shadowing its home is the slot's shadow VMCS, which both reach without an exit.
 */
static inline bool slot_is_open(const struct nested *n, const struct vmcs_slot *slot)
{
	return slot->is_shadow && n->shadowing;
}

/* L2 has run: VMRESUME is what follows from now on. */
void slot_set_launched(struct nested *n, struct vmcs_slot *slot);

/* As that, where only L1 shall think so. */
void slot_set_launched12(struct nested *n, struct vmcs_slot *slot);
void slots_init(struct nested *n);
void slots_exit(struct nested *n);

/* True for fields of VMCS12 whose home is struct vmcs_slot and not VMCS02. */
bool field_is_soft(int field);

/* shadow.c: fields that L1 reaches without an exit */
void shadow_init(struct nested *n);

/* The slot's shadow VMCS is a page of zeros yet. */
void shadow_slot_init(const struct nested *n, const struct vmcs_slot *slot);

/* What L1 reads there is what the slot has; the shadow VMCS is current afterwards. */
void shadow_fill(const struct nested *n, const struct vmcs_slot *slot);

/* Is the slot's shadow VMCS where a field lives now? */
bool shadow_holds(const struct nested *n, const struct vmcs_slot *slot, int field);

/* L1 has written a field by an exit: if the shadow VMCS has a copy, that follows. */
void shadow_poke(struct nested *n, struct vmcs_slot *slot, int field, u64 value);

/* Copy L1's writes into the slot: VMCS02 is current afterwards. */
void shadow_to_slot(struct nested *n, struct vmcs_slot *slot);

/**
 * shadow_from_slot() - copy what an L2 exit changed to where L1 reads it
 * @n: L1's VMX; VMCS02 is current before, undefined afterwards
 * @slot: the VMCS
 * @reason: exit reason, which decides what there is to copy
 */
void shadow_from_slot(struct nested *n, struct vmcs_slot *slot, u32 reason);

/* VMCS01's bitmaps show what the slot's shadow VMCS holds; VMCS01 is current. */
void shadow_show(struct nested *n, u8 shown);

static inline void shadow_follow(struct nested *n, const struct vmcs_slot *slot)
{
	if (unlikely(n->shown != slot->shown))
		shadow_show(n, slot->shown);
}

/* Let VMCS01 use @slot's shadow VMCS, or none; VMCS01 is current. */
void shadow_switch(struct nested *n, struct vmcs_slot *slot);

/* entry.c, checks.c, merge.c: VM entry */
/**
 * nested_vmentry() - VMLAUNCH or VMRESUME of L1
 * @n: L1's VMX
 * @reason: which of them
 * @efer: L1's EFER
 */
void nested_vmentry(struct nested *n, u32 reason, u64 efer);

/* VMRESUME, the hot one: all that is seldom goes to nested_vmx_instruction(). */
void nested_vmresume(struct nested *n);

/* L1 finds its own PDPTE fields, where L2 without EPT12 had others. VMCS02 is current. */
void restore_pdptes(struct vmcs_slot *slot);

/* Set or clear a "load" control of the VM entries of the VMCS that is current. */
void load_at_entry(u32 control, bool on);
void nested_entry_refused(struct nested *n, u64 rflags);

/* The VMLAUNCH or VMRESUME under way has not happened: L1 goes on where it was. VMCS01 is current
 * afterwards. */
void nested_take_entry_back(struct nested *n);

/**
 * check_controls() - the checks on controls that the processor cannot make for L1
 * @n: L1's VMX
 * @slot: the VMCS, with nothing left in its shadow
 *
 * Return: CHECK_PASSED, or the check that failed: error 7.
 */
enum entry_check check_controls(const struct nested *n, const struct vmcs_slot *slot);

/**
 * check_host() - the checks on the host state, all of which is software's
 * @n: L1's VMX
 * @slot: the VMCS, with nothing left in its shadow
 * @long_mode: L1 is in IA-32e mode
 *
 * Return: CHECK_PASSED, or the check that failed: error 8.
 */
enum entry_check check_host(const struct nested *n, const struct vmcs_slot *slot, bool long_mode);

/**
 * check_link() - the checks on a VMCS link pointer that is not all ones
 * @n: L1's VMX
 * @slot: the VMCS
 *
 * Return: CHECK_PASSED, or the check that failed: exit reason 33.
 */
enum entry_check check_link(const struct nested *n, const struct vmcs_slot *slot);

/**
 * check_eptp() - the checks that VM entry, INVEPT and EPTP switching make on an EPT pointer
 * @n: L1's VMX
 * @eptp: EPT pointer
 *
 * Return: CHECK_PASSED, or the check that failed.
 */
enum entry_check check_eptp(const struct nested *n, u64 eptp);

/* Would the processor take it for IA32_PAT? Three memory types are reserved. */
bool pat_valid(u64 pat);

/**
 * check_of_failure() - what an entry failed for that ended in an exit
 * @n: L1's VMX
 * @reason: exit reason
 * @qualification: exit qualification
 */
enum entry_check check_of_failure(const struct nested *n, u32 reason, u64 qualification);

/* Write the controls that are replaced or have forced bits; VMCS02 is current. */
void merge_controls(struct nested *n, struct vmcs_slot *slot);

/* Controls and host state have been merged and checked: is there anything that seldom is? */
void merge_note_usual(const struct nested *n, struct vmcs_slot *slot);

/**
 * l2_vmcs_access() - VMREAD or VMWRITE of L2 that might be L1's own VMCS shadowing's
 * @n: L1's VMX; VMCS02 is and remains current
 * @reason: which of them
 *
 * Return: true if L2 is to execute it again, false if the exit is L1's.
 */
bool l2_vmcs_access(struct nested *n, u32 reason);

/* The exit is L1's, and so is now what L2 has written to the linked VMCS. VMCS01 is current. */
void l2_vmcs_take_back(struct nested *n);

/* exit.c */
void nested_l2_exit(struct nested *n, u32 reason);

/* Deliver the exit that VMCS02 and overrides describe to L1; VMCS01 is current afterwards. */
void nested_reflect(struct nested *n, u32 reason);

/* cet.c */

/**
 * cet_load_host() - L1 goes on with the CET state that VMCS12 has for its host
 * @n: L1's VMX; VMCS01 is current
 * @slot: the VMCS that L2 ran on
 */
void cet_load_host(struct nested *n, const struct vmcs_slot *slot);

/* L1's CET state is in the processor and stays there: VMCS01, which is current, loads none. */
void cet_load_none(struct nested *n);

static inline void cet_keep(struct nested *n)
{
	if (unlikely(n->loads_cet))
		cet_load_none(n);
}

/* An MSR of L1's has been written: if VMCS01, which is current, loads it, it loads that. */
void cet_msr_written(const struct nested *n, u32 msr, u64 value);

/* msrlist.c */

/**
 * msr_list_load() - the VM-exit MSR-load list
 * @n: L1's VMX
 * @address: of the list
 * @count: entries
 *
 * Return: 0, or the number (from 1) of the entry that cannot be loaded.
 */
u32 msr_list_load(struct nested *n, u64 address, u32 count);
u32 msr_list_store(struct nested *n, u64 address, u32 count);

/**
 * msr_list_loaded() - what a VM-entry list that failed has left in the MSRs that Nestor switches
 * @address: of the list
 * @count: entries that were loaded
 * @efer, @pat: as before the list; changed to what is left
 */
void msr_list_loaded(u64 address, u32 count, u64 *efer, u64 *pat);

/* ept02.c */

/**
 * ept02_use() - the EPT pointer of VMCS02 for a VMCS12
 * @n: L1's VMX
 * @slot: the VMCS
 *
 * Return: the EPTP to run L2 on.
 */
u64 ept02_use(struct nested *n, struct vmcs_slot *slot);

/**
 * ept02_violation() - an EPT violation of L2: fill EPT02, or say what L1 shall get
 * @n: L1's VMX; VMCS02 is current
 * @reason: changed where EPT12 or SPPT12 is misconfigured, or SPPT12 or the page log stops L2
 *
 * Return: true if L2 can go on, false if the exit is L1's.
 */
bool ept02_violation(struct nested *n, u32 *reason);

/*
 * An SPP-related event of L2: SPPT02 has forgotten the page. EPT02 forgets its sub-page permissions
 * too, so that L2's next attempt is a violation, of which the processor tells all that L1 may want
 * to know.
 */
void ept02_forget_sub_pages(struct nested *n);

/**
 * ve_convert() - make a #VE of a violation of EPT12 whose entry allows it
 * @n: L1's VMX; VMCS02 is current
 * @gpa: guest-physical address
 * @qualification: what L1 would see
 * @reason: changed where L1 intercepts #VE
 *
 * Return: false if the violation stays one; otherwise the #VE is injected, or @reason tells the
 * exit it causes.
 */
bool ve_convert(struct nested *n, u64 gpa, u64 qualification, u32 *reason);
void ept02_init(struct nested *n);
void ept02_exit(struct nested *n);

/*
 * L1 has most likely mapped the page whose violation it was given: enter it now, so that L2's next
 * attempt does not exit. Only what the processor could have cached already: accessed flags, and for
 * a write the dirty flag, are set.
 */
void ept02_fill_awaited(struct nested *n);

static inline bool eptp_valid(const struct nested *n, u64 eptp)
{
	return check_eptp(n, eptp) == CHECK_PASSED;
}

/* L1's INVEPT. */
void ept02_invalidate_context(struct nested *n, u64 eptp);
void ept02_invalidate_all(struct nested *n);

/* Give every page of every EPT02 back to the pool. */
void nested_drop_ept02(struct nested *n);

/* spp.c */
enum spp_result { SPP_WRITABLE, SPP_DENIED, SPP_MISS, SPP_MISCONFIG };
enum sppt02_result { SPPT02_SAME, SPPT02_NEW, SPPT02_CHANGED, SPPT02_NO_PAGE };

/**
 * spp_walk() - what SPPT12 says of a write that is eligible for sub-page write permissions
 * @n: L1's VMX
 * @gpa: guest-physical address
 * @permissions: SPPT12's entry for the page; undefined for SPP_MISS
 */
enum spp_result spp_walk(const struct nested *n, u64 gpa, u64 *permissions);
void sppt02_init(struct nested *n);

/* The processor may hold what is in it: INVEPT of all roots must follow. */
void sppt02_empty(struct nested *n);

/**
 * sppt02_follow() - VMCS02, which is current, gets SPPT02 in place of a table of L1's
 * @n: L1's VMX
 * @spptp12: L1's
 *
 * Return: true if it was the copy of another table.
 */
bool sppt02_follow(struct nested *n, u64 spptp12);

/**
 * sppt02_enter() - the entry of a page
 * @n: L1's VMX
 * @gpa: guest-physical address
 * @permissions: the entry, which grants something
 *
 * Return: how it stood there before: as now, not at all, or otherwise.
 */
enum sppt02_result sppt02_enter(struct nested *n, u64 gpa, u64 permissions);

/* Implemented by module/root: memory type of a physical range as EPT01 has it, 0xff if not uniform.
 */
u8 machine_memory_type(struct nested *n, u64 pa, u64 size);

/* Implemented by module/root: RDMSR and WRMSR as L1 executes them, for its MSR lists. Return: false
 * where they raise #GP. */
bool machine_rdmsr(struct nested *n, u32 msr, u64 *value);
bool machine_wrmsr(struct nested *n, u32 msr, u64 value);

/**
 * machine_init() - what INIT resets and no VMCS holds: CR2 and debug registers
 *
 * Implemented by module/root.
 *
 * Return: the processor's signature, which INIT leaves in EDX.
 */
u32 machine_init(void);

static inline struct root_stats *stats(struct nested *n)
{
	return &n->shared->stats;
}

/* To memory at once: the compiler likes a register between. */
#ifndef m_vmread_to
#define m_vmread_to(field, to) (*(to) = m_vmread(field))
#endif

/* The value of a field whose home is the slot. */
#define SOFT(slot, name) ((slot)->value[FI_##name])

static inline bool slot_uses_secondary(const struct vmcs_slot *slot, u32 bit)
{
	return (SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS) &&
	       (SOFT(slot, SECONDARY_VM_EXEC_CONTROL) & bit);
}

#endif
