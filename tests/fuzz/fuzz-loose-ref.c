/* SPDX-License-Identifier: ISC */
/* Loose refs: an oid that is not null, or a name below refs/, or nothing. */
#include "tests/fuzz/fuzz.h"
#include "base/refname.h"
#include "repo/loose_refs.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct loose_ref ref;

	loose_ref_parse(cursor_over(bytes, len), &hash_sha1, &ref);
	must(ref.kind != LOOSE_ABSENT);
	if (ref.kind == LOOSE_OID)
		must(!oid_is_null(&ref.oid));
	if (ref.kind == LOOSE_SYMREF)
		must(refname_valid(cursor_over_text(ref.target)) &&
			strncmp(ref.target, "refs/", 5) == 0);
	return 0;
}
