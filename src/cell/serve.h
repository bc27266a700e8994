/* SPDX-License-Identifier: ISC */
/* cell/serve.h: the process of one connection, from its first system call to its exit status. */
#ifndef CELL_SERVE_H
#define CELL_SERVE_H

#include "cell/options.h"

/* Serves what OPTIONS say and returns the exit status, gitcell-serve(8). */
int serve(const struct options *options);

#endif
