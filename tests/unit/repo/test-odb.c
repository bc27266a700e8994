/* SPDX-License-Identifier: ISC */
/* the object database against repositories of the installed git, and against damaged ones */
#include "tests/unit/test.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "repo/odb_parts.h"
#include "tests/unit/repo/odb_judge.h"

/* FROM to TO commits, each changing one line of a file of 300 and adding a file in a directory. */
static void commit_some(int from, int to)
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

static void pack_all(const char *options)
{
	run("git %s repack -q -a -d -f --depth=50 --window=20 && git prune-packed", options);
}

static void expect_all(unsigned at_least)
{
	struct odb *odb = judge_odb();

	assert_true(judge_all(odb) >= at_least);
	odb_close(odb);
}

static void loose_objects_are_as_git_reads_them(void **state)
{
	(void)state;
	commit_some(0, 5);
	run("git hash-object -w --stdin </dev/null >/dev/null");
	run("git tag -a -m message v1 main");
	run("head -c 3000000 /dev/urandom | git hash-object -w --stdin >/dev/null");
	run("head -c 9000000 /dev/zero | git -c core.compression=0 hash-object -w --stdin "
	    ">/dev/null");
	for (int len = 40; len < 70; len++) /* around the end of the bytes that hold the header */
		run("head -c %d /dev/zero | git hash-object -w --stdin >/dev/null", len);
	expect_all(50);
}

static void packed_objects_are_as_git_reads_them(void **state)
{
	static const char *const options[] = {
		"",
		"-c pack.indexVersion=1",
		"-c repack.useDeltaBaseOffset=false",
		"-c pack.indexVersion=1 -c repack.useDeltaBaseOffset=false",
		"-c pack.compression=0",
	};
	(void)state;

	commit_some(0, 60);
	run("git tag -a -m message v1 main");
	run("git update-ref refs/big $(head -c 3000000 /dev/urandom | git hash-object -w "
	    "--stdin)");
	run("git update-ref refs/empty $(git hash-object -w --stdin </dev/null)");
	for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
		pack_all(options[i]);
		expect_all(240);
	}
}

static void several_packs_and_loose_objects_are_one_database(void **state)
{
	(void)state;
	for (int i = 0; i < 6; i++) {
		commit_some(10 * i, 10 * (i + 1));
		run("git repack -q -d");
	}
	commit_some(60, 65);
	expect_all(250);
}

static void long_chains_are_resolved(void **state)
{
	(void)state;
	commit_some(0, 1);
	run("for i in $(seq 1500); do echo blob; echo \"data <<E\"; echo $i; seq 300; echo E; "
	    "done | git fast-import --quiet --depth=4000");
	run("git verify-pack -v objects/pack/*.idx | grep -q 'chain length = "
	    "1[0-9][0-9][0-9]'");
	expect_all(1500);
}

static void a_pack_that_arrives_later_is_seen(void **state)
{
	struct odb *odb;
	struct oid old, new;
	struct place place;
	bool found;
	(void)state;

	commit_some(0, 3);
	pack_all("");
	old = judge_oid("git rev-parse main");
	odb = judge_odb();
	assert_ok(odb_find(odb, &old, &found, &place));
	assert_true(found && place.pack && place.pack->number == 0);
	commit_some(3, 6);
	new = judge_oid("git rev-parse main");
	assert_ok(odb_find(odb, &new, &found, &place));
	assert_true(found && !place.pack);
	pack_all(""); /* one new pack has everything; the old one is gone, and still mapped */
	assert_ok(odb_find(odb, &new, &found, &place));
	assert_true(found && place.pack && place.pack->number == 1);
	assert_ok(odb_find(odb, &old, &found, &place));
	assert_true(found && place.pack->number == 0);
	assert_true(judge_all(odb) >= 18);
	odb_close(odb);
}

