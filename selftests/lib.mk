# SPDX-License-Identifier: GPL-2.0-only
#
# What the Makefiles below selftests/ have in common, in the manner of kselftest. A Makefile names
#
#	TEST_GEN_PROGS		programs that are built, speak TAP and are run by run_tests
#	TEST_PROGS		scripts that speak TAP and are run by run_tests
#	TEST_GEN_FILES		programs that are built and installed, but not run by themselves
#	TEST_FILES		other files that are installed
#
# includes this file, and gives the prerequisites of each $(OUTPUT)/<program>. Targets: all, list,
# run_tests, install INSTALL_PATH=dir, clean. O=dir builds there.

O ?= .
OUTPUT := $(abspath $(O))
SELFTESTS := $(abspath $(dir $(lastword $(MAKEFILE_LIST))))
COLLECTION := $(notdir $(CURDIR))

CC ?= gcc
CFLAGS ?= -O2 -g
# Static: the programs run in machines that have nothing but themselves.
override CFLAGS += -std=gnu11 -Wall -Wextra -Werror -static -I$(CURDIR) -MMD -MP
override ASFLAGS += -I$(CURDIR)

BUILT := $(addprefix $(OUTPUT)/,$(TEST_GEN_PROGS) $(TEST_GEN_FILES))

.PHONY: all list run_tests install clean
.DELETE_ON_ERROR:

all: $(BUILT)

$(OUTPUT)/%.o: %.c | $(OUTPUT)
	$(CC) $(CFLAGS) -c -o $@ $<

$(OUTPUT)/%.o: %.S | $(OUTPUT)/guest
	$(CC) $(ASFLAGS) -MMD -MP -c -o $@ $<

$(OUTPUT) $(OUTPUT)/guest:
	mkdir -p $@

$(BUILT):
	$(CC) $(CFLAGS) -o $@ $(filter %.o,$^) $(LDLIBS)

list:
	@for test in $(TEST_GEN_PROGS) $(TEST_PROGS); do echo "$(COLLECTION):$$test"; done

run_tests:
	@$(MAKE) --no-print-directory -C $(SELFTESTS) O=$(OUTPUT) TARGETS=$(COLLECTION) run_tests

install: all
	@test -n "$(INSTALL_PATH)" || { echo "say where: INSTALL_PATH=dir" >&2; exit 2; }
	mkdir -p $(INSTALL_PATH)/$(COLLECTION)
	cp $(BUILT) $(TEST_PROGS) $(TEST_FILES) $(INSTALL_PATH)/$(COLLECTION)/

clean:
	rm -f $(BUILT) $(OUTPUT)/*.o $(OUTPUT)/*.d $(OUTPUT)/guest/*.o $(OUTPUT)/guest/*.d

-include $(wildcard $(OUTPUT)/*.d $(OUTPUT)/guest/*.d)
