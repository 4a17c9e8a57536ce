# SPDX-License-Identifier: GPL-2.0-only
#
# Nestor's front door: `make help` lists the targets. Kbuild says how the module is built; here it is
# built out of the source tree, for one kernel at a time, in build/<release>/.

# The release is written down in the module's header.
VERSION = $(shell sed -n 's/^.define NESTOR_VERSION "\(.*\)"/\1/p' module/nestor.h)

PREFIX ?= /usr/local
DESTDIR ?=

BUILD := $(CURDIR)/build

# The kernel to build for is looked for once, and only by the targets that need it. Who knows it
# already (dkms) gives KDIR, and KERNEL as the release.
ifdef KDIR
TARGET = $(or $(KERNEL),$(shell uname -r)) -C $(KDIR)
else
TARGET = $(eval TARGET := $(shell selftests/vm/kernels target $(KERNEL)))$(TARGET)
endif
RELEASE = $(or $(firstword $(TARGET)),$(error no kernel to build for))
OUT = $(BUILD)/$(RELEASE)

# CONFIG_DEBUG_INFO_BTF_MODULES is off, because BTF would need pahole and the kernel's vmlinux.
W ?= 1
KBUILD = $(wordlist 2,9,$(TARGET)) M=$(OUT) W=$(W) CONFIG_DEBUG_INFO_BTF_MODULES=

SOURCES := Kbuild module nested uapi
STYLED = $(shell git ls-files '*.c' '*.h')

all: modules userctl

help:
	@echo 'Targets:'
	@echo '  all            module and CLI, in build/<release>/ (KERNEL=release or its version, as 6.12; C=1 for sparse)'
	@echo '  modules        the module alone'
	@echo '  userctl        the CLI alone'
	@echo '  demo           take over a Linux in an Intel machine and run a KVM guest on top of it'
	@echo '  check          all tests: check-unit, check-build and check-vm'
	@echo '  check-unit     the tests that need no machine: unit tests, the CLI'
	@echo '  check-build    builds for every kernel; warnings of the compiler, objtool and sparse count'
	@echo '                 (and the structure of the code: who includes, calls and names what)'
	@echo "  check-vm       the tests in the test VM (T='name ...' for some of them; KERNEL, CPUS, EMULATOR, MODEL)"
	@echo '  check-fresh    the demo and all tests on a fresh Debian in a folder (DISTRO=12 or 13)'
	@echo '  bench          the benchmarks, in the test VM'
	@echo "  bench-breakdown  which step of Nestor executes how many instructions for an exit of L2"
	@echo '  kvm-selftests  the KVM selftests of Debian with and without Nestor, as a table (SET=routine, WRITE=1)'
	@echo '  coverage       lines and branches of nested/ that unit tests and fuzzers execute'
	@echo '  soak           the fuzzers (FUZZ_SECONDS=600), then the VM tests over and over (MINUTES=30)'
	@echo '  style          clang-format and checkpatch'
	@echo '  install        module and CLI into this machine (DESTDIR, PREFIX)'
	@echo '  dkms-install   the module through dkms, for every kernel of this machine'
	@echo '  setup          install the Debian packages and fetch the kernels that tests and demo need'
	@echo '  clean          remove build/'

# The sources are links below build/<release>/, because kbuild writes its objects beside what it takes
# for the sources. Links to files that are gone are removed, so that wildcards in Kbuild see what there
# is.
farm:
	@mkdir -p $(OUT)
	@find $(OUT) -xtype l -delete
	@cp -asf $(addprefix $(CURDIR)/,$(SOURCES)) $(OUT)/

modules: farm
	+@flock $(OUT) $(MAKE) --no-print-directory $(KBUILD) modules

userctl:
	+@mkdir -p $(BUILD)/userctl
	+@flock $(BUILD)/userctl $(MAKE) --no-print-directory -C userctl O=$(BUILD)/userctl
	@mkdir -p $(OUT)
	@ln -f $(BUILD)/userctl/nestor $(OUT)/nestor

setup:
	@selftests/vm/setup

check: setup
	@selftests/check unit build vm

check-unit check-build check-vm: check-%: setup
	@selftests/check $* $(T)

check-fresh:
	@selftests/check-fresh $(DISTRO) $(T)

demo bench bench-breakdown soak kvm-selftests: setup
	@selftests/vm/$@

coverage: setup
	@$(MAKE) --no-print-directory -s -C selftests/unit O=$(BUILD)/unit coverage

style:
	@selftests/style $(STYLED)

install: all
	+@$(MAKE) --no-print-directory $(KBUILD) \
		$(if $(DESTDIR),INSTALL_MOD_PATH=$(DESTDIR)) modules_install
	$(if $(DESTDIR),,depmod $(RELEASE))
	+@$(MAKE) --no-print-directory -C userctl O=$(BUILD)/userctl \
		PREFIX=$(PREFIX) DESTDIR=$(DESTDIR) install

DKMS_SOURCE = $(DESTDIR)/usr/src/nestor-$(VERSION)

dkms-install:
	rm -rf $(DKMS_SOURCE)
	mkdir -p $(DKMS_SOURCE)
	cp -r Makefile dkms.conf COPYING $(SOURCES) $(DKMS_SOURCE)/
	if dkms status nestor/$(VERSION) | grep -q .; then dkms remove nestor/$(VERSION) --all; fi
	dkms add nestor/$(VERSION)
	dkms install nestor/$(VERSION) $(if $(KERNEL),-k $(KERNEL))

clean:
	rm -rf $(BUILD)

.PHONY: all help farm modules userctl setup check check-fresh check-unit check-build check-vm demo bench bench-breakdown coverage soak kvm-selftests style \
	install dkms-install clean
