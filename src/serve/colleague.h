/* SPDX-License-Identifier: ISC */
/*
 * serve/colleague.h: one end of the conversation between parser and keeper, by read() and write().
 */
#ifndef SERVE_COLLEAGUE_H
#define SERVE_COLLEAGUE_H

#include "serve/keep_message.h"

struct colleague {
	int fd;
	struct buffer out;
	size_t at, len; /* what has been read and not been taken */
	uint8_t in[65536];
};

extern const struct fault fault_colleague; /* us: the other process is gone, or the socket failed */

void colleague_init(struct colleague *c, int fd);
void colleague_free(struct colleague *c);

/* Collects MESSAGE; it goes out with others, by colleague_flush() at the latest. */
const struct fault *colleague_send(
	struct colleague *c, const struct keep_message *message) MUST_USE;
const struct fault *colleague_flush(struct colleague *c) MUST_USE;

/* Waits for the next message. End of file is fault_colleague. */
const struct fault *colleague_receive(struct colleague *c, struct keep_message *out) MUST_USE;

#endif