static void the_oldest_pack_wins(void **state)
{
	struct odb *odb;
	struct oid tip;
	struct place place;
	char oldest[OID_MAX_HEX + 1] = "";
	bool found;
	FILE *f;
	(void)state;

	commit_some(0, 3);
	run("for c in 0 1 9; do git rev-list --objects main | "
	    "git -c pack.compression=$c pack-objects -q --no-reuse-object "
	    "objects/pack/pack; done >names");
	run("n=3; for i in $(cat names); do touch -d @$((1000000000 + n)) "
	    "objects/pack/pack-$i.*; n=$((n - 1)); done; tail -1 names >last");
	f = fopen("last", "r");
	assert_int_equal(fscanf(f, "%64s", oldest), 1);
	fclose(f);
	tip = judge_oid("git rev-parse main");
	odb = judge_odb();
	assert_ok(odb_find(odb, &tip, &found, &place));
	assert_string_equal(place.pack->name, oldest);
	assert_true(odb->packs.count >= 2);
	odb_close(odb);
}

static void what_is_missing_is_said_to_be_missing(void **state)
{
	struct odb *odb;
	struct oid absent = {{1}};
	struct object object;
	struct place place;
	enum object_type type;
	uint64_t size;
	bool found = true;
	(void)state;

	odb = judge_odb();
	assert_ok(odb_find(odb, &absent, &found, &place));
	assert_false(found);
	assert_fault(odb_read(odb, &absent, &object), &fault_object_missing);
	assert_string_equal(
		fault_detail(&fault_object_missing), "0100000000000000000000000000000000000000");
	assert_fault(odb_info(odb, &absent, &type, &size), &fault_object_missing);
	odb_close(odb);
}

static void an_added_pack_is_looked_up_last(void **state)
{
	static uint8_t bytes[2][1 << 20];
	size_t len[2];
	struct odb *odb;
	struct oid old, new;
	struct place place;
	struct object object;
	bool found;
	(void)state;

	commit_some(0, 3);
	pack_all("");
	old = judge_oid("git rev-parse main");
	commit_some(3, 6);
	new = judge_oid("git rev-parse main");
	run("git rev-list --objects main | git pack-objects -q added >name");
	run("mv added-*.pack added.pack; mv added-*.idx added.idx; git reflog expire "
	    "--expire=now --all; git update-ref refs/heads/main main~3; git prune "
	    "--expire=now");
	for (int i = 0; i < 2; i++) {
		FILE *f = fopen(i ? "added.idx" : "added.pack", "r");
		len[i] = fread(bytes[i], 1, sizeof bytes[i], f);
		fclose(f);
	}
	odb = judge_odb();
	assert_ok(odb_find(odb, &new, &found, &place));
	assert_false(found);
	assert_ok(odb_add_pack(odb, cursor_over(bytes[0], len[0]), cursor_over(bytes[1], len[1])));
	assert_ok(odb_find(odb, &old, &found, &place));
	assert_true(place.pack == odb->packs.list[0]);
	assert_ok(odb_find(odb, &new, &found, &place));
	assert_true(found && place.pack == odb->added.list[0]);
	assert_ok(odb_read(odb, &new, &object));
	odb_close(odb);
	assert_int_equal(object.type, OBJECT_COMMIT); /* it outlives the database */
	assert_true(cursor_starts(&object.content, "tree "));
	object_release(&object);
}

static void stored_entries_end_where_the_next_begins(void **state)
{
	struct repo repo = {.algo = &hash_sha1};
	struct inflater inflater = {.ready = false};
	uint8_t *out = malloc(1 << 20);
	struct odb *odb;
	struct oid tip;
	struct place place;
	uint64_t at = PACK_HEADER_SIZE;
	bool found;
	(void)state;

	commit_some(0, 20);
	pack_all("");
	tip = judge_oid("git rev-parse main");
	odb = judge_odb();
	assert_ok(odb_find(odb, &tip, &found, &place));
	assert_ok(pack_order(place.pack));
	for (uint32_t i = 0; i < place.pack->idx.count; i++) {
		struct pack_entry entry;
		struct cursor zlib;
		size_t stored;

		assert_true(pack_position_at(place.pack, at, &place.position));
		assert_int_equal(place.position, place.pack->by_offset[i]);
		assert_false(pack_position_at(place.pack, at + 1, &place.position));
		place.offset = at;
		assert_ok(pack_stored(&repo, &place, &entry, &zlib));
		stored = entry.header_size + cursor_left(&zlib);
		assert_ok(inflate_whole(&inflater, &zlib, out, (size_t)entry.size));
		assert_true(cursor_at_end(&zlib));
		at += stored;
	}
	assert_int_equal(at, cursor_left(&place.pack->bytes) - 20);
	assert_false(pack_position_at(place.pack, at, &place.position));
	inflater_free(&inflater);
	free(out);
	odb_close(odb);
}

