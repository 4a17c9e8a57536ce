/* SPDX-License-Identifier: GPL-2.0-only */
/* The root image, as data. */
#ifndef NESTOR_IMAGE_H
#define NESTOR_IMAGE_H

extern const char nestor_root_image[], nestor_root_image_end[];

#endif
