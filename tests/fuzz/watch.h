/* SPDX-License-Identifier: ISC */
/*
 * tests/fuzz/watch.h: what one input may cost, and its bytes in pieces of any size. The linker puts
 * these in the way of malloc(), free(), mmap() and read(): see WATCH_LINKING in fuzz.am.
 */
#ifndef TESTS_FUZZ_WATCH_H
#define TESTS_FUZZ_WATCH_H

#include <stddef.h>

#define WATCH_SECONDS 10 /* of one input, under all sanitizers; SIGALRM ends the process */

/* From here to watch_end(), no more than LIMIT bytes may be allocated at a time. What was mapped
 * and not unmapped in between is unmapped at the end. */
void watch_start(size_t limit);
void watch_end(void);

/* No read() gives more than LEN bytes; 0: as many as there are. */
void watch_read_pieces(size_t len);

#endif
