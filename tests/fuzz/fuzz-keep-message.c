/* SPDX-License-Identifier: ISC */
/* What parser and keeper say to each other: what is read and written again reads the same, and a
 * message that is not whole yet moves nothing. */
#include "serve/keep_message.h"
#include "tests/fuzz/fuzz.h"

static void check_again(const struct keep_message *message, struct cursor seen)
{
	struct buffer written = BUFFER_INIT;

	keep_message_format(&written, message);
	must(!buffer_check(&written));
	must(written.len == cursor_left(&seen) && !memcmp(written.bytes, seen.at, written.len));
	buffer_free(&written);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len), before;
	struct keep_message message;
	bool whole = true;

	while (whole) {
		before = c;
		if (keep_message_parse(&c, &message, &whole)) {
			must(cursor_left(&c) == cursor_left(&before));
			return 0;
		}
		if (whole)
			check_again(&message,
				cursor_over(before.at, cursor_left(&before) - cursor_left(&c)));
	}
	must(cursor_left(&c) == cursor_left(&before));
	must(cursor_left(&c) < KEEP_MESSAGE_MAX + 2);
	return 0;
}
