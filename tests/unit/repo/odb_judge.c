/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include "tests/unit/test.h"
#include "tests/unit/repo/odb_judge.h"

static struct repo repo;

int judge_enter(void **state)
{
	int rc = scratch_enter(state);

	setenv("GIT_DIR", ".", 1);
	run("git init -q --bare . && git config gc.auto 0");
	return rc;
}

int judge_leave(void **state)
{
	unsetenv("GIT_DIR");
	return scratch_leave(state);
}

struct odb *judge_odb(void)
{
	struct odb *odb;

	assert_ok(open_repository(&repo, "."));
	assert_ok(odb_open(&odb, &repo));
	return odb;
}

struct oid judge_oid(const char *script)
{
	struct cursor c = cursor_over_text(output_of("%s", script));
	struct oid oid;

	assert_true(cursor_oid_hex(&c, &hash_sha1, &oid));
	return oid;
}

void judge_commits(int from, int to)
{
	run("i=%d; while [ $i -lt %d ]; do"
	    "  file=$(seq 300 | sed \"$((i %% 300 + 1))s/$/ changed in $i/\" | git "
	    "hash-object -w --stdin);"
	    "  small=$(echo $i | git hash-object -w --stdin);"
	    "  sub=$(printf '100644 blob %%s\\tname%%d\\n' $small $i | git mktree);"
	    "  tree=$(printf '100644 blob %%s\\tfile\\n040000 tree %%s\\tsub\\n' $file "
	    "$sub | git mktree);"
	    "  old=$(git rev-parse -q --verify refs/heads/main || :);"
	    "  git update-ref refs/heads/main $(echo commit $i | git commit-tree $tree "
	    "${old:+-p $old});"
	    "  i=$((i + 1)); done",
		from, to);
}

void judge_pack(const char *options)
{
	run("git %s repack -q -a -d -f --depth=50 --window=20 && git prune-packed", options);
}

static const struct fault *append(void *arg, const void *bytes, size_t len)
{
	buffer_append(arg, bytes, len);
	return buffer_check(arg);
}

static void compare_one(
	struct odb *odb, const struct oid *oid, const char *type, const uint8_t *bytes, size_t len)
{
	struct buffer streamed = {.limit = SIZE_MAX / 4};
	enum object_type got_type;
	struct object object;
	struct place place;
	struct oid name;
	uint64_t size;
	bool found;

	assert_ok(odb_info(odb, oid, &got_type, &size));
	assert_string_equal(object_type_name(got_type), type);
	assert_int_equal(size, len);
	assert_ok(odb_read(odb, oid, &object));
	assert_int_equal(object.type, got_type);
	assert_int_equal(cursor_left(&object.content), len);
	assert_true(memcmp(object.content.at, bytes, len) == 0);
	assert_true(object_hash(&hash_sha1, got_type, bytes, len, &name));
	assert_true(oid_equal(&name, oid));
	object_release(&object);
	assert_ok(odb_find(odb, oid, &found, &place));
	assert_true(found);
	assert_ok(odb_stream(odb, oid, &place, append, &streamed));
	assert_true(streamed.len == len && (!len || memcmp(streamed.bytes, bytes, len) == 0));
	buffer_free(&streamed);
}

unsigned judge_all(struct odb *odb)
{
	FILE *f = popen("git cat-file --batch-all-objects --unordered --batch --buffer", "r");
	char hex[OID_MAX_HEX + 1], type[16];
	unsigned count = 0;
	size_t len;

	assert_non_null(f);
	while (fscanf(f, "%64s %15s %zu", hex, type, &len) == 3) {
		uint8_t *bytes = malloc(len + 1);
		struct cursor c = cursor_over_text(hex);
		struct oid oid;

		assert_non_null(bytes);
		assert_int_equal(fgetc(f), '\n');
		assert_int_equal(fread(bytes, 1, len, f), len);
		assert_int_equal(fgetc(f), '\n');
		assert_true(cursor_oid_hex(&c, &hash_sha1, &oid));
		compare_one(odb, &oid, type, bytes, len);
		free(bytes);
		count++;
	}
	assert_int_equal(pclose(f), 0);
	return count;
}
