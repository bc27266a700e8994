/* SPDX-License-Identifier: ISC */
/*
 * object/fsck_commit.c: fsck of commits and tags, which are header lines and a text. Any stage; the
 * object is hostile; touches memory only. After a finding that the reporter lets pass, the next
 * line is looked at, as git does with findings that its configuration ignores.
 */
#include "base/refname.h"
#include "object/fsck_private.h"

/* The header ends with an empty line, or with the object; it has no NUL. */
static bool check_header(struct fsck *f, struct cursor content)
{
	struct cursor line;

	while (cursor_until(&content, '\n', &line)) {
		if (memchr(line.at, '\0', cursor_left(&line)))
			return fsck_ends_with(f, FSCK_NUL_IN_HEADER);
		if (cursor_at_end(&content) || *content.at == '\n')
			return true;
	}
	if (memchr(content.at, '\0', cursor_left(&content)))
		return fsck_ends_with(f, FSCK_NUL_IN_HEADER);
	return fsck_ends_with(f, FSCK_UNTERMINATED_HEADER);
}

/* Takes the next line, if it begins with KEYWORD, as what stands behind it. */
static bool take_line(struct cursor *content, const char *keyword, struct cursor *rest)
{
	struct cursor ahead = *content;

	if (!cursor_literal(&ahead, keyword) || !cursor_until(&ahead, '\n', rest))
		return false;
	*content = ahead;
	return true;
}

static bool check_oid(struct fsck *f, struct cursor hex, enum fsck_id id)
{
	struct oid oid;

	if (cursor_oid_hex(&hex, f->algo, &oid) && cursor_at_end(&hex))
		return true;
	return fsck_found(f, id);
}

static bool check_authors(struct fsck *f, struct cursor *content)
{
	struct cursor line;
	bool one = false, more = false;

	while (take_line(content, "author ", &line)) {
		more = one;
		one = true;
		if (!fsck_ident(f, line))
			return false;
	}
	if (!one)
		return fsck_found(f, FSCK_MISSING_AUTHOR);
	return !more || fsck_found(f, FSCK_MULTIPLE_AUTHORS);
}

static bool check_tree_and_parents(struct fsck *f, struct cursor *content)
{
	struct cursor line;

	if (!take_line(content, "tree ", &line))
		return fsck_ends_with(f, FSCK_MISSING_TREE);
	if (!check_oid(f, line, FSCK_BAD_TREE_SHA1))
		return false;
	while (take_line(content, "parent ", &line))
		if (!check_oid(f, line, FSCK_BAD_PARENT_SHA1))
			return false;
	return true;
}

static bool check_committer(struct fsck *f, struct cursor *content)
{
	struct cursor line;

	if (!take_line(content, "committer ", &line))
		return fsck_ends_with(f, FSCK_MISSING_COMMITTER);
	return fsck_ident(f, line);
}

void fsck_commit(struct fsck *f, struct cursor content)
{
	struct cursor all = content;

	if (check_header(f, content) && check_tree_and_parents(f, &content) &&
		check_authors(f, &content) && check_committer(f, &content) &&
		memchr(all.at, '\0', cursor_left(&all)))
		fsck_found(f, FSCK_NUL_IN_COMMIT);
}

static bool check_target(struct fsck *f, struct cursor *content)
{
	struct cursor line;

	if (!take_line(content, "object ", &line))
		return fsck_ends_with(f, FSCK_MISSING_OBJECT);
	return check_oid(f, line, FSCK_BAD_OBJECT_SHA1);
}

/*
 * Takes a line that must be there; MISSING is found if it is not, UNENDED if it is but does not
 * end, which it always does once the header was found in order.
 */
static bool need_line(struct fsck *f, struct cursor *content, const char *keyword,
	struct cursor *line, enum fsck_id missing, enum fsck_id unended)
{
	if (take_line(content, keyword, line))
		return true;
	return fsck_ends_with(f, cursor_starts(content, keyword) ? unended : missing);
}

static bool check_type(struct fsck *f, struct cursor *content)
{
	struct cursor line;

	if (!need_line(f, content, "type ", &line, FSCK_MISSING_TYPE_ENTRY, FSCK_MISSING_TYPE))
		return false;
	return object_type_by_name(&line) != OBJECT_NONE || fsck_found(f, FSCK_BAD_TYPE);
}

/* The name must do below refs/tags/. */
static bool tag_name_valid(struct cursor name)
{
	uint8_t bytes[REFNAME_MAX + 1];
	size_t prefix = strlen("refs/tags/"), len = cursor_left(&name);

	if (len > REFNAME_MAX - prefix)
		return false;
	memcpy(bytes, "refs/tags/", prefix);
	memcpy(bytes + prefix, name.at, len);
	return refname_valid(cursor_over(bytes, prefix + len));
}

static bool check_tag_name(struct fsck *f, struct cursor *content)
{
	struct cursor line;

	if (!need_line(f, content, "tag ", &line, FSCK_MISSING_TAG_ENTRY, FSCK_MISSING_TAG))
		return false;
	return tag_name_valid(line) || fsck_found(f, FSCK_BAD_TAG_NAME);
}

/* The oldest tags have none. */
static bool check_tagger(struct fsck *f, struct cursor *content)
{
	struct cursor line;

	if (take_line(content, "tagger ", &line))
		return fsck_ident(f, line);
	return fsck_found(f, FSCK_MISSING_TAGGER_ENTRY);
}

void fsck_tag(struct fsck *f, struct cursor content)
{
	if (check_header(f, content) && check_target(f, &content) && check_type(f, &content) &&
		check_tag_name(f, &content) && check_tagger(f, &content) &&
		!cursor_at_end(&content) && !cursor_starts(&content, "\n"))
		fsck_found(f, FSCK_EXTRA_HEADER_ENTRY);
}