/* Reads all that an index names, and asks everything else that can be asked about it. */
static void ask_everything(struct odb *odb, const struct oid *names, size_t count)
{
	struct repo repo = {.algo = &hash_sha1};

	for (size_t i = 0; i < count; i++) {
		struct object object;
		struct place place;
		struct pack_entry entry;
		struct cursor zlib;
		enum object_type type;
		uint64_t size;
		bool found;
		const struct fault *fault = odb_read(odb, &names[i], &object);

		if (!fault)
			object_release(&object);
		(void)!odb_info(odb, &names[i], &type, &size);
		if (!odb_find(odb, &names[i], &found, &place) && found && place.pack)
			(void)!pack_stored(&repo, &place, &entry, &zlib);
	}
}

static size_t load(const char *path, uint8_t *bytes, size_t size)
{
	FILE *f = fopen(path, "r");
	size_t len = fread(bytes, 1, size, f);

	fclose(f);
	return len;
}

/* Copies of exactly the files' sizes, so that a sanitizer sees each byte too many. */
static void ask_damaged(const uint8_t *pack, size_t pack_len, const uint8_t *idx, size_t idx_len,
	const struct oid *names, size_t count)
{
	uint8_t *pack_copy = malloc(pack_len + 1), *idx_copy = malloc(idx_len + 1);
	struct odb *odb = judge_odb();

	memcpy(pack_copy + 1, pack, pack_len);
	memcpy(idx_copy + 1, idx, idx_len);
	if (!odb_add_pack(
		    odb, cursor_over(pack_copy + 1, pack_len), cursor_over(idx_copy + 1, idx_len)))
		ask_everything(odb, names, count);
	odb_close(odb);
	free(pack_copy);
	free(idx_copy);
}

static void damage_with(const char *options)
{
	static uint8_t pack[1 << 16], idx[1 << 16];
	struct oid names[64];
	size_t pack_len, idx_len, count;
	struct idx view;

	commit_some(0, 3);
	pack_all(options);
	run("mv objects/pack/pack-*.pack p; mv objects/pack/pack-*.idx i");
	pack_len = load("p", pack, sizeof pack);
	idx_len = load("i", idx, sizeof idx);
	assert_ok(idx_open(&view, cursor_over(idx, idx_len), &hash_sha1, pack_len));
	count = view.count;
	assert_true(count <= 64);
	for (uint32_t i = 0; i < count; i++)
		idx_oid(&view, i, &names[i]);
	for (size_t i = 0; i < pack_len; i++)
		for (int bit = 0; bit < 8; bit += 3) {
			pack[i] ^= (uint8_t)(1 << bit);
			ask_damaged(pack, pack_len, idx, idx_len, names, count);
			pack[i] ^= (uint8_t)(1 << bit);
		}
	for (size_t i = 0; i < idx_len; i++)
		for (int bit = 0; bit < 8; bit += 3) {
			idx[i] ^= (uint8_t)(1 << bit);
			ask_damaged(pack, pack_len, idx, idx_len, names, count);
			idx[i] ^= (uint8_t)(1 << bit);
		}
}

static void damage_to_any_byte_is_refused_or_harmless(void **state)
{
	(void)state;
	damage_with("");
}

static void damage_is_as_harmless_with_names_for_bases(void **state)
{
	(void)state;
	damage_with("-c pack.indexVersion=1 -c repack.useDeltaBaseOffset=false");
}

static void damaged_loose_objects_are_corrupt(void **state)
{
	static uint8_t bytes[4096];
	struct oid oid;
	struct odb *odb;
	struct object object;
	char hex[OID_MAX_HEX + 1], path[128];
	size_t len;
	(void)state;

	oid = judge_oid("seq 200 | git hash-object -w --stdin");
	oid_hex(&oid, &hash_sha1, hex);
	snprintf(path, sizeof path, "objects/%.2s/%s", hex, hex + 2);
	chmod(path, 0644);
	len = load(path, bytes, sizeof bytes);
	odb = judge_odb();
	for (size_t cut = 0; cut < len + 2; cut++) {
		FILE *f = fopen(path, "w");
		fwrite(bytes, 1, cut, f);
		fclose(f);
		if (cut == len) {
			assert_ok(odb_read(odb, &oid, &object));
			object_release(&object);
			continue;
		}
		assert_fault(odb_read(odb, &oid, &object), &fault_object_corrupt);
	}
	odb_close(odb);
}

