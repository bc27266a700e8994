/* SPDX-License-Identifier: ISC */
/*
 * cli/json.h: writes JSON, RFC 8259, into a buffer.
 *
 * Text may hold any bytes. Valid UTF-8 passes through, but for what a terminal acts upon: controls
 * (C0, DEL, C1), and the characters that turn the direction of text or end a line. Those, '"' and
 * '\' are escaped. A byte that is not part of valid UTF-8 becomes the character of its number,
 * \u0080 to \u00ff: what comes out is always valid JSON, and names that are not UTF-8 are
 * recognisable, though not told from Latin-1.
 */
#ifndef CLI_JSON_H
#define CLI_JSON_H

#include <stdint.h>
#include "base/buffer.h"

struct json {
	struct buffer *out;
	bool follows; /* a comma is due before the next value */
};

/* KEY is NULL for the elements of an array, and for the outermost value. */
void json_object(struct json *json, const char *key);
void json_array(struct json *json, const char *key);
void json_end_object(struct json *json);
void json_end_array(struct json *json);
void json_text(struct json *json, const char *key, const char *text); /* NULL: null */
void json_number(struct json *json, const char *key, uint64_t number);
void json_bool(struct json *json, const char *key, bool value);
void json_null(struct json *json, const char *key);

/* Ends a document, or one line of many. */
void json_newline(struct json *json);

#endif
