/* SPDX-License-Identifier: ISC */
/* tests/unit/repo/scratch.c: repositories that the installed git makes and judges. */
#include "tests/unit/repo/scratch.h"
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "base/buffer.h"

static char root[64];
static struct repo repo;

void scratch_make(void)
{
	strcpy(root, "/tmp/gitcell-scratch-XXXXXX");
	assert_non_null(mkdtemp(root));
	assert_int_equal(chdir(root), 0);
	setenv("HOME", root, 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_AUTHOR_NAME", "A", 1);
	setenv("GIT_AUTHOR_EMAIL", "a@example.org", 1);
	setenv("GIT_COMMITTER_NAME", "C", 1);
	setenv("GIT_COMMITTER_EMAIL", "c@example.org", 1);
	setenv("GIT_DIR", root, 1);
	scratch_run("git init -q --bare . && git config gc.auto 0");
}

void scratch_remove(void)
{
	char command[128];

	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof command, "rm -rf '%s'", root);
	assert_int_equal(system(command), 0);
}

void scratch_run(const char *format, ...)
{
	char command[4096];
	va_list args;

	va_start(args, format);
	vsnprintf(command, sizeof command, format, args);
	va_end(args);
	if (system(command) != 0)
		fail_msg("failed: %s", command);
}

struct oid scratch_oid(const char *format, ...)
{
	char command[4096], line[128] = "";
	struct cursor c;
	struct oid oid;
	va_list args;
	FILE *f;

	va_start(args, format);
	vsnprintf(command, sizeof command, format, args);
	va_end(args);
	f = popen(command, "r");
	assert_non_null(f);
	assert_non_null(fgets(line, sizeof line, f));
	pclose(f);
	c = cursor_over_text(line);
	assert_true(cursor_oid_hex(&c, &hash_sha1, &oid));
	return oid;
}

static void place_descriptor(const char *path, int number)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	assert_true(fd >= 0);
	if (fd != number) {
		assert_int_equal(dup3(fd, number, O_CLOEXEC), number);
		close(fd);
	}
}

struct odb *scratch_odb(void)
{
	struct odb *odb;

	repo.algo = &hash_sha1;
	place_descriptor(".", FD_REPO);
	place_descriptor("objects", FD_OBJECTS);
	place_descriptor("objects/pack", FD_PACK);
	place_descriptor("refs", FD_REFS);
	assert_ok(odb_open(&odb, &repo));
	return odb;
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

unsigned scratch_compare(struct odb *odb)
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
