/* SPDX-License-Identifier: ISC */
/* repo/packed_refs.c: reading packed-refs. Stages request to keeper; trusts nothing in it. */
#include "base/refname.h"
#include "repo/file.h"
#include "repo/packed_refs.h"

static const struct fault *bad_line(const struct packed_reader *reader, const char *why)
{
	return fault_note(&fault_refs, "packed-refs line %u: %s", reader->line, why);
}

static bool has_trait(struct cursor traits, const char *name)
{
	struct cursor trait;

	while (cursor_until(&traits, ' ', &trait))
		if (cursor_is(&trait, name))
			return true;
	return cursor_is(&traits, name);
}

const struct fault *packed_refs_start(
	struct packed_reader *reader, struct cursor text, const struct hash_algo *algo)
{
	struct cursor header;

	*reader = (struct packed_reader){.rest = text, .algo = algo};
	if (!cursor_starts(&text, "#"))
		return NULL;
	reader->line = 1;
	if (!cursor_until(&reader->rest, '\n', &header) ||
		!cursor_literal(&header, "# pack-refs with:"))
		return bad_line(reader, "not a header");
	reader->fully_peeled = has_trait(header, "fully-peeled");
	reader->tags_peeled = has_trait(header, "peeled");
	return NULL;
}

/* "^HEX": what the tag just read points to, in the end. */
static const struct fault *take_peeled(struct packed_reader *reader, struct ref *ref)
{
	struct cursor line;

	if (!cursor_starts(&reader->rest, "^"))
		return NULL;
	reader->line++;
	if (!cursor_until(&reader->rest, '\n', &line) || !cursor_skip(&line, 1) ||
		!cursor_oid_hex(&line, reader->algo, &ref->peeled) || !cursor_at_end(&line))
		return bad_line(reader, "not a peeled object name");
	ref->peel = PEEL_TAG;
	return NULL;
}

const struct fault *packed_refs_next(
	struct packed_reader *reader, struct packed_ref *out, bool *more)
{
	struct cursor line, all = reader->rest;
	size_t left = cursor_left(&all);

	*more = left > 0;
	if (!*more)
		return NULL;
	reader->line++;
	out->ref = (struct ref){0};
	if (!cursor_until(&reader->rest, '\n', &line))
		return bad_line(reader, "unterminated line");
	if (!cursor_oid_hex(&line, reader->algo, &out->ref.oid) || !cursor_literal(&line, " ") ||
		cursor_at_end(&line))
		return bad_line(reader, "not an object name and a ref name");
	out->name = line;
	if (reader->fully_peeled || (reader->tags_peeled && cursor_starts(&line, "refs/tags/")))
		out->ref.peel = PEEL_NONE;
	TRY(take_peeled(reader, &out->ref));
	if (!cursor_take(&all, left - cursor_left(&reader->rest), &out->lines))
		return &fault_internal;
	return NULL;
}

static bool name_usable(struct cursor name)
{
	return cursor_starts(&name, "refs/") && refname_valid(name);
}

/* Ends NAME, a piece of TEXT that an LF follows, with a NUL in place of that LF. */
static const char *end_name(struct buffer *text, struct cursor name)
{
	text->bytes[name.end - text->bytes] = '\0';
	return (const char *)name.at;
}

static const struct fault *list_all(struct ref_list *list, struct packed_reader *reader)
{
	struct packed_ref packed;
	bool more;

	for (;;) {
		TRY(packed_refs_next(reader, &packed, &more));
		if (!more)
			return NULL;
		if (!name_usable(packed.name))
			continue;
		packed.ref.name = end_name(&list->names, packed.name);
		TRY(ref_list_add(list, &packed.ref));
	}
}

const struct fault *packed_refs_list(
	struct ref_list *list, struct buffer text, const struct hash_algo *algo)
{
	struct packed_reader reader;

	list->names = text;
	TRY(packed_refs_start(&reader, cursor_over(text.bytes, text.len), algo));
	TRY(list_all(list, &reader));
	ref_list_sort(list);
	return NULL;
}

const struct fault *packed_refs_load(struct ref_list *list, const struct repo *repo)
{
	/* one byte over, for file_read() to see that it did not grow */
	struct buffer text = {.limit = REPO_PACKED_REFS_MAX + 1};
	const struct fault *fault;
	bool found;

	fault = repo_read_file(FD_REPO, "packed-refs", REPO_PACKED_REFS_MAX, &text, &found);
	if (fault) {
		buffer_free(&text);
		return fault;
	}
	return packed_refs_list(list, text, repo->algo);
}
