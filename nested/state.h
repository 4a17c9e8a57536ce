/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1's VMX on one CPU: whether L1 is in VMX operation, which VMCS is its current one, which VMCSs
 * are in the cache, and what L2 runs on.
 *
 * VMCS01 is the processor's current VMCS whenever a function is called for L1, and the slot's
 * VMCS02 whenever it is called for L2. A function that needs another VMCS for a moment makes the
 * first one current again.
 */
#ifndef NESTED_STATE_H
#define NESTED_STATE_H

#include "arch/caps.h"
#include "arch/fields.h"
#include "arch/types.h"
#include "arch/vmx.h"
#include "arch/x86.h"
#include "machine/pool.h"
#include "machine/shared.h"

#define NR_SLOTS       16
#define NR_EPT02_ROOTS 64

/*
 * The VPID of L1 itself. Mappings are tagged with the EPT root too, so L1 may use the same number.
 */
#define VPID_L1 1

/*
 * What stands for EPT12's pointer while an L2 runs without EPT12: no pointer of L1's has bit 63. As
 * in a pointer, bits 5:3 tell how many levels EPT02 has: all that L2's physical addresses, which
 * are the machine's, take.
 */
#define EPTP12_NONE   BIT_ULL(63)
#define EPTP12_NONE_4 (EPTP12_NONE | VMX_EPTP_PWL_4)
#define EPTP12_NONE_5 (EPTP12_NONE | VMX_EPTP_PWL_5)

/* What must be merged or checked again before the next VM entry */
#define DIRTY_CONTROLS BIT(0)
#define DIRTY_HOST     BIT(1)
#define DIRTY_EPT      BIT(2)
#define DIRTY_ALL      (DIRTY_CONTROLS | DIRTY_HOST | DIRTY_EPT)

/**
 * struct merged - what a VM entry or exit must know of VMCS12's controls
 * @flush_l1: there is no VPID, so L1's own mappings are flushed on every entry and exit
 * @timer: the preemption timer runs
 * @lists: some MSR list is not empty
 * @unrestricted: L2 may change its mode without an exit
 * @nmi_blocking: NMIs are blocked for real, not virtually
 * @pdptes: PAE paging would load its PDPTEs from memory, because there is no EPT12
 * @from_l1: some value that an entry loads is L1's and not VMCS12's
 * @link: the VMCS link pointer names a VMCS
 * @counters: an entry loads IA32_PERF_GLOBAL_CTRL
 * @cet: an exit loads the CET state of the host
 * @cet_entry: an entry loads the CET state of the guest
 * @cleared: the VM-exit controls that clear an MSR which an entry does not load; software clears it
 * @rare_entry: one of @flush_l1, @lists, @pdptes, @link, @counters, @cleared, @cet and @cet_entry
 *	is set, or VMCS12 has VMCS shadowing
 * @usual: the controls and the host state are those of a 64-bit hypervisor whose guests have EPT,
 *	VPID and virtual NMIs, and that switches EFER and PAT by the controls, so that no exit needs
 *	more than reflect_usual() does
 *
 * All but @usual is worked out when one of the controls has changed (merge_controls()), @usual
 * by controls_note_usual().
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

/**
 * enum shadow_set - the sets of fields that a slot's shadow VMCS holds, a bit each (shadow.c)
 * @SHADOW_USUAL: the fields that it always holds
 * @SHADOW_WIDE: the fields that an emulator of instructions reads
 * @SHADOW_HOST: the fields that say on which CPU a VMCS is to run, between VMPTRLD and the
 *	first entry
 * @SHADOW_ALL: every field, where slot_in_shadow() is true
 */
enum shadow_set {
	SHADOW_USUAL = 1 << 0,
	SHADOW_WIDE = 1 << 1,
	SHADOW_HOST = 1 << 2,
	SHADOW_ALL = 1 << 3,
};

#define NR_IMAGE_WIDTHS 3

/**
 * struct image_field - a field of the image
 * @encoding: the encoding, as VMREAD takes it
 * @field: enum field_index
 */
struct image_field {
	u16 encoding;
	u8 field;
};

/**
 * struct vmcs_image - how a VMCS is written to L1's region; the same for all VMCSs
 * @fields: the fields in the order of the image: by home, and in each home by width, 8, 4 and
 *	2 bytes
 * @nr: the number of fields of each home and width
 * @read_only: the fields of HOME_READ_ONLY, a bit each
 * @size: the bytes of the region that are used, including the SDM's two words
 */
