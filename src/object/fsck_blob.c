/* SPDX-License-Identifier: ISC */
/*
 * object/fsck_blob.c: fsck of .gitmodules and .gitattributes. Any stage; they are hostile; touches
 * memory only.
 *
 * .gitmodules is read here as git's own reader of configurations takes it, not by base/gitconfig.h:
 * that one is stricter and has limits, and what it would refuse, a client's git would still read
 * and obey. A value is never longer than the blob.
 */
#include "base/buffer.h"
#include "object/fsck_private.h"

#define END (-1)

struct reader {
	struct cursor rest;
	struct buffer section; /* "section" or "section.sub" */
	struct buffer key;
	struct buffer value;
	bool has_value;
	/* What the section is to git-submodule(1), found once, however many keys it has. */
	bool is_submodule;
	bool name_checked;
	struct cursor name;
	struct cursor fixed_key; /* see split_section(); at NULL if there is none */
};

/* CR LF is read as LF; the end of the text ends a line. */
static int take_byte(struct cursor *rest)
{
	uint8_t byte;

	if (!cursor_u8(rest, &byte))
		return END;
	return byte == '\r' && cursor_literal(rest, "\n") ? '\n' : byte;
}

static int take(struct reader *r)
{
	return take_byte(&r->rest);
}

static int peek(const struct reader *r)
{
	struct cursor ahead = r->rest;

	return take_byte(&ahead);
}

static bool is_line_end(int c)
{
	return c == '\n' || c == END;
}

