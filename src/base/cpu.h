/* SPDX-License-Identifier: ISC */
/* base/cpu.h: which of the faster instructions this processor has. */
#ifndef BASE_CPU_H
#define BASE_CPU_H

#include <stdbool.h>

/* SHA-1 and SHA-256 rounds in hardware, and the SSE 4.1 that goes with them. */
bool cpu_has_sha(void);
/* Integer vectors of 256 bits, which the kernel must save as well. */
bool cpu_has_avx2(void);

#endif
