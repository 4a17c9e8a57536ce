// SPDX-License-Identifier: GPL-2.0-only
/*
 * badvmx: VMX instructions where they are not allowed, in user space.
 *
 * Outside VMX operation each is #UD, VMXON too (CR4.VMXE is clear). In VMX root operation each is
 * #GP(0), as the privilege level is 3; in compatibility mode it is #UD again. These conditions come
 * before any look at the operand, so one that points nowhere changes nothing. VMFUNC is #UD
 * everywhere but in a guest that has VM functions. Linux makes SIGILL of #UD, and SIGSEGV with
 * SI_KERNEL of #GP; a page fault would be SEGV_MAPERR.
 *
 * "idle" tests run while no VM exists, "active" ones while this program has one: KVM is in VMX
 * operation then. From Linux 6.12 on it may be in VMX operation all the time, which its parameter
 * enable_virt_at_load tells.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/kvm.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "badvmx.h"
#include "tap.h"

enum operand { VALID, NOWHERE };

static sigjmp_buf back;
static sig_atomic_t got_code;

static void on_fault(int signal, siginfo_t *info, void *context)
{
	(void)context;
	got_code = info->si_code;
	siglongjmp(back, signal);
}

/* On a stack of its own: 32-bit code may have lost the upper half of RSP. */
static void catch_faults(void)
{
	static uint8_t stack[65536];
	const stack_t handler_stack = { .ss_sp = stack, .ss_size = sizeof(stack) };
	static const int signals[] = { SIGILL, SIGSEGV, SIGBUS, SIGTRAP, SIGFPE };
	const struct sigaction action = {
		.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK,
	};

	sigaltstack(&handler_stack, NULL);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &action, NULL);
}

/* Memory that 32-bit code can run in and refer to. */
static uint8_t *low_page(void)
{
	static uint8_t *page;

	if (page)
		return page;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	check(page != MAP_FAILED, "mmap below 4 GiB: %m");
	return page;
}

static void run64(const struct stub *stub, enum operand operand)
{
	void (*function)(void *) = (void (*)(void *))stub->start;

	function(operand == VALID ? low_page() + 2048 : NULL);
}

static void run32(const struct stub *stub, enum operand operand)
{
	uint8_t *page = low_page();
	uint8_t *valid = page + 2048;

	memcpy(page, stub->start, stub->end - stub->start);
	enter_compat((uintptr_t)page, operand == VALID ? (uintptr_t)valid : 0);
}

/* Returns the signal that the instruction raised; its si_code is in got_code. */
static int provoke(const struct stub *stub, enum operand operand,
		   void (*run)(const struct stub *stub, enum operand operand))
{
	int signal = sigsetjmp(back, 1);

	if (signal == 0)
		run(stub, operand);
	return signal;
}

static const char *signal_name(int signal)
{
	switch (signal) {
	case SIGILL:
		return "SIGILL";
	case SIGSEGV:
		return "SIGSEGV";
	case SIGTRAP:
		return "no fault";
	default:
		return "another signal";
	}
}

enum fault { UD, GP };

static bool is_fault(enum fault fault, int signal, int code)
{
	if (fault == UD)
		return signal == SIGILL && code == ILL_ILLOPN;
	return signal == SIGSEGV && code == SI_KERNEL;
}

static void expect(const struct stub *stub, enum operand operand, enum fault fault,
		   void (*run)(const struct stub *stub, enum operand operand))
{
	int signal = provoke(stub, operand, run);

	check(is_fault(fault, signal, got_code), "%s, operand %s: %s, si_code %d; wanted %s",
	      stub->name, operand == VALID ? "valid" : "nowhere", signal_name(signal), got_code,
	      fault == UD ? "SIGILL (#UD)" : "SIGSEGV of SI_KERNEL (#GP)");
	if (operand == VALID)
		note("%s: %s, si_code %d", stub->name, signal_name(signal), got_code);
}

/* All instructions of @stubs must raise @fault, with either operand. VMFUNC is always #UD. */
static void expect_all(const struct stub *stubs, enum fault fault,
		       void (*run)(const struct stub *stub, enum operand operand))
{
	catch_faults();
	for (const struct stub *stub = stubs; stub->name; stub++) {
		enum fault wanted = strcmp(stub->name, "vmfunc") ? fault : UD;

		expect(stub, VALID, wanted, run);
		expect(stub, NOWHERE, wanted, run);
	}
}

static bool always_in_vmx_operation(void)
{
	char yes = 'N';
	int fd = open("/sys/module/kvm/parameters/enable_virt_at_load", O_RDONLY);

	if (fd < 0)
		return false;
	if (read(fd, &yes, 1) != 1)
		yes = 'N';
	close(fd);
	return yes == 'Y' && access("/sys/module/kvm_intel", F_OK) == 0;
}

static void enter_vmx_operation(void)
{
	int fd = open("/dev/kvm", O_RDWR);

	if (fd < 0)
		skip("no KVM here that could enter VMX operation");
	check(ioctl(fd, KVM_CREATE_VM, 0) >= 0, "KVM_CREATE_VM: %m");
}

static void test_idle(void)
{
	expect_all(stubs64, always_in_vmx_operation() ? GP : UD, run64);
}

static void test_idle_compat(void)
{
	expect_all(stubs32, UD, run32);
}

static void test_active(void)
{
	enter_vmx_operation();
	expect_all(stubs64, GP, run64);
}

static void test_active_compat(void)
{
	enter_vmx_operation();
	expect_all(stubs32, UD, run32);
}

/* The last VM is gone, and with it VMX operation, if nothing else keeps it. */
static void test_idle_again(void)
{
	expect_all(stubs64, always_in_vmx_operation() ? GP : UD, run64);
}

static const struct tap_test tests[] = {
	{ "idle", test_idle },
	{ "idle-compat", test_idle_compat },
	{ "active", test_active },
	{ "active-compat", test_active_compat },
	{ "idle-again", test_idle_again },
};

int main(int argc, char **argv)
{
	return tap_main(argc, argv, tests, ARRAY_SIZE(tests), NULL);
}
