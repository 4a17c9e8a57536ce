/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions of the subcommands. argv[0] is the subcommand's name. */
#ifndef COMMANDS_H
#define COMMANDS_H

#define COMMAND(name, function, description)	int function(int argc, char **argv);
#include "commands.def"
#undef COMMAND

#endif
