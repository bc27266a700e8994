/* SPDX-License-Identifier: ISC */
/*
 * cell/wildmatch.c: matching of repository names. Stage request; touches memory only.
 *
 * The pattern is the administrator's, the name is the client's. No recursion: after a mismatch the
 * search resumes at the last star only, which is enough because a later star can stand for all
 * that an earlier one could have taken; the same holds for "**" over components.
 */
#include <string.h>
#include "cell/wildmatch.h"

/* The component before the next '/', which is dropped with it; false when nothing is left. */
static bool next_component(struct cursor *path, bool *more, struct cursor *out)
{
	if (!*more)
		return false;
	*more = cursor_until(path, '/', out);
	if (!*more)
		*out = cursor_rest(path);
	return true;
}

static bool in_range(uint8_t c, uint8_t low, uint8_t high)
{
	return c >= low && c <= high;
}

static bool is_upper(uint8_t c)
{
	return in_range(c, 'A', 'Z');
}

static bool is_lower(uint8_t c)
{
	return in_range(c, 'a', 'z');
}

static bool is_alpha(uint8_t c)
{
	return is_upper(c) || is_lower(c);
}

static bool is_digit(uint8_t c)
{
	return in_range(c, '0', '9');
}

static bool is_alnum(uint8_t c)
{
	return is_alpha(c) || is_digit(c);
}

static bool is_blank(uint8_t c)
{
	return c == ' ' || c == '\t';
}

static bool is_cntrl(uint8_t c)
{
	return c < 0x20 || c == 0x7f;
}

static bool is_graph(uint8_t c)
{
	return in_range(c, 0x21, 0x7e);
}

static bool is_print(uint8_t c)
{
	return in_range(c, 0x20, 0x7e);
}

static bool is_punct(uint8_t c)
{
	return is_graph(c) && !is_alnum(c);
}

static bool is_space(uint8_t c)
{
	return c == ' ' || in_range(c, '\t', '\r');
}

static bool is_xdigit(uint8_t c)
{
	return is_digit(c) || in_range(c, 'a', 'f') || in_range(c, 'A', 'F');
}

static const struct {
	const char *name; /* with the end of the class */
	bool (*has)(uint8_t c);
} classes[] = {
	{"alnum:]", is_alnum},
	{"alpha:]", is_alpha},
	{"blank:]", is_blank},
	{"cntrl:]", is_cntrl},
	{"digit:]", is_digit},
	{"graph:]", is_graph},
	{"lower:]", is_lower},
	{"print:]", is_print},
	{"punct:]", is_punct},
	{"space:]", is_space},
	{"upper:]", is_upper},
	{"xdigit:]", is_xdigit},
};

/* A class, whose "[:" has been taken; false if there is no such class. */
static bool take_class(struct cursor *pattern, uint8_t c, bool *has)
{
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (cursor_literal(pattern, classes[i].name)) {
			*has = *has || classes[i].has(c);
			return true;
		}
	}
	return false;
}

/* One character, perhaps behind a backslash. */
static bool take_literal(struct cursor *pattern, uint8_t *out)
{
	return cursor_u8(pattern, out) && (*out != '\\' || cursor_u8(pattern, out));
}

/* One member of a bracket, a single character or a range; LOW has been read, unescaped. */
static bool take_range(struct cursor *pattern, uint8_t low, uint8_t c, bool *has)
{
	struct cursor ahead = *pattern;
	uint8_t high = low;

	if (cursor_literal(&ahead, "-") && !cursor_starts(&ahead, "]")) {
		if (!take_literal(&ahead, &high))
			return false;
		*pattern = ahead;
	}
	*has = *has || in_range(c, low, high);
	return true;
}

/* A bracket, whose '[' has been taken: *HAS says whether C is in it; false if it is malformed. */
static bool take_bracket(struct cursor *pattern, uint8_t c, bool *has)
{
	bool negated = cursor_literal(pattern, "!") || cursor_literal(pattern, "^");
	bool first = true;
	uint8_t low;

	for (*has = false; first || !cursor_literal(pattern, "]"); first = false) {
		bool taken =
			cursor_literal(pattern, "[:")
				? take_class(pattern, c, has)
				: take_literal(pattern, &low) && take_range(pattern, low, c, has);
		if (!taken)
			return false;
	}
	*has = *has != negated;
	return true;
}

/* Takes one item of the pattern that is not a star, and says whether it matches C. */
static bool item_matches(struct cursor *pattern, uint8_t c)
{
	uint8_t item;
	bool has;

	if (cursor_literal(pattern, "["))
		return take_bracket(pattern, c, &has) && has;
	if (cursor_literal(pattern, "?"))
		return true;
	return take_literal(pattern, &item) && item == c;
}

static bool component_matches(struct cursor pattern, struct cursor name)
{
	struct cursor star_pattern = pattern, star_name = name;
	bool star = false;
	uint8_t c;

	while (!cursor_at_end(&name)) {
		if (cursor_literal(&pattern, "*")) {
			star = true;
			star_pattern = pattern;
			star_name = name;
			continue;
		}
		if (cursor_u8(&name, &c) && item_matches(&pattern, c))
			continue;
		/* the star takes one more character */
		if (!star || !cursor_skip(&star_name, 1))
			return false;
		pattern = star_pattern;
		name = star_name;
	}
	while (cursor_literal(&pattern, "*"))
		;
	return cursor_at_end(&pattern);
}

/* "**"; git takes "***" and more for the same. */
static bool is_double_star(struct cursor item)
{
	if (!cursor_literal(&item, "**"))
		return false;
	while (cursor_literal(&item, "*"))
		;
	return cursor_at_end(&item);
}

/* The rest of a path, of which every component may have been taken. */
struct path {
	struct cursor rest;
	bool more;
};

bool wildmatch(struct cursor pattern_text, struct cursor name_text)
{
	struct path pattern = {pattern_text, true}, name = {name_text, true};
	struct path star_pattern = pattern, star_name = name;
	struct cursor item, component;
	bool star = false;

	while (name.more) {
		bool have_item = next_component(&pattern.rest, &pattern.more, &item);
		if (have_item && is_double_star(item)) {
			if (!pattern.more)
				return true;
			star = true;
			star_pattern = pattern;
			star_name = name;
			continue;
		}
		if (next_component(&name.rest, &name.more, &component) && have_item &&
			component_matches(item, component))
			continue;
		/* the "**" takes one more component */
		if (!star || !next_component(&star_name.rest, &star_name.more, &component))
			return false;
		pattern = star_pattern;
		name = star_name;
	}
	return !pattern.more;
}

/* One item of a component, well formed or not. */
static const char *check_item(struct cursor *pattern)
{
	uint8_t item;
	bool has;

	if (cursor_literal(pattern, "["))
		return take_bracket(pattern, 0, &has) ? NULL
						      : "a '[' without its ']' in the same "
							"component, or an unknown [:class:]";
	return take_literal(pattern, &item) ? NULL : "a '\\' with nothing behind it";
}

const char *wildmatch_check(struct cursor pattern)
{
	struct cursor component;
	bool more = true;

	while (next_component(&pattern, &more, &component)) {
		if (cursor_at_end(&component))
			return "an empty component";
		while (!cursor_at_end(&component)) {
			const char *wrong = check_item(&component);
			if (wrong)
				return wrong;
		}
	}
	return NULL;
}
