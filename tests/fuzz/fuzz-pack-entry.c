/* SPDX-License-Identifier: ISC */
/* The header of a pack entry: what is read and written again reads the same. */
#include "object/packfile.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len), d;
	uint8_t written[PACK_ENTRY_HEADER_MAX];
	struct pack_entry first, second;
	bool short_read;

	if (pack_entry_header(&c, &hash_sha1, &first, &short_read)) {
		must(!short_read && cursor_left(&c) == len);
		return 0;
	}
	if (short_read)
		return 0;
	must(first.header_size + cursor_left(&c) == len);
	d = cursor_over(written, pack_entry_header_format(written, &hash_sha1, &first));
	must(!pack_entry_header(&d, &hash_sha1, &second, NULL) && cursor_at_end(&d));
	must(first.type == second.type && first.size == second.size);
	must(first.base_distance == second.base_distance && oid_equal(&first.base, &second.base));
	return 0;
}