/* Writes TEXT, deflated, where the loose object ab00.. would be. */
static struct oid fake_loose(const char *text, size_t len)
{
	uint8_t out[256];
	uLongf out_len = sizeof out;
	struct oid oid = {{0xab}};
	FILE *f;

	assert_int_equal(compress(out, &out_len, (const Bytef *)text, len), Z_OK);
	run("mkdir -p objects/ab");
	f = fopen("objects/ab/00000000000000000000000000000000000000", "w");
	fwrite(out, 1, out_len, f);
	fclose(f);
	return oid;
}

static void loose_headers_are_strict(void **state)
{
#define TEXT(literal)                                                                              \
	{                                                                                          \
		literal, sizeof(literal) - 1                                                       \
	}
	static const struct {
		const char *text;
		size_t len;
	} bad[] = {
		TEXT("blob 3\0abcd"),
		TEXT("blob 5\0abcd"),
		TEXT("blob 04\0abcd"),
		TEXT("blob  4\0abcd"),
		TEXT("blob 4 \0abcd"),
		TEXT("blob -4\0abcd"),
		TEXT("blob 4abcd"),
		TEXT("blob\0abcd"),
		TEXT("blobs 4\0abcd"),
		TEXT("4\0abcd"),
		TEXT("blob \0"),
		TEXT("blob 99999999999999999999\0abcd"),
		TEXT("\0"),
		TEXT("ofs-delta 4\0abcd"),
		TEXT(""),
	};
#undef TEXT
	struct odb *odb = judge_odb();
	struct object object;
	struct oid oid;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		oid = fake_loose(bad[i].text, bad[i].len);
		assert_fault(odb_read(odb, &oid, &object), &fault_object_corrupt);
	}
	oid = fake_loose("blob 4\0abcd", 11);
	assert_ok(odb_read(odb, &oid, &object));
	assert_true(cursor_is(&object.content, "abcd"));
	object_release(&object);
	oid = fake_loose("blob 0\0", 7);
	assert_ok(odb_read(odb, &oid, &object));
	assert_true(cursor_at_end(&object.content));
	object_release(&object);
	odb_close(odb);
}

static void what_is_no_regular_file_is_not_read(void **state)
{
	struct odb *odb;
	struct oid oid = {{0xcd}};
	struct object object;
	(void)state;

	run("mkdir -p objects/cd && mkfifo objects/cd/$(printf %%038d 0)");
	run("mkfifo objects/pack/pack-$(printf %%040d 0).idx");
	run("ln -s /dev/zero objects/pack/pack-$(printf %%040d 1).idx");
	run("mkdir objects/pack/pack-$(printf %%040d 2).idx");
	run("touch objects/pack/pack-$(printf %%040d 3).idx");
	odb = judge_odb();
	assert_fault(odb_read(odb, &oid, &object), &fault_repository_read);
	oid.id[0] = 0xce;
	assert_fault(odb_read(odb, &oid, &object), &fault_object_missing);
	assert_non_null(strstr(fault_detail(&fault_object_missing), "; passed over pack-0000"));
	odb_close(odb);
}

static const struct fault *count_bytes(void *arg, const void *bytes, size_t len)
{
	(void)bytes;
	*(uint64_t *)arg += len;
	return NULL;
}

static void expect_large(struct odb *odb, const struct oid *fits, const struct oid *large)
{
	uint64_t streamed = 0, size;
	enum object_type type;
	struct object object;
	struct place place;
	bool found;

	assert_ok(odb_read(odb, fits, &object));
	assert_int_equal(cursor_left(&object.content), OBJECT_MEMORY_MAX);
	object_release(&object);
	assert_fault(odb_read(odb, large, &object), &fault_object_large);
	assert_ok(odb_info(odb, large, &type, &size));
	assert_int_equal(size, OBJECT_MEMORY_MAX + 1);
	assert_ok(odb_find(odb, large, &found, &place));
	assert_ok(odb_stream(odb, large, &place, count_bytes, &streamed));
	assert_int_equal(streamed, OBJECT_MEMORY_MAX + 1);
}

