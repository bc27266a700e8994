/* SPDX-License-Identifier: ISC */
/*
 * serve/intake.c: from the stream, through one window, into a file. Stage parser; the descriptor
 * is the quarantine's pack.
 */
#include <errno.h>
#include <unistd.h>
#include <zlib.h>
#include "serve/intake.h"

const struct fault fault_pack_eof = {BLAME_PEER, "early EOF"};
const struct fault fault_pack_checksum = {BLAME_PEER, "pack checksum mismatch"};
const struct fault fault_pack_garbage = {BLAME_PEER, "garbage after the pack"};
const struct fault fault_pack_size = {BLAME_PEER, "pack exceeds maximum allowed size"};
const struct fault fault_pack_write = {BLAME_HOST, "cannot write the pack"};

void intake_init(struct intake *in, struct stream *stream, int fd, const struct hash_algo *algo,
	uint64_t bytes_max)
{
	in->stream = stream;
	in->fd = fd;
	in->algo = algo->plain;
	in->written = 0;
	in->bytes_max = bytes_max;
	in->at = in->len = 0;
	in->algo->init(&in->hash);
}

const struct fault *write_at(int fd, const void *bytes, size_t len, uint64_t offset)
{
	const uint8_t *from = bytes;

	for (size_t done = 0; done < len;) {
		ssize_t n = pwrite(fd, from + done, len - done, (off_t)(offset + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fault_errno(errno == EFBIG ? &fault_pack_size : &fault_pack_write,
				errno, "write");
		done += (size_t)n;
	}
	return NULL;
}

/* Hashes and writes what has been used, and moves the rest to the front. */
static const struct fault *drain(struct intake *in)
{
	in->algo->update(&in->hash, in->window, in->at);
	TRY(write_at(in->fd, in->window, in->at, in->written));
	in->written += in->at;
	memmove(in->window, in->window + in->at, in->len - in->at);
	in->len -= in->at;
	in->at = 0;
	return NULL;
}

/* Are the bytes used so far, and MORE that are known to follow, within what a pack may have? */
static const struct fault *within_limit(const struct intake *in, size_t more)
{
	bool over = in->bytes_max && in->written + in->at + more > in->bytes_max;

	return over ? &fault_pack_size : NULL;
}

static const struct fault *fill(struct intake *in)
{
	struct cursor more;

	if (sizeof in->window - in->len < STREAM_BUFFER)
		TRY(drain(in));
	TRY(stream_read_some(in->stream, &more));
	if (cursor_at_end(&more))
		return &fault_pack_eof;
	if (cursor_left(&more) > sizeof in->window - in->len)
		return &fault_internal;
	memcpy(in->window + in->len, more.at, cursor_left(&more));
	in->len += cursor_left(&more);
	return within_limit(in, 0);
}

const struct fault *intake_peek(struct intake *in, size_t min, struct cursor *out)
{
	while (in->len - in->at < min)
		TRY(fill(in));
	*out = cursor_over(in->window + in->at, in->len - in->at);
	return NULL;
}

void intake_use(struct intake *in, size_t len)
{
	in->crc = (uint32_t)crc32_z(in->crc, in->window + in->at, len);
	in->at += len;
}

uint64_t intake_offset(const struct intake *in)
{
	return in->written + in->at;
}

const struct fault *intake_trailer(struct intake *in, struct oid *checksum)
{
	struct cursor bytes;
	struct oid named;

	TRY(within_limit(in, in->algo->size));
	TRY(drain(in));
	if (!in->algo->final(&in->hash, checksum))
		return &fault_internal;
	TRY(intake_peek(in, in->algo->size, &bytes));
	if (!cursor_oid(&bytes, in->algo, &named))
		return &fault_internal;
	if (!oid_equal(&named, checksum))
		return &fault_pack_checksum;
	if (!cursor_at_end(&bytes) || in->stream->in_len)
		return &fault_pack_garbage;
	return NULL;
}
