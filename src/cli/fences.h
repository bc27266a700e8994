/* SPDX-License-Identifier: ISC */
/* cli/fences.h: does this kernel have what the sandbox is made of? */
#ifndef CLI_FENCES_H
#define CLI_FENCES_H

#include <stdbool.h>

/* seccomp(2) with filters that can end a process; changes nothing. */
bool seccomp_offered(void);

#endif
