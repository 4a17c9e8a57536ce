// SPDX-License-Identifier: GPL-2.0-only
/* nothing: dynamically linked, so that starting it is what starting a program usually is. */
int main(void)
{
	return 0;
}
