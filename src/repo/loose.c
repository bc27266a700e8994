/* SPDX-License-Identifier: ISC */
/*
 * repo/loose.c: objects in files of their own. Stages fetch and parser; opens files below
 * FD_OBJECTS, read only; what is in them may be hostile.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>
#include "repo/odb_parts.h"

/* "commit 18446744073709551615" and its NUL fit well; what follows them is content already. */
#define LOOSE_HEAD 64

/* One being read. */
struct loose {
	int fd;
	struct inflater *inflater;
	struct cursor input; /* what was read from the file and not inflated yet */
	bool done;           /* the zlib stream has ended */
	enum object_type type;
	uint64_t size;
	struct cursor content; /* the part of it that came with the header */
	uint8_t head[LOOSE_HEAD];
	uint8_t piece[ODB_PIECE];
};

static const struct fault *loose_open(
	int *fd, const struct hash_algo *algo, const struct oid *oid, bool *found)
{
	char hex[OID_MAX_HEX + 1], path[OID_MAX_HEX + 2];
	struct stat st;

	oid_hex(oid, algo, hex);
	snprintf(path, sizeof path, "%.2s/%s", hex, hex + 2);
	*fd = openat(FD_OBJECTS, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	*found = *fd >= 0;
	if (!*found)
		return errno == ENOENT || errno == ENOTDIR
			       ? NULL
			       : fault_errno(&fault_repository_read, errno, path);
	if (fstat(*fd, &st) == 0 && S_ISREG(st.st_mode))
		return NULL;
	close(*fd);
	return fault_note(&fault_repository_read, "%s: it is no regular file", path);
}

/* Inflates at most *LEN bytes; fewer than that only at the end. */
static const struct fault *loose_inflate(struct loose *l, uint8_t *out, size_t *len)
{
	size_t wanted = *len, got;

	for (*len = 0; *len < wanted && !l->done; *len += got) {
		if (cursor_at_end(&l->input)) {
			ssize_t n = read(l->fd, l->piece, sizeof l->piece);
			if (n < 0)
				return fault_errno(&fault_repository_read, errno, "read");
			if (n == 0)
				return fault_note(&fault_zlib, "cut off");
			l->input = cursor_over(l->piece, (size_t)n);
		}
		got = wanted - *len;
		TRY(inflater_run(l->inflater, &l->input, out + *len, &got, &l->done));
	}
	return NULL;
}

/* "TYPE SIZE" and a NUL; SIZE in decimal without leading zeros. */
static bool parse_head(struct loose *l, struct cursor head)
{
	struct cursor line, type;
	bool zero;

	if (!cursor_until(&head, '\0', &line) || !cursor_until(&line, ' ', &type))
		return false;
	l->type = object_type_by_name(&type);
	l->content = head;
	zero = cursor_starts(&line, "0");
	return l->type != OBJECT_NONE && cursor_decimal(&line, UINT64_MAX, &l->size) &&
	       cursor_at_end(&line) && (!zero || l->size == 0);
}

static const struct fault *loose_header(struct loose *l)
{
	size_t len = sizeof l->head;

	TRY(loose_inflate(l, l->head, &len));
	if (!parse_head(l, cursor_over(l->head, len)))
		return fault_note(&fault_object_syntax, "a bad loose object header");
	return NULL;
}

/* True if the stream has ended, and the file with it. */
static const struct fault *loose_finish(struct loose *l)
{
	uint8_t more;
	size_t len = 1;

	TRY(loose_inflate(l, &more, &len));
	if (len || !l->done)
		return fault_note(&fault_zlib, "too long");
	if (!cursor_at_end(&l->input) || read(l->fd, &more, 1) != 0)
		return fault_note(&fault_zlib, "garbage at end of loose object");
	return NULL;
}

/* The content, piece by piece, to SINK. */
static const struct fault *loose_content(struct loose *l, object_sink *sink, void *arg)
{
	uint8_t out[ODB_PIECE];
	uint64_t left = l->size;
	size_t len = cursor_left(&l->content);

	if (len > left)
		return fault_note(&fault_zlib, "too long");
	if (len)
		TRY(sink(arg, l->content.at, len));
	for (left -= len; left; left -= len) {
		len = left < sizeof out ? (size_t)left : sizeof out;
		TRY(loose_inflate(l, out, &len));
		if (!len)
			return fault_note(&fault_zlib, "too short");
		TRY(sink(arg, out, len));
	}
	return loose_finish(l);
}

/* What is done with a loose object once its header is known. */
typedef const struct fault *loose_use(struct loose *l, void *arg);

static const struct fault *loose_with(
	struct odb *odb, const struct oid *oid, bool *found, loose_use *use, void *arg)
{
	struct loose l = {.inflater = &odb->inflater};
	const struct fault *fault;

	TRY(inflater_start(&odb->inflater));
	TRY(loose_open(&l.fd, odb->repo->algo, oid, found));
	if (!*found)
		return NULL;
	fault = loose_header(&l);
	if (!fault)
		fault = use(&l, arg);
	close(l.fd);
	return fault;
}

const struct fault *loose_exists(const struct odb *odb, const struct oid *oid, bool *found)
{
	int fd;

	TRY(loose_open(&fd, odb->repo->algo, oid, found));
	if (*found)
		close(fd);
	return NULL;
}

struct info {
	enum object_type *type;
	uint64_t *size;
};

static const struct fault *use_for_info(struct loose *l, void *arg)
{
	struct info *info = arg;

	*info->type = l->type;
	*info->size = l->size;
	return NULL;
}

const struct fault *loose_info(
	struct odb *odb, const struct oid *oid, bool *found, enum object_type *type, uint64_t *size)
{
	struct info info = {type, size};

	return loose_with(odb, oid, found, use_for_info, &info);
}

/* A block that is being filled. */
struct filling {
	struct block *block;
	uint8_t *at;
};

static const struct fault *fill(void *arg, const void *bytes, size_t len)
{
	struct filling *f = arg;

	memcpy(f->at, bytes, len);
	f->at += len;
	return NULL;
}

static const struct fault *use_for_read(struct loose *l, void *arg)
{
	struct filling *f = arg;

	if (l->size > OBJECT_MEMORY_MAX)
		return &fault_object_large;
	f->block = block_new(l->type, (size_t)l->size);
	if (!f->block)
		return &fault_memory;
	f->at = f->block->bytes;
	return loose_content(l, fill, f);
}

const struct fault *loose_read(
	struct odb *odb, const struct oid *oid, bool *found, struct block **out)
{
	struct filling f = {0};
	const struct fault *fault = loose_with(odb, oid, found, use_for_read, &f);

	if (fault)
		block_release(f.block);
	else if (*found)
		*out = f.block;
	return fault;
}

struct streaming {
	object_sink *sink;
	void *arg;
};

static const struct fault *use_for_stream(struct loose *l, void *arg)
{
	struct streaming *s = arg;

	return loose_content(l, s->sink, s->arg);
}

const struct fault *loose_stream(
	struct odb *odb, const struct oid *oid, bool *found, object_sink *sink, void *arg)
{
	struct streaming s = {sink, arg};

	return loose_with(odb, oid, found, use_for_stream, &s);
}
