/* SPDX-License-Identifier: GPL-2.0-only */
/* The release: build and packages read it here. */
#ifndef NESTOR_H
#define NESTOR_H

#define NESTOR_VERSION "0.1.0"

#endif
