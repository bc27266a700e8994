/* SPDX-License-Identifier: ISC */
/*
 * base/fault.h: errors are values.
 *
 * A function that can fail returns "const struct fault *": NULL is success, anything else is the
 * address of a constant, so that callers and tests compare addresses and nothing is allocated on
 * the way out. A fault knows whom to blame, and that alone decides what the peer may read, how
 * loudly it is logged and with which status the process exits.
 *
 * A rejected ref ("ng") or a missing object that was merely asked about is an answer, not a fault.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#include <stddef.h>

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))

enum blame {
	BLAME_PEER,       /* what the client sent; it may read the text and the detail */
	BLAME_POLICY,     /* the client asked for what it may not have */
	BLAME_REPOSITORY, /* what lies on disk in the repository */
	BLAME_HOST,       /* the kernel, memory, disk, configuration */
	BLAME_US,         /* a bug of ours */
};

struct fault {
	enum blame blame;
	const char
		*text; /* one line without a full stop; says what to do where that can be known */
};

/* Returns from the calling function with the fault of CALL, if it has one. */
#define TRY(call)                                                                                  \
	do {                                                                                       \
		const struct fault *try_fault_ = (call);                                           \
		if (try_fault_)                                                                    \
			return try_fault_;                                                         \
	} while (0)

/*
 * Notes a detail (a path, an object name, an errno text) for the fault being returned and returns
 * FAULT itself: "return fault_note(&fault_x, "%s", hex);". One static line of at most 511 bytes
 * per process, the newest wins; bytes outside printable ASCII are escaped as \xNN, so it can be
 * shown anywhere.
 */
const struct fault *fault_note(const struct fault *fault, const char *format, ...)
	PRINTF_LIKE(2, 3) MUST_USE;

/* The same, with the text of ERRNO_VALUE appended after ": " (no locale is consulted). */
const struct fault *fault_errno(
	const struct fault *fault, int errno_value, const char *what) MUST_USE;

/* The detail noted for FAULT, or "" when none was, or when it was noted for another fault. */
const char *fault_detail(const struct fault *fault);

/*
 * "text: detail", or the text alone, into OUT, which is returned; cut to fit. A text that ends in a
 * space is followed by its detail without the colon: git's own words sometimes are. What a peer, a
 * user or a log is told of a fault is always this line.
 */
#define FAULT_LINE_MAX 640
const char *fault_line(const struct fault *fault, char out[FAULT_LINE_MAX]);

/* The status a program exits with after FAULT; 0 for NULL. The table is in gitcell-serve(8). */
int fault_exit_status(const struct fault *fault);

/* "peer", "policy", "repository", "host", "us": the word the log uses. */
const char *blame_name(enum blame blame);

/* Faults that every room shares. */
extern const struct fault fault_memory;   /* host: out of memory (or over our own rlimit) */
extern const struct fault fault_too_big;  /* peer: a named limit was passed; the note says which */
extern const struct fault fault_internal; /* us: an invariant does not hold */

#endif
