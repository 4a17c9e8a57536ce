// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest sees as memory: first touch, page tables of its own, KVM's memory slots, and
 * memory that changes under the guest. Each needs EPT violations, or INVEPT, to do the right thing.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>

#include "vm.h"
#include "vmm_tests.h"

DECLARE_BLOB(touch);
DECLARE_BLOB(page_tables);
DECLARE_BLOB(dirty_log);
DECLARE_BLOB(readonly);
DECLARE_BLOB(remap);
DECLARE_BLOB(smp);

#define PAGE_SIZE	4096
#define LOG_PAGES	64

static uint32_t *word_of_page(struct vm *vm, uint64_t page)
{
	return (uint32_t *)(vm->memory + GUEST_DATA + page * PAGE_SIZE);
}

/* Pages that nobody touched appear on demand, keep their content, and are the VMM's memory. */
void test_touch_pages(void)
{
	const uint64_t pages = 1024;
	struct vcpu *vcpu = vm_boot(BLOB(touch), FLAT32);
	struct vm *vm = vcpu->vm;
	uint32_t sum = 0;

	vm->comm[0] = GUEST_DATA;
	vm->comm[1] = pages;
	vcpu_run_to_step(vcpu);
	for (uint64_t i = 0; i < pages; i++) {
		uint32_t wanted = (GUEST_DATA + i * PAGE_SIZE) * 0x9e3779b1;

		check(*word_of_page(vm, i) == wanted, "page %lu holds 0x%x", i, *word_of_page(vm, i));
		sum += wanted;
	}
	vcpu_run_to_step(vcpu);
	vcpu_finish(vcpu);
	for (int i = 2; i <= 4; i++)
		check(vm->comm[i] == sum, "the sum of round %d is 0x%lx, wanted 0x%x", i - 1,
		      vm->comm[i], sum);
}

/* A guest maps, unmaps and protects pages itself, and takes its page faults itself. */
void test_page_tables(void)
{
	vcpu_finish(vm_boot(BLOB(page_tables), LONG_MODE));
}

static uint64_t dirty_pages(struct vm *vm)
{
	uint64_t bitmap = 0;
	const struct kvm_dirty_log log = { .slot = 1, .dirty_bitmap = &bitmap };

	vm_ioctl(vm, KVM_GET_DIRTY_LOG, &log);
	return bitmap;
}

/* The dirty log holds the pages that were written since it was last read, and no other. */
void test_dirty_log(void)
{
	static const uint64_t rounds[] = {
		0x0000000000000001, 0x9249249249249249, 0xffffffffffffffff,
		0x8000000000000001, 0x5555555555555555, 0x5555555555555555,
	};
	struct vcpu *vcpu = vm_boot(BLOB(dirty_log), LONG_MODE);
	struct vm *vm = vcpu->vm;

	vm_set_slot(vm, 1, GUEST_SLOT, vm_alloc(LOG_PAGES * PAGE_SIZE), LOG_PAGES * PAGE_SIZE,
		    KVM_MEM_LOG_DIRTY_PAGES);
	for (size_t i = 0; i < ARRAY_SIZE(rounds); i++) {
		uint64_t dirty;

		vm->comm[0] = rounds[i];
		vcpu_run_to_step(vcpu);
		dirty = dirty_pages(vm);
		check(dirty == rounds[i], "round %zu: log 0x%016lx, written 0x%016lx", i, dirty,
		      rounds[i]);
	}
	check(dirty_pages(vm) == 0, "pages are dirty that nobody wrote");
	vm->comm[0] = 0;
	vcpu_finish(vcpu);
}

/* A read-only slot is memory to a read and MMIO to a write. */
void test_readonly_slot(void)
{
	struct vcpu *vcpu = vm_boot(BLOB(readonly), FLAT32);
	uint8_t *memory = vm_alloc(PAGE_SIZE);
	uint32_t written, word = 0x0ddba11;

	memcpy(memory + 0x10, &word, sizeof(word));
	vm_set_slot(vcpu->vm, 1, GUEST_SLOT, memory, PAGE_SIZE, KVM_MEM_READONLY);
	vcpu_run_to_mmio(vcpu, true, GUEST_SLOT + 0x10, 4);
	memcpy(&written, vcpu->run->mmio.data, sizeof(written));
	check(written == 0x600dbad0, "the guest wrote 0x%x", written);
	vcpu_finish(vcpu);
	check(vcpu->vm->comm[0] == word && vcpu->vm->comm[1] == word,
	      "the guest read 0x%lx, then 0x%lx", vcpu->vm->comm[0], vcpu->vm->comm[1]);
}