static bool is_space(int c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool is_letter(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_key(int c)
{
	return is_letter(c) || (c >= '0' && c <= '9') || c == '-';
}

static uint8_t lower(int c)
{
	return (uint8_t)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Git keeps it as a C string, which a NUL ends. */
static struct cursor c_text(struct buffer *b)
{
	return cursor_over_text(buffer_cstr(b));
}

/*
 * Git appends ".key" to the section and parts the result at its last dot. Where a NUL hides the key
 * from it, that dot stands in the section: [submodule "x.url\0"].
 */
static void split_section(struct reader *r)
{
	struct cursor text = c_text(&r->section), part;
	bool cut = cursor_left(&text) != r->section.len;

	r->is_submodule = cursor_literal(&text, "submodule.");
	r->name_checked = false;
	r->name = text;
	r->fixed_key = (struct cursor){NULL, NULL};
	if (!cut)
		return;
	r->fixed_key = text;
	while (cursor_until(&r->fixed_key, '.', &part))
		r->name = (struct cursor){text.at, part.end};
	r->is_submodule &= r->fixed_key.at != text.at;
}

/* The quoted part of [section "sub"], behind the blank. */
static bool read_subsection(struct reader *r)
{
	int c;

	while (is_space(peek(r)))
		if (take(r) == '\n')
			return false;
	if (take(r) != '"')
		return false;
	buffer_byte(&r->section, '.');
	while ((c = take(r)) != '"') {
		if (c == '\\')
			c = take(r);
		if (is_line_end(c))
			return false;
		buffer_byte(&r->section, (uint8_t)c);
	}
	return take(r) == ']';
}

/* A header, behind its '['. */
static bool read_header(struct reader *r)
{
	bool ok = false;
	int c;

	buffer_reset(&r->section);
	while (is_key(c = take(r)) || c == '.')
		buffer_byte(&r->section, lower(c));
	if (c == ']')
		ok = r->section.len > 0;
	else if (c != '\n' && is_space(c))
		ok = read_subsection(r);
	split_section(r);
	return ok;
}

/* What stands behind a backslash: a byte, '\n' for a continued line in *CONTINUED, or END. */
static int read_escape(struct reader *r, bool *continued)
{
	static const char from[] = "tbn\\\"", to[] = "\t\b\n\\\"";
	int c = take(r);
	const char *at = c > 0 ? strchr(from, c) : NULL;

	*continued = is_line_end(c);
	return at ? to[at - from] : END;
}

/* Takes one byte into the value; *KEEP is how much of it is more than blanks at the end. */
static bool read_value_byte(struct reader *r, int c, bool *quoted, size_t *keep)
{
	bool continued = false, blank = is_space(c) && !*quoted;

	if (c == '"') {
		*quoted = !*quoted;
	} else if (c == '\\') {
		c = read_escape(r, &continued);
		if (c == END && !continued)
			return false;
		if (!continued)
			buffer_byte(&r->value, (uint8_t)c);
	} else if (!blank || r->value.len) {
		buffer_byte(&r->value, (uint8_t)c);
	}
	if (!blank)
		*keep = r->value.len;
	return true;
}

/* A value, behind its '='. Blanks around it are dropped. */
static bool read_value(struct reader *r)
{
	bool quoted = false;
	size_t keep = 0;
	int c;

	while (!is_line_end(c = take(r))) {
		if (!quoted && (c == '#' || c == ';')) {
			while (!is_line_end(take(r)))
				continue;
			break;
		}
		if (!read_value_byte(r, c, &quoted, &keep))
			return false;
	}
	r->value.len = keep;
	return !quoted;
}

/* An entry, whose key begins with FIRST. */
static bool read_entry(struct reader *r, int first)
{
	int c;

	buffer_reset(&r->key);
	buffer_reset(&r->value);
	buffer_byte(&r->key, lower(first));
	while (is_key(peek(r)))
		buffer_byte(&r->key, lower(take(r)));
	do
		c = take(r);
	while (c == ' ' || c == '\t');
	r->has_value = c == '=';
	return r->has_value ? read_value(r) : is_line_end(c);
}

/* Reads up to the next entry; *MORE is false at the end. False if it cannot be parsed. */
static bool next_entry(struct reader *r, bool *more)
{
	for (;;) {
		int c = take(r);
		*more = c != END;
		if (c == '#' || c == ';')
			while (!is_line_end(take(r)))
				continue;
		else if (c == '[') {
			if (!read_header(r))
				return false;
		} else if (!is_space(c))
			return c == END || (is_letter(c) && read_entry(r, c));
	}
}

static bool path_allowed(struct cursor path)
{
	return !cursor_starts(&path, "-");
}

/* A command to run is for the user's own configuration. */
static bool update_allowed(struct cursor update)
{
	return !cursor_starts(&update, "!");
}

static void check_entry(struct fsck *f, struct reader *r)
{
	static const struct {
		const char *key;
		bool (*allowed)(struct cursor value);
		enum fsck_id id;
	} keys[] = {
		{"url", submodule_url_allowed, FSCK_GITMODULES_URL},
		{"path", path_allowed, FSCK_GITMODULES_PATH},
		{"update", update_allowed, FSCK_GITMODULES_UPDATE},
	};
	struct cursor key = r->fixed_key.at ? r->fixed_key : c_text(&r->key);

	if (!r->is_submodule)
		return;
	if (!r->name_checked && !submodule_name_allowed(r->name))
		fsck_found(f, FSCK_GITMODULES_NAME);
	r->name_checked = true;
	for (size_t i = 0; r->has_value && i < sizeof keys / sizeof keys[0]; i++)
		if (cursor_is(&key, keys[i].key) && !keys[i].allowed(c_text(&r->value)))
			fsck_found(f, keys[i].id);
}

static struct cursor without_bom(struct cursor text)
{
	struct cursor rest = text;

	return cursor_literal(&rest, "\xef\xbb\xbf") ? rest : text;
}

static void check_entries(struct fsck *f, struct reader *r)
{
	bool more = true;

	while (more && !f->stopped) {
		bool ok = next_entry(r, &more);
		if (buffer_check(&r->section) || buffer_check(&r->key) || buffer_check(&r->value)) {
			fsck_found(f, FSCK_GITMODULES_LARGE);
			return;
		}
		if (!ok) {
			fsck_found(f, FSCK_GITMODULES_PARSE);
			return;
		}
		if (more)
			check_entry(f, r);
	}
}

void fsck_gitmodules(struct cursor content, fsck_report *report, void *arg)
{
	struct fsck f = {.report = report, .arg = arg};
	struct reader r = {.rest = without_bom(content)};

	r.section.limit = r.key.limit = r.value.limit = FSCK_BLOB_MAX;
	if (cursor_left(&content) > FSCK_BLOB_MAX)
		fsck_found(&f, FSCK_GITMODULES_LARGE);
	else
		check_entries(&f, &r);
	buffer_free(&r.section);
	buffer_free(&r.key);
	buffer_free(&r.value);
}

/* Git reads it as a C string. */
static bool has_long_line(struct cursor content)
{
	struct cursor text = content, line;

	if (cursor_until(&content, '\0', &line))
		text = line;
	while (cursor_until(&text, '\n', &line))
		if (cursor_left(&line) > FSCK_ATTRIBUTES_LINE_MAX)
			return true;
	return cursor_left(&text) > FSCK_ATTRIBUTES_LINE_MAX;
}

void fsck_gitattributes(struct cursor content, fsck_report *report, void *arg)
{
	struct fsck f = {.report = report, .arg = arg};

	if (cursor_left(&content) > FSCK_BLOB_MAX)
		fsck_found(&f, FSCK_GITATTRIBUTES_LARGE);
	else if (has_long_line(content))
		fsck_found(&f, FSCK_GITATTRIBUTES_LINE_LENGTH);
}