struct vmcs_image {
	struct image_field fields[NR_FIELDS];
	u8 nr[NR_FIELD_HOMES][NR_IMAGE_WIDTHS];
	u64 read_only[(NR_FIELDS + 63) / 64];
	u16 size;
};

/**
 * struct vmcs_slot - one VMCS of L1 in the cache
 * @address: physical address of L1's VMCS region; VMX_NO_VMCS if the slot is free
 * @vmcs02: physical address of VMCS02, the home of most fields of VMCS12; 0 before the slot's
 *	first VMCS
 * @shadow: physical address of the shadow VMCS, which L1's VMREAD and VMWRITE reach without an exit
 * @used: the value of @clock of struct nested when the VMCS was last made current; the slot with
 *	the smallest value is evicted first
 * @dirty: DIRTY_*: what must be merged or checked again before the next VM entry
 * @launched: L1's launch state of the VMCS
 * @launched02: the processor's launch state of @vmcs02
 * @is_shadow: bit 31 of the revision identifier is set, so L1 can use it as a shadow VMCS only
 * @pdptes_loaded: VMCS02's PDPTE fields are L2's, and those of VMCS12 are in @value
 * @sets: enum shadow_set: the sets that the shadow VMCS holds beside SHADOW_USUAL
 * @rare: the controls or the host state are not the usual ones, or L2 has not run on @vmcs02 yet
 * @overridden: some bit of @override may be set
 * @reinjected: VMCS02's event-injection fields are Nestor's, not what L1 wrote
 * @own_timer: VMCS02's preemption timer is Nestor's, see stop_at_boundary()
 * @unusual: the four members above as one word; while it is 0 an exit needs only reflect_usual()
 * @merged: what the controls mean for a VM entry or exit
 * @override: the read-only fields whose value is in @value and not in VMCS02, a bit each
 * @value: the fields that live in software, and the last known value of those that are in the
 *	shadow VMCS
 * @ept02: index of the EPT02 root that L2 runs on; valid unless @dirty has DIRTY_EPT
 * @tracked: the record of this VMCS in struct root_shared
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
	u8 sets;
	union {
		struct {
			bool rare;
			bool overridden;
			bool reinjected;
			bool own_timer;
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
 * @eptp12: the whole EPT pointer of that EPT12, or EPTP12_NONE_4 or EPTP12_NONE_5
 * @root: physical address of the topmost table
 * @log: physical address of struct ept02_log
 * @used: the value of @clock of struct ept02 when the root was last chosen; the root with the
 *	smallest value is recycled first
 * @first: index of the first entry of the topmost table that may be used
 * @last: index of the last such entry
 * @filled: the root may have entries
 * @stale: L1 has invalidated it; its leaves are compared with EPT12 before L2 runs on it again
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
 * struct ept02 - all EPT02 roots of the CPU
 * @roots: the roots, one per EPT12
 * @nr_roots: the number of roots that have been made
 * @clock: counts how often a root was chosen
 * @identity: what stands for the pointer of an L2 without EPT12: EPTP12_NONE_4 or EPTP12_NONE_5
 * @reserved: the bits of an EPT entry's address that are beyond the physical-address width
 */
struct ept02 {
	struct ept02_root roots[NR_EPT02_ROOTS];
	u32 nr_roots;
	u64 clock;
	u64 identity;
	u64 reserved;
};

/**
 * struct sppt02 - a software TLB of L1's sub-page-permission table
 * @root: physical address of its topmost table, 0 where the processor has no sub-page permissions
 * @spptp12: L1's pointer to the table whose entries it holds
 * @filled: it may have entries
 */
struct sppt02 {
	u64 root;
	u64 spptp12;
	bool filled;
};

