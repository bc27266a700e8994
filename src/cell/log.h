/* SPDX-License-Identifier: ISC */
/*
 * cell/log.h: one line for one connection.
 *
 * The destination is chosen and connected in stage boot and stays at FD_LOG; the line is written
 * in any stage with one write(). Formatting is memory to memory. Whatever came from a client or a
 * repository is escaped: no byte outside printable ASCII reaches a log.
 */
#ifndef CELL_LOG_H
#define CELL_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "base/buffer.h"
#include "cell/boot.h"
#include "cell/sandbox.h"
#include "serve/push.h"

#define LOG_REFS_MAX 64                      /* refs that are named; of the others the number */
#define LOG_LINE_MAX ((size_t)16 << 10)      /* of the one line; refs that do not fit are counted */
#define LOG_DATAGRAM_MAX ((size_t)128 << 10) /* of a journal entry; below what a socket takes */

enum log_kind {
	LOG_TO_STDERR,  /* a line, followed by LF */
	LOG_TO_JOURNAL, /* the native protocol of systemd-journald: fields */
	LOG_TO_SYSLOG,  /* a line behind "<PRI>gitcell[PID]: " */
};

struct log {
	enum log_kind kind;
};

/* What is known at the end of a connection. NULL and 0 mean "not known" and are left out. */
struct log_record {
	const char *who;   /* peer_describe() */
	const char *relay; /* who spoke for WHO */
	uid_t uid;         /* (uid_t)-1: none */
	pid_t pid;
	const char *service;       /* "git-upload-pack", "git-receive-pack" */
	const char *repository;    /* as asked for */
	int protocol;              /* -1: not known */
	const struct fault *fault; /* NULL: the verdict is "ok" */
	const struct outcome *outcome;
	const struct ref_moves *moves;
	const struct hash_algo *algo; /* of the object names in MOVES */
	uint64_t bytes_in, bytes_out;
	uint64_t ms;
	const struct fences *fences;
};

/*
 * Connects FD_LOG: to the journal if BOOT found standard error to be it; to the journal or syslog
 * if standard error was the connection (inetd) and is of no use; else to standard error. There is
 * always a destination: the last resort is standard error.
 */
void log_open(struct log *log, const struct boot *boot);

/* What log_write() writes. OUT must be empty; its limit is set. */
void log_compose(const struct log *log, const struct log_record *record, struct buffer *out);

/* Writes the line of this connection; what cannot be written is lost. */
void log_write(const struct log *log, const struct log_record *record);

/* The line without its LF, and the journal entry; OUT must be empty. */
void log_format_line(const struct log_record *record, struct buffer *out);
void log_format_journal(const struct log_record *record, struct buffer *out);

/* "ok", "denied" (to blame: policy) or "fault". */
const char *log_verdict(const struct fault *fault);

/* syslog(3)'s: info for ok, notice for denied and for what peers do wrong, err for the others. */
int log_priority(const struct fault *fault);

#endif
