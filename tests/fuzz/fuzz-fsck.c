/* SPDX-License-Identifier: ISC */
/* Any bytes as each of the objects that are checked, and as the blobs that Git reads. */
#include "object/fsck.h"
#include "tests/fuzz/fuzz.h"

static bool count(void *arg, const struct fsck_message *message)
{
	unsigned *left = arg;

	must(fsck_message_by_id(message->id) == message);
	must(*left > 0);
	return --*left > 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const struct cursor c = cursor_over(bytes, len);

	for (unsigned limit = 1; limit < 1000000; limit *= 1000) {
		unsigned left[5] = {limit, limit, limit, limit, limit};
		fsck_object(OBJECT_COMMIT, c, &hash_sha1, count, &left[0], NULL);
		fsck_object(OBJECT_TREE, c, &hash_sha1, count, &left[1], NULL);
		fsck_object(OBJECT_TAG, c, &hash_sha1, count, &left[2], NULL);
		fsck_gitmodules(c, count, &left[3]);
		fsck_gitattributes(c, count, &left[4]);
	}
	return 0;
}
