/* SPDX-License-Identifier: ISC */
/* repo/packed_refs_write.c: rewriting packed-refs. Stage keeper. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "base/refname.h"
#include "repo/file_write.h"
#include "repo/packed_refs.h"
#include "repo/packed_refs_write.h"

static bool is_gone(const struct ref_list *gone, struct cursor name)
{
	char text[REFNAME_MAX + 1];

	return cursor_copy_text(&name, text, sizeof text) &&
	       ref_search(gone->list, gone->count, text);
}

/* Reads on to the next ref that is GONE; KEPT is what stands before it. */
static const struct fault *next_kept(
	struct packed_reader *reader, const struct ref_list *gone, struct cursor *kept, bool *more)
{
	struct packed_ref ref;

	*kept = (struct cursor){reader->rest.at, reader->rest.at};
	for (;;) {
		TRY(packed_refs_next(reader, &ref, more));
		if (!*more || is_gone(gone, ref.name))
			return NULL;
		kept->end = ref.lines.end;
	}
}

static const struct fault *any_gone(
	struct packed_reader reader, const struct ref_list *gone, bool *any)
{
	struct cursor kept;

	return next_kept(&reader, gone, &kept, any);
}

static const struct fault *write_kept(
	int fd, struct cursor header, struct packed_reader reader, const struct ref_list *gone)
{
	struct cursor kept;
	bool more = true;

	TRY(file_append(fd, PACKED_NEW_FILE, header.at, cursor_left(&header)));
	while (more) {
		TRY(next_kept(&reader, gone, &kept, &more));
		TRY(file_append(fd, PACKED_NEW_FILE, kept.at, cursor_left(&kept)));
	}
	return NULL;
}

static const struct fault *replace(
	struct cursor header, const struct packed_reader *reader, const struct ref_list *gone)
{
	const struct fault *fault, *unfinished;
	int fd;

	TRY(file_create(FD_REPO, PACKED_NEW_FILE, 0666, &fd));
	fault = write_kept(fd, header, *reader, gone);
	unfinished = file_finish(fd, PACKED_NEW_FILE);
	if (!fault)
		fault = unfinished;
	if (!fault && renameat(FD_REPO, PACKED_NEW_FILE, FD_REPO, "packed-refs") < 0)
		fault = fault_errno(&fault_repository_write, errno, "packed-refs");
	if (fault)
		unlinkat(FD_REPO, PACKED_NEW_FILE, 0);
	return fault;
}

static const struct fault *drop(
	struct cursor text, const struct repo *repo, const struct ref_list *gone, bool *dropped)
{
	struct packed_reader reader;
	struct cursor header = text;
	bool any;

	TRY(packed_refs_start(&reader, text, repo->algo));
	TRY(any_gone(reader, gone, &any));
	if (!any)
		return NULL;
	header.end = reader.rest.at;
	TRY(replace(header, &reader, gone));
	*dropped = true;
	return NULL;
}

const struct fault *packed_refs_drop(
	const struct repo *repo, const struct ref_list *gone, bool *dropped)
{
	struct buffer text = {.limit = REPO_PACKED_REFS_MAX + 1};
	const struct fault *fault;
	bool found;

	*dropped = false;
	fault = repo_read_file(FD_REPO, "packed-refs", REPO_PACKED_REFS_MAX, &text, &found);
	if (!fault && found)
		fault = drop(cursor_over(text.bytes, text.len), repo, gone, dropped);
	buffer_free(&text);
	return fault;
}
