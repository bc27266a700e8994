/* SPDX-License-Identifier: ISC */
/* Any bytes as a commit, a tree and a tag. */
#include "object/object.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	struct commit_view commit;
	struct tree_entry entry;
	struct tag_view tag;
	struct oid parent;

	if (!commit_view(c, &hash_sha1, &commit)) {
		must(commit.date >= 0);
		while (commit_next_parent(&commit, &hash_sha1, &parent))
			;
		must(cursor_at_end(&commit.parents));
	}
	if (!tag_view(c, &hash_sha1, &tag))
		must(object_type_name(tag.type) != NULL);
	while (!cursor_at_end(&c) && !tree_next(&c, &hash_sha1, &entry))
		must(!cursor_at_end(&entry.name));
	return 0;
}
