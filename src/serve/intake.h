/* SPDX-License-Identifier: ISC */
/*
 * serve/intake.h: a pack on its way from the client to the quarantine.
 *
 * The bytes pass through one window, where the indexer looks at them; those that it has used are
 * hashed and written from that same memory.
 */
#ifndef SERVE_INTAKE_H
#define SERVE_INTAKE_H

#include "base/hash.h"
#include "io/stream.h"

#define INTAKE_WINDOW ((size_t)4 * STREAM_BUFFER)

struct intake {
	struct stream *stream;
	int fd;
	const struct hash_algo *algo;
	struct hash_ctx hash;
	uint64_t written;   /* bytes that left the window */
	uint64_t bytes_max; /* of the pack; 0: no limit */
	uint32_t crc;       /* of what has been used since intake_crc_start() */
	size_t at, len;     /* used, and filled */
	uint8_t window[INTAKE_WINDOW];
};

extern const struct fault fault_pack_eof;      /* peer: "early EOF" */
extern const struct fault fault_pack_checksum; /* peer */
extern const struct fault fault_pack_garbage;  /* peer: bytes after the trailer */
extern const struct fault fault_pack_size;     /* peer: over bytes_max, or over RLIMIT_FSIZE */
extern const struct fault fault_pack_write;    /* host */

void intake_init(struct intake *in, struct stream *stream, int fd, const struct hash_algo *algo,
	uint64_t bytes_max);

/* All unused bytes of the window, waiting until there are MIN (at most a few dozen). */
const struct fault *intake_peek(struct intake *in, size_t min, struct cursor *out) MUST_USE;

/* Marks LEN bytes of what was peeked at as used. */
void intake_use(struct intake *in, size_t len);

/* Where in the pack the first unused byte is. */
uint64_t intake_offset(const struct intake *in);

/* Writes what was used, reads the trailer (which is not written) and compares. */
const struct fault *intake_trailer(struct intake *in, struct oid *checksum) MUST_USE;

/* All LEN bytes at OFFSET; EFBIG is fault_pack_size. */
const struct fault *write_at(int fd, const void *bytes, size_t len, uint64_t offset) MUST_USE;

#endif
