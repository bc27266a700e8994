/* SPDX-License-Identifier: ISC */
/*
 * base/gitconfig.c: git-config(1), "Syntax", over memory. Any stage; touches memory only.
 *
 * The bytes may be hostile (a repository's config is what its owner wrote). Stricter than git in
 * two points: a bare CR and a NUL are errors, wherever they would become part of a name or value.
 */
#include <string.h>
#include <strings.h>
#include "base/gitconfig.h"

const struct fault fault_config_syntax = {BLAME_HOST, "bad config line"};

#define END_OF_TEXT (-1)

/* The next character, with CR LF read as LF; END_OF_TEXT at the end, for ever. */
static int next_char(struct cursor *rest)
{
	uint8_t byte;

	if (!cursor_literal(rest, "\r\n"))
		return cursor_u8(rest, &byte) ? byte : END_OF_TEXT;
	return '\n';
}

static int take_char(struct gitconfig *config)
{
	int c = next_char(&config->rest);

	config->line += c == '\n';
	return c;
}

static int peek_char(const struct gitconfig *config)
{
	struct cursor ahead = config->rest;

	return next_char(&ahead);
}

static bool is_blank(int c)
{
	return c == ' ' || c == '\t';
}

static bool is_alpha(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_name_char(int c)
{
	return is_alpha(c) || (c >= '0' && c <= '9') || c == '-';
}

static char lower(int c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static const struct fault *bad_line(unsigned line, const char *reason)
{
	return fault_note(&fault_config_syntax, "line %u: %s", line, reason);
}

static void skip_blanks(struct gitconfig *config)
{
	while (is_blank(peek_char(config)))
		take_char(config);
}

static void skip_comment(struct gitconfig *config)
{
	int c;

	do
		c = peek_char(config);
	while (c != '\n' && c != END_OF_TEXT && take_char(config) != END_OF_TEXT);
}

/* Drops white space, empty lines and comments; what follows is a header, a key or the end. */
static void skip_to_entry(struct gitconfig *config)
{
	for (;;) {
		int c = peek_char(config);
		if (c == '#' || c == ';')
			skip_comment(config);
		else if (is_blank(c) || c == '\n')
			take_char(config);
		else
			return;
	}
}

/* Text of bounded size that is being collected; the last byte is kept for the NUL. */
struct text {
	char *bytes;
	size_t size;
	size_t len;
};

static bool text_add(struct text *text, int c)
{
	if (text->len + 1 >= text->size)
		return false;
	text->bytes[text->len++] = (char)c;
	text->bytes[text->len] = '\0';
	return true;
}

/* The quoted subsection: a backslash takes the next character as it is. */
static const struct fault *read_subsection(struct gitconfig *config)
{
	struct text sub = {config->subsection, sizeof config->subsection, 0};
	unsigned line = config->line;

	config->has_subsection = true;
	for (;;) {
		int c = take_char(config);
		if (c == '"')
			return NULL;
		if (c == '\\')
			c = take_char(config);
		if (c == END_OF_TEXT || c == '\n' || c == '\r' || c == '\0')
			return bad_line(line, "the subsection is not closed by a '\"'");
		if (!text_add(&sub, c))
			return bad_line(line, "the subsection is too long");
	}
}

/* The old form [section.subsection], all in lower case. */
static void split_at_dot(struct gitconfig *config)
{
	char *dot = strchr(config->section, '.');

	if (!dot)
		return;
	memcpy(config->subsection, dot + 1, strlen(dot + 1) + 1);
	config->has_subsection = true;
	*dot = '\0';
}

/* A header, whose '[' has been taken. */
static const struct fault *read_header(struct gitconfig *config)
{
	struct text name = {config->section, sizeof config->section, 0};
	unsigned line = config->line;

	config->has_subsection = false;
	config->section[0] = config->subsection[0] = '\0';
	while (is_name_char(peek_char(config)) || peek_char(config) == '.')
		if (!text_add(&name, lower(take_char(config))))
			return bad_line(line, "the section name is too long");
	if (!name.len || name.bytes[0] == '.')
		return bad_line(line, "a section needs a name");
	split_at_dot(config);
	if (is_blank(peek_char(config))) {
		skip_blanks(config);
		if (config->has_subsection || take_char(config) != '"')
			return bad_line(line, "expected '\"' or ']' after the section name");
		TRY(read_subsection(config));
	}
	if (take_char(config) != ']')
		return bad_line(line, "the section header is not closed by a ']'");
	return NULL;
}

/* What stands behind a backslash in a value; END_OF_TEXT if git knows no such escape. */
static int unescape(int c)
{
	static const char from[] = "ntb\"\\", to[] = "\n\t\b\"\\";
	const char *at = c > 0 ? strchr(from, c) : NULL;

	return at ? to[at - from] : END_OF_TEXT;
}

static bool ends_value(int c, bool quoted)
{
	return c == '\n' || c == END_OF_TEXT || (!quoted && (c == '#' || c == ';'));
}

/* One character of a value into OUT; *KEEP grows over all but unquoted trailing blanks. */
static const char *read_value_char(
	struct gitconfig *config, struct text *out, bool *quoted, size_t *keep)
{
	int c = take_char(config);
	bool blank = is_blank(c) && !*quoted;

	if (c == '"') {
		*quoted = !*quoted;
		*keep = out->len;
		return NULL;
	}
	if (c == '\\') {
		c = take_char(config);
		if (c == '\n') {
			*keep = out->len;
			return NULL;
		}
		c = unescape(c);
		if (c == END_OF_TEXT)
			return "unknown escape: write \\\\ for a backslash";
	} else if (c == '\r' || c == '\0') {
		return "a carriage return or NUL in the value";
	}
	if (blank && !out->len && !*keep)
		return NULL;
	if (!text_add(out, c))
		return "the value is too long";
	if (!blank)
		*keep = out->len;
	return NULL;
}

static const struct fault *read_value(struct gitconfig *config, struct gitconfig_entry *entry)
{
	struct text out = {entry->value, sizeof entry->value, 0};
	bool quoted = false;
	size_t keep = 0;

	skip_blanks(config);
	while (!ends_value(peek_char(config), quoted)) {
		const char *wrong = read_value_char(config, &out, &quoted, &keep);
		if (wrong)
			return bad_line(entry->line, wrong);
	}
	if (quoted)
		return bad_line(entry->line, "the value is not closed by a '\"'");
	entry->value[keep] = '\0';
	skip_comment(config);
	return NULL;
}

static const struct fault *read_key(struct gitconfig *config, struct gitconfig_entry *entry)
{
	struct text key = {entry->key, sizeof entry->key, 0};

	if (!config->section[0])
		return bad_line(entry->line, "a key before the first section");
	if (!is_alpha(peek_char(config)))
		return bad_line(entry->line, "expected a section, a key or a comment");
	while (is_name_char(peek_char(config)))
		if (!text_add(&key, lower(take_char(config))))
			return bad_line(entry->line, "the key is too long");
	skip_blanks(config);
	if (peek_char(config) == '\n' || peek_char(config) == END_OF_TEXT)
		return NULL;
	if (take_char(config) != '=')
		return bad_line(entry->line, "expected '=' after the key");
	entry->has_value = true;
	return read_value(config, entry);
}

void gitconfig_start(struct gitconfig *config, struct cursor text)
{
	static const char byte_order_mark[] = "\xef\xbb\xbf"; /* some editors leave it */

	config->rest = text;
	if (cursor_literal(&text, byte_order_mark))
		config->rest = text;
	config->line = 1;
	config->section[0] = config->subsection[0] = '\0';
	config->has_subsection = false;
}

const struct fault *gitconfig_next(
	struct gitconfig *config, struct gitconfig_entry *entry, bool *more)
{
	skip_to_entry(config);
	*more = peek_char(config) != END_OF_TEXT;
	entry->key[0] = entry->value[0] = '\0';
	entry->has_value = false;
	entry->line = config->line;
	if (!*more)
		return NULL;
	if (peek_char(config) == '[') {
		take_char(config);
		TRY(read_header(config));
	} else {
		TRY(read_key(config, entry));
	}
	entry->section = config->section;
	entry->subsection = config->has_subsection ? config->subsection : NULL;
	return NULL;
}

/* Digits and at most one letter of UNITS, whose worth is in WORTH; in lower or upper case. */
static bool number_with_unit(const char *value, const char *units, const uint64_t *worth,
	uint64_t bare, uint64_t max, uint64_t *out)
{
	struct cursor c = cursor_over_text(value);
	uint64_t number, factor = bare;
	uint8_t letter;

	if (!cursor_decimal(&c, UINT64_MAX, &number))
		return false;
	if (cursor_u8(&c, &letter)) {
		const char *at = letter ? strchr(units, lower(letter)) : NULL;
		if (!at || !cursor_at_end(&c))
			return false;
		factor = worth[at - units];
	}
	if (__builtin_mul_overflow(number, factor, &number) || number > max)
		return false;
	*out = number;
	return true;
}

bool gitconfig_size(const char *value, uint64_t max, uint64_t *out)
{
	static const uint64_t worth[] = {1 << 10, 1 << 20, 1 << 30};

	return number_with_unit(value, "kmg", worth, 1, max, out);
}

bool gitconfig_duration(const char *value, uint64_t max_ms, uint64_t *out)
{
	static const uint64_t worth[] = {1000, 60000, 3600000, 86400000};

	return number_with_unit(value, "smhd", worth, 1000, max_ms, out);
}

bool gitconfig_bool(const struct gitconfig_entry *entry, bool *out)
{
	static const struct {
		const char *word;
		bool means;
	} words[] = {{"true", true}, {"yes", true}, {"on", true}, {"false", false}, {"no", false},
		{"off", false}, {"", false}};
	uint64_t number;

	if (!entry->has_value) {
		*out = true;
		return true;
	}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcasecmp(entry->value, words[i].word) == 0) {
			*out = words[i].means;
			return true;
		}
	}
	if (!gitconfig_size(entry->value + (entry->value[0] == '-'), INT32_MAX, &number))
		return false;
	*out = number != 0;
	return true;
}
