// SPDX-License-Identifier: GPL-2.0-only
/* The first bytes of the image tell what the Linux half must know of it. */
#include "abi.h"
#include "cpu.h"

extern const char root_exit_entry[], root_idt_stubs[], root_text_end[], root_data_end[],
	root_image_end[];

static const struct root_header header __attribute__((section(".header"), used)) = {
	.magic = ROOT_HEADER_MAGIC,
	.exit_entry = (u64)root_exit_entry,
	.idt_stubs = (u64)root_idt_stubs,
	.text_end = (u64)root_text_end,
	.data_end = (u64)root_data_end,
	.image_end = (u64)root_image_end,
	.cpu_size = sizeof(struct cpu),
};
