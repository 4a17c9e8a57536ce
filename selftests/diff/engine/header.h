/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What diff and the engine tell each other, at the start of the image (engine.lds).
 */
#ifndef ENGINE_HEADER_H
#define ENGINE_HEADER_H

#include "../lhv.h"

extern struct lhv_header header;

#endif
