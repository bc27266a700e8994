/* SPDX-License-Identifier: ISC */
/*
 * cell/boot.h: from whatever started us to a process with known descriptors, signals, limits and
 * no environment. Stage boot: first of all, single-threaded, before any other descriptor is opened.
 *
 * Afterwards 0 and 1 are the connection (or, in direct mode, standard input and output), 2 is where
 * warnings may go and never the connection, and nothing else is open.
 */
#ifndef CELL_BOOT_H
#define CELL_BOOT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/fault.h"

/* Fixed numbers of the descriptors that live beside those of repo/repo.h and serve/push.h. */
enum {
	FD_IN = 0,
	FD_OUT = 1,
	FD_LOG = 4,   /* cell/log.h: only ever written to */
	FD_SLOTS = 5, /* cell/slots.h: held open for its locks */
};

#define BOOT_MEMORY (UINT64_C(512) << 20) /* RLIMIT_DATA unless the policy says otherwise */
#define BOOT_OPEN_FILES 64                /* RLIMIT_NOFILE */
#define BOOT_ALARM_GRACE_MS 10000 /* how long after the session's deadline SIGALRM ends it all */
#define BOOT_LAST_WORDS_MAX 8192
#define BOOT_GIT_PROTOCOL_MAX 255 /* bytes of GIT_PROTOCOL that are looked at */

struct boot {
	bool stderr_was_connection;                   /* as under inetd; 2 is /dev/null now */
	bool stderr_is_journal;                       /* JOURNAL_STREAM names the file that 2 is */
	char git_protocol[BOOT_GIT_PROTOCOL_MAX + 1]; /* GIT_PROTOCOL; "" if unset or longer */
};

extern const struct fault fault_no_connection; /* host; the note says what to do */
extern const struct fault fault_boot;          /* host: a system call that should not fail */

/*
 * Finds the connection: LISTEN_FDS=1 for this process (sd_listen_fds(3)), else standard input,
 * which must be a connected stream socket. Puts it at 0 and 1. The umask loses 027: what a push
 * writes can be read by the group of the service and by nobody else, whoever started us.
 */
const struct fault *boot_connection(struct boot *boot) MUST_USE;

/* Direct mode: 0 and 1 as they are, pipes or sockets or files. The umask stays the user's. */
const struct fault *boot_direct(struct boot *boot) MUST_USE;

/*
 * Lowers the resource limits: no core files, locked memory or message queues; BOOT_OPEN_FILES
 * descriptors; MEMORY bytes of private data. A limit that is lower already stays. After the policy
 * was read and names were looked up; RLIMIT_NPROC is left for after the last fork.
 */
const struct fault *boot_limits(uint64_t memory) MUST_USE;

/*
 * The last resort behind the deadlines of the stream: SIGALRM ends the process
 * BOOT_ALARM_GRACE_MS after SESSION_MS. 0: none. A child that is forked must call it again.
 */
const struct fault *boot_death_timer(uint64_t session_ms) MUST_USE;

/*
 * A mapped file of the repository that shrinks is a SIGBUS, whose handler can do no more than
 * write(): an ERR to FD_OUT, and to FD_LOG these LEN bytes, which are copied; none if they are more
 * than BOOT_LAST_WORDS_MAX, or before the first call.
 */
extern const struct fault fault_shrank; /* repository */
void boot_last_words(const void *bytes, size_t len);

/*
 * After the last fork of this process: RLIMIT_NPROC 0. (It counts all processes of the user, so
 * that 0 refuses every further one; root is not bound by it, the seccomp filter is.)
 */
const struct fault *boot_no_more_processes(void) MUST_USE;

#endif
