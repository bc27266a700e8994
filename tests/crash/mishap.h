/* SPDX-License-Identifier: ISC */
/*
 * tests/crash/mishap.h: what the parts of mishap(1), the tracer of tests/functional/crash.sh, know
 * of each other. Test code: runs outside of the sandbox, as root, and trusts the programs it
 * traces.
 */
#ifndef TESTS_CRASH_MISHAP_H
#define TESTS_CRASH_MISHAP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#define CALL_PATH_MAX 4096

/* A system call that changes something, or that somebody outside can see. */
struct call {
	const char *name; /* NULL: it is none of those */
	uint64_t args[6];
	bool on_file;           /* not on a socket or pipe */
	bool writes;            /* write() or pwrite64() */
	bool syncs;             /* fsync() */
	bool creates;           /* openat() */
	char at[CALL_PATH_MAX]; /* the path it names, or what its descriptor is */
	char to[CALL_PATH_MAX]; /* the second path, or "" */
};

/* Reads the call NUMBER that process PID is about to make. */
void call_read(struct call *call, pid_t pid, uint64_t number, const uint64_t args[6]);

/*
 * What a power cut takes: the bytes of files that were written and not fsynced. (Directory entries
 * persist in the order in which they were made on every file system with a journal; so a cut that
 * takes the newest of them leaves what a cut a little earlier leaves.)
 */
void losses_note(pid_t pid, const struct call *call, int64_t result);
void losses_happen(void);

#endif
