/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * L1's VMX on one CPU: whether L1 is in VMX operation, its current VMCS, the VMCSs in cache, what
 * L2 runs on.
 *
 * Who is current on the processor: VMCS01 whenever a function is called for L1, the slot's VMCS02
 * whenever it is called for L2. Functions that need another VMCS for a moment put the first back.
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

/*
 * Sets of fields that a slot's shadow VMCS holds, a bit each (shadow.c).
 *
 * SHADOW_USUAL: it always does
 * SHADOW_WIDE: what an emulator of instructions reads
 * SHADOW_HOST: where a VMCS is to run, between VMPTRLD and the first entry
 * SHADOW_ALL: every field, see slot_in_shadow()
 */
enum shadow_set {
	SHADOW_USUAL = 1 << 0,
	SHADOW_WIDE = 1 << 1,
	SHADOW_HOST = 1 << 2,
	SHADOW_ALL = 1 << 3,
};

#define NR_IMAGE_WIDTHS 3

/* A field in the order of the image. */
struct image_field {
	u16 encoding;
	u8 field;
};

/**
 * struct vmcs_image - the layout, the same for all VMCSs
 * @fields: by home, and in each home by width: 8, 4, 2 bytes
 * @nr: how many of each
 * @read_only: the fields of HOME_READ_ONLY, a bit each
 * @size: bytes of the region that it takes, those of the SDM included
 */
struct vmcs_image {
	struct image_field fields[NR_FIELDS];
	u8 nr[NR_FIELD_HOMES][NR_IMAGE_WIDTHS];
	u64 read_only[(NR_FIELDS + 63) / 64];
	u16 size;
};

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
 * @rare: the controls or the host state are not the usual ones, or L2 has not run yet
 * @overridden: some bit of @override may be set
 * @reinjected: VMCS02's event-injection fields are an own exit's, not L1's
 * @own_timer: VMCS02's preemption timer is Nestor's, see stop_at_boundary()
 * @is_shadow: bit 31 of the revision identifier: it can be a shadow VMCS only
 * @override: bit per field: @value and not VMCS02 holds a read-only field
 * @value: fields that live in software, and the last known value of those that L1 reaches through
 * @shadow
 * @pdptes_loaded: VMCS02's PDPTE fields are L2's, and VMCS12's are in @value
 * @sets: enum shadow_set: which fields the shadow VMCS holds beside SHADOW_USUAL
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
 * @hidden_page: page that stands for hidden memory in EPT02
 * @root_tr: VMCS01's host TR selector, which VMCS02 shares
 * @entry_reason: exit reason of the VMLAUNCH or VMRESUME under way, 0 once L2 has run
 * @shadowed_l2: VMCS02 has VMCS shadowing on, for L2
 * @probing: the check of the host state for which the entry under way is to be refused; the
 * processor decides between errors 7 and 8
 * @link_check: the check of the VMCS link pointer for which the last entry with one is to fail
 * @next_event: position in the event ring; kept here because L1 can write the ring
 * @current: slot of L1's current VMCS, or NULL
 * @vmread_bitmap, @vmread_wide, @vmwrite_bitmap, @vmwrite_host, @all_bitmap: what L1 reaches in a
 * shadow VMCS without an exit
 * @bitmap_sets: VMCS01's bitmaps are those for a slot with these @sets
 * @l2_timer: L2's preemption timer while its slot @own_timer
 * @exists: the processor has the field
 * @shadow_sets: enum shadow_set: which of them a field is in
 * @image: how a VMCS is written to L1's region
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
	bool shadow_on;
	bool loads_cet;
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
	return n->exists[field];
}

/* L2 is what runs next on this CPU, or is not. */
static inline void set_in_l2(struct nested *n, bool in_l2)
{
	n->in_l2 = in_l2;
	n->shared->in_l2 = in_l2;
}

static inline struct root_stats *stats(struct nested *n)
{
	return &n->shared->stats;
}

/* The value of a field whose home is the slot. */
#define SOFT(slot, name) ((slot)->value[FI_##name])

static inline bool slot_uses_secondary(const struct vmcs_slot *slot, u32 bit)
{
	return (SOFT(slot, CPU_BASED_VM_EXEC_CONTROL) & CPU_BASED_ACTIVATE_SECONDARY_CONTROLS) &&
	       (SOFT(slot, SECONDARY_VM_EXEC_CONTROL) & bit);
}

#endif
