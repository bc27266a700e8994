/* SPDX-License-Identifier: ISC */
/*
 * wire/fetch.h: what a client of upload-pack sends, line by line.
 * v0 and v1: gitprotocol-pack(5), "Packfile Negotiation"; v2: gitprotocol-v2(5).
 */
#ifndef WIRE_FETCH_H
#define WIRE_FETCH_H

#include "base/oid.h"
#include "wire/capability.h"

/* --- v0, v1 ----------------------------------------------------------------------------------- */

enum negotiation_kind {
	LINE_WANT,
	LINE_HAVE,
	LINE_DONE,
	LINE_SHALLOW,
	LINE_DEEPEN, /* any of the deepen forms */
	LINE_FILTER,
};

struct negotiation_line {
	enum negotiation_kind kind;
	struct oid oid;     /* of want, have, shallow */
	struct cursor rest; /* of want: the capabilities after the oid, if any */
};

extern const struct fault fault_negotiation_line; /* peer; the note quotes the line */

const struct fault *negotiation_line_parse(
	struct cursor line, const struct hash_algo *algo, struct negotiation_line *out) MUST_USE;

/* --- v2 --------------------------------------------------------------------------------------- */

enum v2_command {
	V2_LS_REFS,
	V2_FETCH,
};

/* The advertisement after "version 2": one pkt-line each and a flush-pkt. */
void v2_advertise(struct buffer *b, const struct hash_algo *algo);

/* What comes before the delim-pkt of a request, fed one line at a time. */
struct v2_request {
	bool has_command;
	enum v2_command command;
	struct client_capabilities caps;
	unsigned server_options; /* how many were given */
};

extern const struct fault fault_v2_command;    /* peer: "invalid command" */
extern const struct fault fault_v2_capability; /* peer: "unknown capability" */
extern const struct fault fault_v2_argument;   /* peer: "unexpected line" */

const struct fault *v2_request_line(struct v2_request *request, struct cursor line) MUST_USE;

enum v2_argument_kind {
	/* ls-refs */
	ARG_PEEL,
	ARG_SYMREFS,
	ARG_UNBORN,
	ARG_REF_PREFIX, /* value: the prefix */
	/* fetch */
	ARG_WANT, /* oid */
	ARG_HAVE, /* oid */
	ARG_DONE,
	ARG_THIN_PACK,
	ARG_NO_PROGRESS,
	ARG_INCLUDE_TAG,
	ARG_OFS_DELTA,
	ARG_WAIT_FOR_DONE,
};

struct v2_argument {
	enum v2_argument_kind kind;
	struct oid oid;
	struct cursor value;
};

/* One argument line of COMMAND; those we did not advertise are fault_v2_argument. */
const struct fault *v2_argument_parse(enum v2_command command, struct cursor line,
	const struct hash_algo *algo, struct v2_argument *out) MUST_USE;

#endif