static void large_objects_are_streamed_or_refused(void **state)
{
	struct oid fits, large;
	struct odb *odb;
	(void)state;

	run("git config core.compression 1");
	fits = judge_oid("head -c 134217728 /dev/zero | git hash-object -w --stdin");
	large = judge_oid("head -c 134217729 /dev/zero | git hash-object -w --stdin");
	odb = judge_odb();
	expect_large(odb, &fits, &large);
	odb_close(odb);
	run("find objects -type f | sed 's/objects//; s,/,,g' | git pack-objects -q "
	    "--window=0 objects/pack/pack >/dev/null && git prune-packed");
	odb = judge_odb();
	expect_large(odb, &fits, &large);
	odb_close(odb);
}

/* --- a pack by hand: one blob and a chain of deltas that each change nothing --- */

static const struct fault *append(void *arg, const void *bytes, size_t len)
{
	buffer_append(arg, bytes, len);
	return buffer_check(arg);
}

static void add_entry(struct buffer *pack, const struct pack_entry *entry, struct cursor content)
{
	struct deflater def = {.ready = false};
	uint8_t header[PACK_ENTRY_HEADER_MAX];

	buffer_append(pack, header, pack_entry_header_format(header, &hash_sha1, entry));
	assert_ok(deflater_start(&def));
	assert_ok(deflater_run(&def, content, true, append, pack));
	deflater_free(&def);
}

static struct oid numbered(uint32_t n)
{
	struct oid oid = {{0}};

	for (int i = 0; i < 4; i++)
		oid.id[i] = (uint8_t)(n >> (24 - 8 * i));
	return oid;
}

static void finish_pack(
	struct buffer *pack, struct buffer *idx, struct idx_entry *entries, uint32_t count)
{
	struct hash_ctx ctx;
	struct oid trailer;

	hash_sha1.init(&ctx);
	hash_sha1.update(&ctx, pack->bytes, pack->len);
	assert_true(hash_sha1.final(&ctx, &trailer));
	buffer_append(pack, trailer.id, 20);
	assert_ok(idx_format(idx, entries, count, &hash_sha1, &trailer));
}

static void chain_of(uint32_t deltas, const struct fault *expected)
{
	struct idx_entry *entries = calloc(deltas + 1, sizeof *entries);
	struct buffer pack = BUFFER_INIT, idx = BUFFER_INIT;
	struct odb *odb = judge_odb();
	struct oid last = numbered(deltas);
	struct object object;
	enum object_type type;
	uint64_t size;
	uint8_t header[PACK_HEADER_SIZE];

	pack_header_format(header, deltas + 1);
	buffer_append(&pack, header, sizeof header);
	for (uint32_t i = 0; i <= deltas; i++) {
		struct pack_entry entry = {
			.type = i ? OBJECT_OFS_DELTA : OBJECT_BLOB, .size = i ? 4 : 3};
		entries[i] = (struct idx_entry){.oid = numbered(i), .offset = pack.len};
		if (i)
			entry.base_distance = pack.len - entries[i - 1].offset;
		add_entry(&pack, &entry, i ? CURSOR("\3\3\x90\3") : CURSOR("abc"));
	}
	finish_pack(&pack, &idx, entries, deltas + 1);
	assert_ok(odb_add_pack(
		odb, cursor_over(pack.bytes, pack.len), cursor_over(idx.bytes, idx.len)));
	assert_fault(odb_info(odb, &last, &type, &size), expected);
	assert_fault(odb_read(odb, &last, &object), expected);
	if (!expected) {
		assert_true(cursor_is(&object.content, "abc"));
		assert_true(object.type == OBJECT_BLOB && type == OBJECT_BLOB && size == 3);
		object_release(&object);
	}
	odb_close(odb);
	buffer_free(&pack);
	buffer_free(&idx);
	free(entries);
}

static void chains_have_a_limit(void **state)
{
	(void)state;
	chain_of(0, NULL);
	chain_of(DELTA_CHAIN_MAX, NULL);
	chain_of(DELTA_CHAIN_MAX + 1, &fault_object_corrupt);
}

