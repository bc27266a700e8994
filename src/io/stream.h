/* SPDX-License-Identifier: ISC */
/*
 * io/stream.h: the connection: buffered pkt-lines and bytes in and out, each with a deadline.
 *
 * Sockets, pipes and files alike: every wait is a ppoll() with the earlier of the idle and the
 * session deadline, in both directions. All memory is in the struct; a client cannot make it grow.
 * Once stream_init() has run, read, write, ppoll and clock_gettime are all that is called.
 */
#ifndef IO_STREAM_H
#define IO_STREAM_H

#include <stdbool.h>
#include <stdint.h>
#include "base/buffer.h"
#include "wire/pkt.h"

#define STREAM_BUFFER 65536

struct stream {
	int in;
	int out;
	uint64_t idle_ms;     /* 0: no limit; of each single wait */
	uint64_t deadline_ms; /* CLOCK_MONOTONIC, 0: none; of everything */
	uint64_t bytes_in;    /* counted for the log */
	uint64_t bytes_out;
	size_t in_at, in_len; /* what has been read and not been taken */
	size_t out_len;
	bool eof;
	bool broken; /* output failed part way: what follows would be read as something else */
	uint8_t in_bytes[STREAM_BUFFER];
	uint8_t out_bytes[STREAM_BUFFER];
};

extern const struct fault fault_timeout_idle;    /* peer */
extern const struct fault fault_timeout_session; /* peer */
extern const struct fault fault_hangup;          /* peer: closed in the middle, reset, EPIPE */
extern const struct fault fault_io;              /* host: any other error of read or write */

/*
 * No deadlines yet. Makes both descriptors non-blocking (so it belongs before the sandbox): a write
 * to a blocking one may sleep past every deadline although ppoll() promised room. They stay so;
 * another holder of the same open file, as a terminal, finds them so.
 */
void stream_init(struct stream *s, int in, int out);

/* Milliseconds of CLOCK_MONOTONIC. */
uint64_t clock_ms(void);

/*
 * Reads one pkt-line; its data is valid until the next read. End of file before the first digit
 * is PKT_EOF, anywhere else fault_hangup. Output that is still buffered is flushed before waiting.
 * An "ERR " line of the peer is fault_hangup with its text noted.
 */
const struct fault *stream_read_pkt(struct stream *s, struct pkt *out) MUST_USE;

/* Reads what is there, at least one byte, or nothing at end of file; valid until the next read. */
const struct fault *stream_read_some(struct stream *s, struct cursor *out) MUST_USE;

/* Gives back the last LEN bytes of what stream_read_some() gave. */
void stream_unread(struct stream *s, size_t len);

/* Buffered output. A buffer that failed (buffer_check) is refused with its own fault. */
const struct fault *stream_write(struct stream *s, const void *bytes, size_t len) MUST_USE;
const struct fault *stream_write_buffer(struct stream *s, const struct buffer *b) MUST_USE;
const struct fault *stream_flush(struct stream *s) MUST_USE;

/* Reads and drops what the peer still sends, until it closes or MS milliseconds are over: a peer
 * whose bytes lie unread when we close may lose what we told it. Ignores failure. */
void stream_drain(struct stream *s, uint64_t ms);

/* Sends "ERR text" as a pkt-line, escaped and cut to fit, within a second, and ignores failure. */
void stream_send_err(struct stream *s, const char *text);

#endif
