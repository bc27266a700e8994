/* SPDX-License-Identifier: ISC */
/*
 * wire/pkt.h: the pkt-line format, gitprotocol-common(5), "pkt-line Format".
 *
 * Memory to structs and back; io/stream.h moves the bytes.
 */
#ifndef WIRE_PKT_H
#define WIRE_PKT_H

#include "base/buffer.h"
#include "base/cursor.h"
#include "base/oid.h"

#define PKT_MAX 65520              /* a whole pkt-line, its four length digits included */
#define PKT_DATA_MAX (PKT_MAX - 4) /* what it carries */

enum pkt_kind {
	PKT_DATA,
	PKT_FLUSH,        /* 0000 */
	PKT_DELIM,        /* 0001 */
	PKT_RESPONSE_END, /* 0002 */
	PKT_EOF, /* the peer closed its side between two pkt-lines (from io/stream.h only) */
};

struct pkt {
	enum pkt_kind kind;
	struct cursor data; /* of PKT_DATA: not chomped */
};

extern const struct fault fault_pkt_length; /* peer: "protocol error: bad line length" */

/* Reads four hex digits of either case: KIND, and for PKT_DATA the number of bytes that follow. */
const struct fault *pkt_header(const uint8_t digits[4], enum pkt_kind *kind, size_t *len) MUST_USE;

/* Writes the four digits for a payload of LEN bytes, at most PKT_DATA_MAX; no NUL. */
void pkt_digits(size_t len, uint8_t out[4]);

/* Append one pkt-line. A payload over PKT_DATA_MAX marks the buffer with fault_internal. */
void pkt_append(struct buffer *b, const void *bytes, size_t len);
void pkt_format(struct buffer *b, const char *format, ...) PRINTF_LIKE(2, 3);
void pkt_flush(struct buffer *b);
void pkt_delim(struct buffer *b);

#endif