static void deltas_in_a_circle_are_refused(void **state)
{
	struct buffer pack = BUFFER_INIT, idx = BUFFER_INIT;
	struct idx_entry entries[2] = {{.oid = numbered(1)}, {.oid = numbered(2)}};
	struct odb *odb = judge_odb();
	struct oid first = numbered(1);
	struct object object;
	enum object_type type;
	uint64_t size;
	uint8_t header[PACK_HEADER_SIZE];
	(void)state;

	pack_header_format(header, 2);
	buffer_append(&pack, header, sizeof header);
	for (uint32_t i = 0; i < 2; i++) {
		struct pack_entry entry = {
			.type = OBJECT_REF_DELTA, .size = 4, .base = numbered(2 - i)};
		entries[i].offset = pack.len;
		add_entry(&pack, &entry, CURSOR("\3\3\x90\3"));
	}
	finish_pack(&pack, &idx, entries, 2);
	assert_ok(odb_add_pack(
		odb, cursor_over(pack.bytes, pack.len), cursor_over(idx.bytes, idx.len)));
	assert_fault(odb_read(odb, &first, &object), &fault_object_corrupt);
	assert_fault(odb_info(odb, &first, &type, &size), &fault_object_corrupt);
	odb_close(odb);
	buffer_free(&pack);
	buffer_free(&idx);
}

static void the_cache_is_bounded_and_forgets_the_oldest(void **state)
{
	struct base_cache cache = {0};
	struct pack pack = {.number = 3};
	struct block *kept, *got;
	(void)state;

	for (uint64_t i = 0; i < 200; i++) {
		struct block *block = block_new(OBJECT_BLOB, 1 << 20);
		base_cache_put(&cache, &pack, i, block);
		block_release(block);
		assert_true(cache.bytes <= BASE_CACHE_MAX);
		got = base_cache_get(&cache, &pack, 0); /* the first stays in use */
		assert_non_null(got);
		block_release(got);
	}
	assert_null(base_cache_get(&cache, &pack, 1));
	kept = base_cache_get(&cache, &pack, 199);
	assert_non_null(kept);
	got = block_new(OBJECT_BLOB, BASE_CACHE_OBJECT_MAX + 1);
	base_cache_put(&cache, &pack, 500, got);
	block_release(got);
	assert_null(base_cache_get(&cache, &pack, 500));
	base_cache_free(&cache);
	kept->bytes[0] = 1;
	block_release(kept);
}

static void thousands_of_packs_need_no_descriptors(void **state)
{
	struct odb *odb;
	struct oid tip;
	struct object object;
	int before, after;
	(void)state;

	run("git fast-import --quiet --export-marks=marks <<E\n"
	    "$(for i in $(seq 300); do printf 'blob\\nmark :%%d\\ndata 4\\n%%04d\\n' $i "
	    "$i; done)\nE");
	run("cut -d' ' -f2 marks | while read o; do echo $o | git pack-objects -q "
	    "objects/pack/pack; done >/dev/null");
	tip = judge_oid("tail -1 marks | cut -d' ' -f2");
	odb = judge_odb();
	before = dup(0);
	assert_ok(odb_read(odb, &tip, &object));
	object_release(&object);
	after = dup(0);
	close(before);
	close(after);
	assert_int_equal(after, before + 1);
	assert_true(odb->packs.count >= 300);
	odb_close(odb);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, judge_enter, judge_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loose_objects_are_as_git_reads_them),
		TEST(packed_objects_are_as_git_reads_them),
		TEST(several_packs_and_loose_objects_are_one_database),
		TEST(long_chains_are_resolved),
		TEST(a_pack_that_arrives_later_is_seen),
		TEST(the_oldest_pack_wins),
		TEST(what_is_missing_is_said_to_be_missing),
		TEST(an_added_pack_is_looked_up_last),
		TEST(stored_entries_end_where_the_next_begins),
		TEST(damage_to_any_byte_is_refused_or_harmless),
		TEST(damage_is_as_harmless_with_names_for_bases),
		TEST(damaged_loose_objects_are_corrupt),
		TEST(loose_headers_are_strict),
		TEST(what_is_no_regular_file_is_not_read),
		TEST(large_objects_are_streamed_or_refused),
		TEST(chains_have_a_limit),
		TEST(deltas_in_a_circle_are_refused),
		cmocka_unit_test(the_cache_is_bounded_and_forgets_the_oldest),
		TEST(thousands_of_packs_need_no_descriptors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