/*
 * Run a guest that reads the first word of slot 1 again and again. Before each read @change puts
 * the memory there in a state where that word is what @change returns.
 */
static void run_remap(uint32_t (*change)(struct vm *vm, uint8_t *memory, uint32_t round))
{
	struct vcpu *vcpu = vm_boot(BLOB(remap), FLAT32);
	struct vm *vm = vcpu->vm;
	uint8_t *memory = vm_alloc(2 * PAGE_SIZE);
	const uint32_t rounds = 50;

	vm_set_slot(vm, 1, GUEST_SLOT, memory, PAGE_SIZE, 0);
	vm->comm[0] = rounds;
	for (uint32_t i = 0; i < rounds; i++) {
		uint32_t wanted = change(vm, memory, i);

		vcpu_run_to_step(vcpu);
		check(vm->comm[1] == wanted, "round %u: the guest read 0x%lx, wanted 0x%x", i,
		      vm->comm[1], wanted);
	}
	vcpu_finish(vcpu);
}

static uint32_t fill(uint8_t *memory, uint32_t word)
{
	memcpy(memory, &word, sizeof(word));
	return word;
}

static uint32_t discard(struct vm *vm, uint8_t *memory, uint32_t round)
{
	(void)vm;
	if (round % 2 == 0)
		return fill(memory, 0xd15c0000 + round);
	check(madvise(memory, PAGE_SIZE, MADV_DONTNEED) == 0, "MADV_DONTNEED: %m");
	return 0;
}

/* A page that the VMM gives back to its kernel reads as zeros at once. */
void test_remap_discarded(void)
{
	run_remap(discard);
}

static uint32_t replace(struct vm *vm, uint8_t *memory, uint32_t round)
{
	uint8_t *fresh = vm_alloc(PAGE_SIZE);

	(void)vm;
	fill(fresh, 0x4e300000 + round);
	check(mremap(fresh, PAGE_SIZE, PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, memory) == memory,
	      "mremap: %m");
	return 0x4e300000 + round;
}

/* A page that the VMM replaces by another is the other at once. */
void test_remap_replaced(void)
{
	run_remap(replace);
}

static uint32_t move_slot(struct vm *vm, uint8_t *memory, uint32_t round)
{
	uint8_t *side = memory + (round % 2 ? PAGE_SIZE : 0);

	vm_set_slot(vm, 1, GUEST_SLOT, memory, 0, 0);
	vm_set_slot(vm, 1, GUEST_SLOT, side, PAGE_SIZE, 0);
	return fill(side, 0x57070000 + round);
}

/* A slot that is deleted and set again elsewhere shows its new memory. */
void test_remap_moved_slot(void)
{
	run_remap(move_slot);
}

static void *run_to_end(void *vcpu)
{
	vcpu_finish(vcpu);
	return NULL;
}

/* Two vCPUs, in two threads, count in one word with locked instructions: no count is lost. */
void test_smp_lock(void)
{
	const uint64_t loops = 200000;
	struct vm *vm = vm_create();
	pthread_t thread[MAX_VCPUS];

	vm_load(vm, BLOB(smp));
	vm->comm[0] = loops;
	for (int i = 0; i < MAX_VCPUS; i++)
		vcpu_create(vm, FLAT32);
	for (int i = 0; i < MAX_VCPUS; i++)
		check(!pthread_create(&thread[i], NULL, run_to_end, &vm->vcpu[i]), "pthread_create");
	for (int i = 0; i < MAX_VCPUS; i++)
		pthread_join(thread[i], NULL);
	check(vm->comm[1] == MAX_VCPUS * loops, "the count is %lu, wanted %lu", vm->comm[1],
	      MAX_VCPUS * loops);
}
