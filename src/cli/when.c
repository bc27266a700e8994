/* SPDX-License-Identifier: ISC */
/* cli/when.c: touches memory and the time zone. */
#include <time.h>
#include "base/cursor.h"
#include "cli/when.h"

const struct fault fault_when = {BLAME_HOST, "not a time"};

static const struct {
	char name;
	int64_t seconds;
} units[] = {
	{'s', 1},
	{'m', 60},
	{'h', 3600},
	{'d', 86400},
	{'w', 7 * 86400},
};

#define UNIT_COUNT (sizeof units / sizeof *units)
#define AGE_MAX 1000000000 /* of any unit; far before the epoch */

static bool parse_age(struct cursor c, int64_t now, int64_t *out)
{
	uint64_t count;
	uint8_t unit;

	if (!cursor_literal(&c, "-") || !cursor_decimal(&c, AGE_MAX, &count) ||
		!cursor_u8(&c, &unit) || !cursor_at_end(&c))
		return false;
	for (size_t i = 0; i < UNIT_COUNT; i++) {
		if (units[i].name == unit) {
			*out = now - (int64_t)count * units[i].seconds;
			return true;
		}
	}
	return false;
}

/* Takes DIGITS decimal digits, MIN to MAX. */
static bool take_digits(struct cursor *c, size_t digits, int min, int max, int *out)
{
	struct cursor word;
	uint64_t number;

	if (!cursor_take(c, digits, &word) || !cursor_decimal(&word, (uint64_t)max, &number) ||
		!cursor_at_end(&word) || (int)number < min)
		return false;
	*out = (int)number;
	return true;
}

static bool take_date(struct cursor *c, struct tm *tm)
{
	if (!take_digits(c, 4, 1970, 9999, &tm->tm_year) || !cursor_literal(c, "-") ||
		!take_digits(c, 2, 1, 12, &tm->tm_mon) || !cursor_literal(c, "-") ||
		!take_digits(c, 2, 1, 31, &tm->tm_mday))
		return false;
	tm->tm_year -= 1900;
	tm->tm_mon -= 1;
	return true;
}

static bool take_clock(struct cursor *c, struct tm *tm)
{
	if (!cursor_literal(c, " ") && !cursor_literal(c, "T"))
		return false;
	if (!take_digits(c, 2, 0, 23, &tm->tm_hour) || !cursor_literal(c, ":") ||
		!take_digits(c, 2, 0, 59, &tm->tm_min))
		return false;
	return cursor_at_end(c) ||
	       (cursor_literal(c, ":") && take_digits(c, 2, 0, 59, &tm->tm_sec));
}

static bool parse_date(struct cursor c, int64_t *out)
{
	struct tm tm = {.tm_isdst = -1}, asked;
	time_t time;

	if (!take_date(&c, &tm) || (!cursor_at_end(&c) && !take_clock(&c, &tm)) ||
		!cursor_at_end(&c))
		return false;
	asked = tm;
	time = mktime(&tm);
	/* mktime() makes the 31st of February a day in March */
	if (time == (time_t)-1 || tm.tm_mday != asked.tm_mday)
		return false;
	*out = time;
	return true;
}

const struct fault *when_parse(const char *text, int64_t now, int64_t *out)
{
	struct cursor c = cursor_over_text(text);

	if (parse_age(c, now, out) || parse_date(c, out))
		return NULL;
	return fault_note(
		&fault_when, "\"%.64s\": give YYYY-MM-DD, YYYY-MM-DD HH:MM[:SS] or -2h", text);
}

void when_format(int64_t seconds, struct buffer *out)
{
	time_t time = seconds;
	struct tm tm;
	char text[64];

	if (localtime_r(&time, &tm) && strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm))
		buffer_text(out, text);
	else
		buffer_format(out, "@%lld", (long long)seconds);
}

/* The two largest units that count. */
void when_format_age(uint64_t seconds, struct buffer *out)
{
	size_t i = UNIT_COUNT - 1;
	uint64_t unit;

	while (i > 0 && seconds < (uint64_t)units[i].seconds)
		i--;
	unit = (uint64_t)units[i].seconds;
	buffer_format(out, "%llu%c", (unsigned long long)(seconds / unit), units[i].name);
	if (i > 0)
		buffer_format(out, " %llu%c",
			(unsigned long long)(seconds % unit / (uint64_t)units[i - 1].seconds),
			units[i - 1].name);
}
