/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The channel between a guest and its monitor: one stream of bytes on port 0xE9. What the command
 * prints goes through as it is; the guest says where it begins, and with what status it ended, in
 * lines of its own, marked by a byte that no text holds.
 */
#ifndef VM_FRAME_H
#define VM_FRAME_H

#define VM_PORT 0xe9

/* Both lines begin with the mark. */
#define VM_FRAME_MARK  1
#define VM_FRAME_BEGIN "\001nestor-vm begin\n"
#define VM_FRAME_EXIT  "\001nestor-vm exit "
#define VM_FRAME_MAX   64

#endif
