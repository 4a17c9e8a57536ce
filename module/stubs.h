/* SPDX-License-Identifier: GPL-2.0-only */
/* The two instructions at which Linux changes worlds; stubs.S says more. */
#ifndef NESTOR_STUBS_H
#define NESTOR_STUBS_H

int nestor_vmlaunch(unsigned long rsp_field, unsigned long rip_field);
int nestor_land(void);

#endif
