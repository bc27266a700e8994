/* SPDX-License-Identifier: ISC */
/* A stream of pkt-lines: what is read is written back the same, whatever the case of its digits. */
#include "tests/fuzz/fuzz.h"
#include "wire/pkt.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len), digits, data;
	uint8_t again[4];
	enum pkt_kind kind;
	size_t size;

	while (cursor_take(&c, 4, &digits) && !pkt_header(digits.at, &kind, &size)) {
		must(size <= PKT_DATA_MAX && (kind == PKT_DATA || size == 0));
		if (!cursor_take(&c, size, &data))
			break;
		pkt_digits(size, again);
		for (int i = 0; kind == PKT_DATA && i < 4; i++)
			must((again[i] | 0x20) == (digits.at[i] | 0x20));
	}
	return 0;
}
