/* SPDX-License-Identifier: ISC */
/*
 * object/fsck_ident.c: who and when, "A U Thor <author@example.com> 1112911993 -0700", as fsck of
 * commits and tags wants it. Any stage; the line is hostile; touches memory only.
 */
#include "object/fsck_private.h"

static bool next_is(const struct cursor *line, uint8_t byte)
{
	return !cursor_at_end(line) && *line->at == byte;
}

static bool next_is_digit(const struct cursor *line)
{
	return !cursor_at_end(line) && *line->at >= '0' && *line->at <= '9';
}

/* Takes what is no angle bracket; *LAST is its last byte, if it is not empty. */
static void take_text(struct cursor *line, uint8_t *last)
{
	while (!cursor_at_end(line) && !next_is(line, '<') && !next_is(line, '>'))
		if (!cursor_u8(line, last))
			return;
}

static bool take_blanks(struct cursor *line)
{
	while (cursor_literal(line, " ") || cursor_literal(line, "\t"))
		continue;
	return next_is_digit(line);
}

/* Leaves LINE behind the '>'. */
static bool check_name_and_email(struct fsck *f, struct cursor *line)
{
	uint8_t last = 0;

	if (next_is(line, '<'))
		return fsck_ends_with(f, FSCK_MISSING_NAME_BEFORE_EMAIL);
	take_text(line, &last);
	if (next_is(line, '>'))
		return fsck_ends_with(f, FSCK_BAD_NAME);
	if (!cursor_literal(line, "<"))
		return fsck_ends_with(f, FSCK_MISSING_EMAIL);
	if (last != ' ')
		return fsck_ends_with(f, FSCK_MISSING_SPACE_BEFORE_EMAIL);
	take_text(line, &last);
	if (!cursor_literal(line, ">"))
		return fsck_ends_with(f, FSCK_BAD_EMAIL);
	return true;
}

/* Leaves LINE at the time zone. */
static bool check_date(struct fsck *f, struct cursor *line)
{
	struct cursor zero;
	uint64_t seconds;

	if (!cursor_literal(line, " "))
		return fsck_ends_with(f, FSCK_MISSING_SPACE_BEFORE_DATE);
	if (!take_blanks(line))
		return fsck_ends_with(f, FSCK_BAD_DATE);
	zero = *line;
	if (cursor_literal(&zero, "0") && !next_is(&zero, ' '))
		return fsck_ends_with(f, FSCK_ZERO_PADDED_DATE);
	if (!cursor_decimal(line, INT64_MAX, &seconds))
		return fsck_ends_with(f, FSCK_BAD_DATE_OVERFLOW);
	if (!cursor_literal(line, " "))
		return fsck_ends_with(f, FSCK_BAD_DATE);
	return true;
}

static bool is_timezone(struct cursor *line)
{
	if (!cursor_literal(line, "+") && !cursor_literal(line, "-"))
		return false;
	for (int digits = 0; digits < 4; digits++)
		if (!next_is_digit(line) || !cursor_skip(line, 1))
			return false;
	return cursor_at_end(line);
}

bool fsck_ident(struct fsck *f, struct cursor line)
{
	if (check_name_and_email(f, &line) && check_date(f, &line) && !is_timezone(&line))
		fsck_found(f, FSCK_BAD_TIMEZONE);
	return !f->stopped;
}
