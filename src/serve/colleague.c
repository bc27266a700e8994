/* SPDX-License-Identifier: ISC */
/*
 * serve/colleague.c: keep messages through the socketpair. Stages parser and keeper; only read()
 * and write() on one descriptor, so that no descriptor can be passed along.
 */
#include <errno.h>
#include <unistd.h>
#include "serve/colleague.h"

#define SEND_AT ((size_t)32 << 10) /* bytes that are worth a write() */

const struct fault fault_colleague = {BLAME_US, "the other process of this push is gone"};

void colleague_init(struct colleague *c, int fd)
{
	c->fd = fd;
	c->out = BUFFER_INIT;
	c->at = c->len = 0;
}

void colleague_free(struct colleague *c)
{
	buffer_free(&c->out);
}

const struct fault *colleague_flush(struct colleague *c)
{
	TRY(buffer_check(&c->out));
	for (size_t done = 0; done < c->out.len;) {
		ssize_t n = write(c->fd, c->out.bytes + done, c->out.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(&fault_colleague, errno, "write");
		done += (size_t)n;
	}
	buffer_reset(&c->out);
	return NULL;
}

const struct fault *colleague_send(struct colleague *c, const struct keep_message *message)
{
	keep_message_format(&c->out, message);
	return c->out.len < SEND_AT ? buffer_check(&c->out) : colleague_flush(c);
}

static const struct fault *read_more(struct colleague *c)
{
	ssize_t n;

	memmove(c->in, c->in + c->at, c->len - c->at);
	c->len -= c->at;
	c->at = 0;
	do
		n = read(c->fd, c->in + c->len, sizeof c->in - c->len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return fault_errno(&fault_colleague, errno, "read");
	if (n == 0)
		return fault_note(&fault_colleague, "end of file");
	c->len += (size_t)n;
	return NULL;
}

const struct fault *colleague_receive(struct colleague *c, struct keep_message *out)
{
	struct cursor bytes;
	bool whole;

	for (;;) {
		bytes = cursor_over(c->in + c->at, c->len - c->at);
		TRY(keep_message_parse(&bytes, out, &whole));
		c->at = c->len - cursor_left(&bytes);
		if (whole)
			return NULL;
		TRY(read_more(c));
	}
}
