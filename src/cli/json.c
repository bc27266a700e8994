/* SPDX-License-Identifier: ISC */
/* cli/json.c: touches memory only; what it writes may come from anybody. */
#include "base/cursor.h"
#include "cli/json.h"

/* --- UTF-8, RFC 3629 -------------------------------------------------------------------------- */

/* By the number of bytes: the first byte's mark, and the least code point that needs so many. */
static const struct {
	uint8_t mask, mark;
	uint32_t least;
} forms[] = {
	{0x80, 0x00, 0},
	{0xe0, 0xc0, 0x80},
	{0xf0, 0xe0, 0x800},
	{0xf8, 0xf0, 0x10000},
};

static bool is_scalar(uint32_t point)
{
	return point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
}

/* Takes a character of 1 + FOLLOWERS bytes. */
static bool take_form(struct cursor *c, size_t followers, uint32_t *point)
{
	struct cursor ahead = *c;
	uint8_t byte;

	if (!cursor_u8(&ahead, &byte) || (byte & forms[followers].mask) != forms[followers].mark)
		return false;
	*point = byte & (uint8_t)~forms[followers].mask;
	for (size_t i = 0; i < followers; i++) {
		if (!cursor_u8(&ahead, &byte) || (byte & 0xc0) != 0x80)
			return false;
		*point = *point << 6 | (byte & 0x3f);
	}
	if (*point < forms[followers].least || !is_scalar(*point))
		return false;
	*c = ahead;
	return true;
}

static bool take_character(struct cursor *c, uint32_t *point)
{
	for (size_t followers = 0; followers < sizeof forms / sizeof *forms; followers++)
		if (take_form(c, followers, point))
			return true;
	return false;
}

/* --- text ------------------------------------------------------------------------------------- */

/* What must not reach a terminal or a reader as it is. */
static bool needs_escape(uint32_t point)
{
	static const struct {
		uint32_t first, last;
	} ranges[] = {
		{0x00, 0x1f},     /* C0 */
		{0x7f, 0x9f},     /* DEL, C1 */
		{0x61c, 0x61c},   /* direction of text */
		{0x200b, 0x200f}, /* zero width, direction */
		{0x2028, 0x202e}, /* line ends, direction */
		{0x2066, 0x2069}, /* direction */
		{0xfeff, 0xfeff}, /* zero width */
	};

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (point >= ranges[i].first && point <= ranges[i].last)
			return true;
	return false;
}

static void write_string(struct buffer *out, const char *text)
{
	struct cursor c = cursor_over_text(text);

	buffer_byte(out, '"');
	while (!cursor_at_end(&c)) {
		struct cursor start = c;
		uint32_t point;
		uint8_t byte = 0;
		if (!take_character(&c, &point)) {
			if (!cursor_u8(&c, &byte))
				break;
			buffer_format(out, "\\u%04x", byte);
		} else if (point == '"' || point == '\\') {
			buffer_format(out, "\\%c", (char)point);
		} else if (needs_escape(point)) {
			buffer_format(out, "\\u%04x", (unsigned)point);
		} else {
			buffer_append(out, start.at, (size_t)(c.at - start.at));
		}
	}
	buffer_byte(out, '"');
}

/* --- values ----------------------------------------------------------------------------------- */

static void before_value(struct json *json, const char *key)
{
	if (json->follows)
		buffer_byte(json->out, ',');
	json->follows = true;
	if (!key)
		return;
	write_string(json->out, key);
	buffer_byte(json->out, ':');
}

static void begin(struct json *json, const char *key, uint8_t bracket)
{
	before_value(json, key);
	buffer_byte(json->out, bracket);
	json->follows = false;
}

static void end(struct json *json, uint8_t bracket)
{
	buffer_byte(json->out, bracket);
	json->follows = true;
}

void json_object(struct json *json, const char *key)
{
	begin(json, key, '{');
}

void json_array(struct json *json, const char *key)
{
	begin(json, key, '[');
}

void json_end_object(struct json *json)
{
	end(json, '}');
}

void json_end_array(struct json *json)
{
	end(json, ']');
}

void json_text(struct json *json, const char *key, const char *text)
{
	if (!text) {
		json_null(json, key);
		return;
	}
	before_value(json, key);
	write_string(json->out, text);
}

void json_number(struct json *json, const char *key, uint64_t number)
{
	before_value(json, key);
	buffer_format(json->out, "%llu", (unsigned long long)number);
}

void json_bool(struct json *json, const char *key, bool value)
{
	before_value(json, key);
	buffer_text(json->out, value ? "true" : "false");
}

void json_null(struct json *json, const char *key)
{
	before_value(json, key);
	buffer_text(json->out, "null");
}

void json_newline(struct json *json)
{
	buffer_byte(json->out, '\n');
	json->follows = false;
}
