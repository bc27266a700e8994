/* SPDX-License-Identifier: ISC */
/* packed-refs: what is listed is sorted and valid; what is read is all of the text. */
#include "tests/fuzz/fuzz.h"
#include "base/refname.h"
#include "repo/packed_refs.h"

/* Line after line, nothing left out and nothing read twice. */
static void read_all(struct cursor text)
{
	struct packed_reader reader;
	struct packed_ref ref;
	size_t left;
	bool more = true;

	if (packed_refs_start(&reader, text, &hash_sha1))
		return;
	for (left = cursor_left(&reader.rest); more; left = cursor_left(&reader.rest)) {
		if (packed_refs_next(&reader, &ref, &more))
			return;
		must(!more || left == cursor_left(&reader.rest) + cursor_left(&ref.lines));
	}
	must(left == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct ref_list list = REF_LIST_INIT;
	struct buffer text = BUFFER_INIT;

	read_all(cursor_over(bytes, len));
	buffer_append(&text, bytes, len);
	if (!packed_refs_list(&list, text, &hash_sha1)) {
		for (size_t i = 0; i < list.count; i++) {
			must(refname_valid(cursor_over_text(list.list[i].name)));
			must(ref_search(list.list, list.count, list.list[i].name) == &list.list[i]);
		}
	}
	ref_list_free(&list);
	return 0;
}