/**
 * struct nested - L1's VMX on this CPU
 * @gpr: the general-purpose registers of L1 or L2, in the order of enum gpr
 * @caps: the processor's capabilities as far as L1 may use them
 * @shared: the block of counters and events that Linux reads
 * @vmcs01: physical address of VMCS01
 * @in_vmx: L1 is in VMX operation
 * @in_l2: L2 runs, or is about to
 * @launch: the next VM entry is a VMLAUNCH
 * @nmi_pending: number of NMIs that arrived in root and are still to be delivered to L1 or L2, at
 *	most 2
 * @mc_pending: a machine check arrived in root and is still to be delivered
 * @init_pending: an INIT has arrived that L1 blocks while it is in VMX root operation, or that
 *	events_deliver() has not handled yet
 * @pending: the three members above as one word; it is 0 if nothing is pending
 * @nmi_window: VMCS01 asks for an NMI window, so that a pending NMI can follow an injected event
 * @page1g: the processor has 1-GByte pages
 * @shadowing: L1's VMREAD and VMWRITE use VMCS shadowing
 * @loads_cet: VMCS01's VM entries load CET state, see cet.c
 * @flush_type: the type of INVVPID that invalidates what is tagged with VPID_L1, see
 *	l1state_flush(); 0 where VMCS01 has no VPID
 * @missing: the VMX instructions that L1 does not have, see undefined_missing()
 * @vmxon_ptr: L1's VMXON pointer while @in_vmx
 * @clock: counts how often a VMCS was made current
 * @next_event: number of events so far; kept here because L1 can write the event ring
 * @current: slot of L1's current VMCS, or NULL
 * @pool: the CPU's 4-KByte pages, which EPT01, EPT02 and VMCSs are made of
 * @ept02: the software TLBs of L1's EPTs
 * @sppt02: the software TLB of L1's sub-page-permission table
 * @vmread_bitmap: physical address of the VMREAD bitmap that allows the fields of SHADOW_USUAL
 * @vmread_wide: of the VMREAD bitmap that allows those of SHADOW_WIDE too
 * @vmwrite_bitmap: of the VMWRITE bitmap that allows what L1 may write of SHADOW_USUAL
 * @vmwrite_host: of the VMWRITE bitmap that allows the fields of SHADOW_HOST too
 * @all_bitmap: of the bitmap for both that allows the fields of SHADOW_ALL
 * @bitmap_sets: VMCS01's bitmaps are those for a slot with these @sets
 * @l2_timer: L2's preemption timer while its slot has @own_timer
 * @exists: the processor has the field
 * @shadow_sets: enum shadow_set: the sets that a field is in
 * @awaited: rights that L2 lacked in the EPT violation that L1 is answering; 0 if there is none
 * @awaited_gpa: guest-physical address of that violation
 * @hidden_page: physical address of the page of zeros that EPT02 maps in place of hidden memory
 * @hidden_sink: of the one that it maps where L2 writes to hidden memory
 * @root_tr: VMCS01's host TR selector, which VMCS02 has too
 * @entry_reason: while @in_l2: exit reason of the VMLAUNCH or VMRESUME under way, 0 once L2 has run
 * @shadowed_l2: VMCS02 has VMCS shadowing on, for L2
 * @probing: the check of the host state for which the entry under way is to be refused; whether the
 *	error is 7 or 8 is for the processor to decide
 * @link_check: the check of the VMCS link pointer for which the last entry with one is to fail
 * @image: how a VMCS is written to L1's region
 * @slots: the cache of VMCSs
 */
struct nested {
	u64 *gpr;
	const struct vmx_caps *caps;
	struct root_shared *shared;
	u64 vmcs01;
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
	bool loads_cet;
	u8 flush_type;
	u8 missing;
	u64 vmxon_ptr;
	u64 clock;
	u64 next_event;
	struct vmcs_slot *current;
	struct pool pool;
	struct ept02 ept02;
	struct sppt02 sppt02;
	u64 vmread_bitmap, vmread_wide, vmwrite_bitmap, vmwrite_host, all_bitmap;
	u8 bitmap_sets;
	u32 l2_timer;
	bool exists[NR_FIELDS];
	u8 shadow_sets[NR_FIELDS];
	u64 awaited;
	u64 awaited_gpa;
	u64 hidden_page;
	u64 hidden_sink;
	u64 root_tr;
	u32 entry_reason;
	bool shadowed_l2;
	u8 probing;
	u8 link_check;
	struct vmcs_image image;
	struct vmcs_slot slots[NR_SLOTS];
};

/* Does the processor have this field? */
static inline bool field_exists(const struct nested *n, int field)
{
	return n->exists[field];
}

/* Note whether L2 is what runs next on this CPU, for root and for Linux. */
static inline void set_in_l2(struct nested *n, bool in_l2)
{
	n->in_l2 = in_l2;
	n->shared->in_l2 = in_l2;
}

/* The counters of this CPU. */
static inline struct root_stats *stats(struct nested *n)
{
	return &n->shared->stats;
}

/*
 * The slot's value of a field: the field itself if the slot is its home, else the last known value.
 */
#define SOFT(slot, name) ((slot)->value[FI_##name])

/* Does VMCS12 set a secondary processor-based control, and activate the secondary controls? */
static inline bool slot_uses_secondary(const struct vmcs_slot *slot, u32 bit)
{
	return (SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS) &&
	       (SOFT(slot, SECONDARY_VM_EXEC_CONTROL) & bit);
}

#endif
