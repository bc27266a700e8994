/* SPDX-License-Identifier: ISC */
/* A pack index, of a pack of five gigabytes: every offset that comes out of it is inside. */
#include "object/packfile.h"
#include "tests/fuzz/fuzz.h"

#define PACK_SIZE ((uint64_t)5 << 30)

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct idx idx;
	struct oid oid;
	uint32_t position;
	uint64_t offset;
	bool right;

	if (idx_open(&idx, cursor_over(bytes, len), &hash_sha1, PACK_SIZE))
		return 0;
	right = !idx_verify(&idx);
	for (uint32_t i = 0; i < idx.count; i++) {
		idx_oid(&idx, i, &oid);
		must(!idx_find(&idx, &oid, &position) || position < idx.count);
		must(!right || (idx_find(&idx, &oid, &position) && position == i));
		if (!idx_offset(&idx, i, &offset))
			must(offset >= PACK_HEADER_SIZE && offset < PACK_SIZE - 20);
	}
	idx_pack_checksum(&idx, &oid);
	return 0;
}
