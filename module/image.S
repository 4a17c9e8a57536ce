/* SPDX-License-Identifier: GPL-2.0-only */
/* The root image, as data: memory.c copies it to pages of its own. */
#include <linux/linkage.h>

	.section .rodata, "a"
	.balign 4096
SYM_DATA_START(nestor_root_image)
	.incbin ROOT_BIN
SYM_DATA_END_LABEL(nestor_root_image, SYM_L_GLOBAL, nestor_root_image_end)
