/* SPDX-License-Identifier: ISC */
/* pack_plan, pack_send: in which form each object goes, in which order, and that git takes it */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "object/inflate.h"
#include "serve/pack_send.h"
#include "tests/made/pack.h"
#include "tests/unit/repo/scratch.h"

static struct repo repo;
static struct odb *odb;
static struct pack_plan plan;
static struct stream stream;
static struct sideband sideband;

static void open_it(const char *path)
{
	assert_ok(open_repository(&repo, path));
	assert_ok(odb_open(&odb, &repo));
	pack_plan_init(&plan, odb, &repo);
}

static void close_it(void)
{
	pack_plan_free(&plan);
	odb_close(odb);
}

/* r: twelve versions of one file, packed with deltas, and one loose commit upon them. */
static int open_group(void **state)
{
	if (scratch_enter(state))
		return -1;
	run("git init -q -b main r; cd r; for i in $(seq 12); do seq $((i * 50)) > f; "
	    "git add f; git commit -qm $i; done; git repack -qadf --depth=20 --window=20; "
	    "echo loose > g; git add g; git commit -qm loose; "
	    "git checkout -qb revert; seq 550 > f; git commit -qam revert");
	return 0;
}

static void add(const char *revisions)
{
	const char *line = output_of("git -C r rev-list --objects --no-object-names %s", revisions);

	for (; *line; line = strchr(line, '\n') + 1) {
		struct cursor c = cursor_over_text(line);
		struct oid oid;
		assert_true(cursor_oid_hex(&c, &hash_sha1, &oid));
		assert_ok(pack_plan_add(&plan, &oid));
	}
}

/* Sends the plan into the file "sent". */
static const struct fault *send_plan(bool ofs)
{
	int out = open("sent", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	const struct fault *fault;
	uint64_t bytes;

	assert_true(out >= 0);
	stream_init(&stream, out, out);
	sideband_init(&sideband, &stream, 0);
	fault = pack_send(&plan, &sideband, ofs, &bytes);
	if (!fault)
		fault = sideband_end(&sideband, false);
	if (!fault)
		fault = stream_flush(&stream);
	if (!fault)
		assert_int_equal(lseek(out, 0, SEEK_END), bytes);
	close(out);
	return fault;
}

/* Reads "sent": how many entries are of TYPE; no base may come after what builds on it. */
static uint32_t count_sent(enum object_type type)
{
	static uint8_t bytes[1 << 22];
	struct inflater inflater = {0};
	uint32_t count, found = 0;
	FILE *file = fopen("sent", "rb");
	size_t len;
	struct cursor c;

	assert_non_null(file);
	len = fread(bytes, 1, sizeof bytes, file);
	fclose(file);
	c = cursor_over(bytes, len);
	assert_ok(pack_header(&c, &count));
	assert_int_equal(count, plan.map.count);
	for (uint32_t i = 0; i < count; i++) {
		struct pack_entry entry;
		uint8_t *content;

		assert_ok(pack_entry_header(&c, &hash_sha1, &entry, NULL));
		content = calloc(1, entry.size + 1);
		assert_non_null(content);
		assert_ok(inflate_whole(&inflater, &c, content, entry.size));
		free(content);
		found += entry.type == type;
	}
	assert_int_equal(cursor_left(&c), 20);
	inflater_free(&inflater);
	return found;
}

static uint32_t count_form(enum plan_form form)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < plan.map.count; i++)
		count += plan.list[i].form == form;
	return count;
}

/* Every base of the plan was written before what builds on it. */
static void assert_bases_first(void)
{
	for (uint32_t i = 0; i < plan.map.count; i++) {
		const struct planned *planned = &plan.list[i];
		assert_true(planned->written_at != PLAN_NOT_WRITTEN);
		if (planned->form == FORM_DELTA)
			assert_true(
				plan.list[planned->base_number].written_at < planned->written_at);
	}
}

/* --- whole packs ------------------------------------------------------------------------------ */

static void what_is_packed_goes_as_it_lies(void **state)
{
	uint32_t stored;
	(void)state;

	open_it("r/.git");
	add("main");
	assert_ok(pack_plan_settle(&plan, NULL, false, false));
	stored = (uint32_t)strtoul(output_of("cd r; git verify-pack -v .git/objects/pack/*.idx | "
					     "awk 'NF == 7' | wc -l"),
		NULL, 10);
	assert_true(stored > 5);
	assert_int_equal(count_form(FORM_DELTA), stored);
	assert_int_equal(count_form(FORM_REPACK), 3); /* the loose commit, its tree, its blob */
	assert_int_equal(count_form(FORM_THIN_DELTA), 0);
	assert_int_equal(plan.deltas, stored);
	assert_int_equal(plan.reused, plan.map.count - 3);
	close_it();
}

static void git_takes_what_is_sent(void **state)
{
	(void)state;
	for (int ofs = 0; ofs < 2; ofs++) {
		open_it("r/.git");
		add("main");
		assert_ok(pack_plan_settle(&plan, NULL, false, false));
		assert_ok(send_plan(ofs));
		assert_bases_first();
		assert_int_equal(count_sent(OBJECT_OFS_DELTA), ofs ? plan.deltas : 0);
		assert_int_equal(count_sent(OBJECT_REF_DELTA), ofs ? 0 : plan.deltas);
		run("rm -rf x; git init -q --bare x; git -C x index-pack --strict --fix-thin "
		    "--stdin "
		    "< sent; git -C x cat-file --batch-all-objects --batch-check | sort > theirs; "
		    "git -C r rev-list --objects --no-object-names main | git -C r cat-file "
		    "--batch-check | sort > ours; cmp ours theirs");
		close_it();
	}
}

static void nothing_is_a_pack_too(void **state)
{
	(void)state;
	open_it("r/.git");
	assert_ok(pack_plan_settle(&plan, NULL, false, false));
	assert_ok(send_plan(true));
	assert_int_equal(count_sent(OBJECT_BLOB), 0);
	close_it();
}

static void an_object_goes_once(void **state)
{
	uint32_t count;
	(void)state;

	open_it("r/.git");
	add("main");
	count = plan.map.count;
	add("main~3");
	assert_int_equal(plan.map.count, count);
	close_it();
}

static void what_is_missing_cannot_be_planned(void **state)
{
	static const struct oid missing = {{0xab}};
	(void)state;

	open_it("r/.git");
	assert_fault(pack_plan_add(&plan, &missing), &fault_object_missing);
	close_it();
}

/* --- parts of a repository -------------------------------------------------------------------- */

/* A walk_visit. */
static const struct fault *plan_object(void *arg, const struct oid *oid, enum object_type type)
{
	(void)arg;
	(void)type;
	return pack_plan_add(&plan, oid);
}

/* Both outlive the plan: it asks the walk for versions while it is sent. */
static struct graph graph;
static struct walk *walk;

/* "revert" brings an older version of the file back, which is stored as a delta upon the one that
 * main has, and the client, too. */
static void plan_revert(bool thin)
{
	struct oid tip = oid_of("r", "revert"), old = oid_of("r", "main");

	graph_init(&graph, odb, repo.algo);
	assert_ok(walk_new(&walk, &graph));
	assert_ok(walk_exclude(walk, &old));
	assert_ok(walk_include(walk, &tip));
	assert_ok(walk_run(walk, plan_object, NULL));
	assert_int_equal(plan.map.count, 3);
	assert_ok(pack_plan_settle(&plan, walk, thin, thin));
}

static void end_walk(void)
{
	walk_free(walk);
	graph_free(&graph);
}

static void a_delta_whose_base_stays_behind_is_made_whole(void **state)
{
	(void)state;
	open_it("r/.git");
	plan_revert(false);
	assert_int_equal(count_form(FORM_REPACK), 3);
	assert_int_equal(plan.deltas, 0);
	assert_ok(send_plan(true));
	assert_int_equal(count_sent(OBJECT_BLOB), 1);
	run("git init -q --bare whole; git -C whole index-pack --stdin < sent");
	end_walk();
	close_it();
}

/* It names its base, however it was stored. */
static void a_delta_whose_base_the_client_has_goes_thin(void **state)
{
	(void)state;
	open_it("r/.git");
	plan_revert(true);
	assert_int_equal(count_form(FORM_THIN_DELTA), 1);
	assert_int_equal(count_form(FORM_MADE_DELTA), 1); /* the tree, which is too small for it */
	assert_int_equal(count_form(FORM_REPACK), 1);
	assert_ok(send_plan(true));
	assert_int_equal(count_sent(OBJECT_REF_DELTA), 1);
	assert_int_equal(plan.made, 0);
	run("git init -q --bare thin; ! git -C thin index-pack --stdin < sent; "
	    "git -C thin fetch -q ../r main; git -C thin index-pack --stdin --fix-thin < sent; "
	    "git -C thin cat-file -p $(git -C r rev-parse revert):f | cmp - r/f");
	end_walk();
	close_it();
}

/* A history of loose objects: each version of the file becomes a delta upon the next, and the
 * newest upon what the client has. */
static void plan_loose(bool thin, const char *old)
{
	struct oid tip, have;

	run("rm -rf loose; git init -q loose; cd loose; for i in 1 2 3 4 5 6; do seq $i 3000 >f; "
	    "git add f; "
	    "git commit -q -m $i; git tag v$i; done");
	open_it("loose/.git");
	tip = oid_of("loose", "v6");
	graph_init(&graph, odb, repo.algo);
	assert_ok(walk_new(&walk, &graph));
	if (old) {
		have = oid_of("loose", old);
		assert_ok(walk_exclude(walk, &have));
	}
	assert_ok(walk_include(walk, &tip));
	assert_ok(walk_run(walk, plan_object, NULL));
	assert_ok(pack_plan_settle(&plan, walk, thin, thin));
}

static void versions_of_a_loose_file_become_deltas(void **state)
{
	(void)state;
	plan_loose(false, NULL);
	assert_ok(send_plan(true));
	assert_int_equal(plan.made, 5);
	assert_int_equal(count_sent(OBJECT_OFS_DELTA), 5);
	run("git init -q --bare all; git -C all index-pack --strict --stdin < sent; "
	    "git -C all update-ref refs/heads/x $(git -C loose rev-parse v6); "
	    "git -C all fsck --full --strict");
	end_walk();
	close_it();
}

static void made_deltas_name_their_base_where_offsets_are_not_asked_for(void **state)
{
	(void)state;
	plan_loose(false, NULL);
	assert_ok(send_plan(false));
	assert_int_equal(count_sent(OBJECT_REF_DELTA), 5);
	run("git init -q --bare named; git -C named index-pack --strict --stdin < sent");
	end_walk();
	close_it();
}

static void the_newest_version_leans_on_what_the_client_has(void **state)
{
	(void)state;
	plan_loose(true, "v3");
	assert_ok(send_plan(true));
	assert_int_equal(plan.made, 3);
	assert_int_equal(count_sent(OBJECT_REF_DELTA), 1);
	run("git init -q --bare lean; ! git -C lean index-pack --stdin < sent; "
	    "git -C lean fetch -q ../loose v3:refs/heads/old; "
	    "git -C lean index-pack --strict --fix-thin --stdin < sent; "
	    "git -C lean update-ref refs/heads/x $(git -C loose rev-parse v6); "
	    "git -C lean fsck --full --strict");
	end_walk();
	close_it();
}

static void without_thin_nothing_leans_on_the_client(void **state)
{
	(void)state;
	plan_loose(false, "v3");
	assert_ok(send_plan(true));
	assert_int_equal(plan.made, 2);
	assert_int_equal(count_sent(OBJECT_REF_DELTA), 0);
	run("git init -q --bare alone; git -C alone index-pack --stdin < sent");
	end_walk();
	close_it();
}

/* --- circles ---------------------------------------------------------------------------------- */

static struct buffer texts[2], packs[2], idxs[2];

/* Pack I has the text I whole, and the other one as a delta upon it. */
static void make_pack(int i)
{
	struct cursor base = made_cursor(&texts[i]), other = made_cursor(&texts[!i]);
	struct idx_entry entries[2] = {0};
	struct buffer delta = BUFFER_INIT;
	struct oid checksum = {{0}};

	made_delta_start(&delta, cursor_left(&base), cursor_left(&other));
	made_delta_copy(&delta, 0, 100);
	made_delta_insert(&delta, texts[!i].bytes + 100, 1);
	made_pack_start(&packs[i], 2);
	entries[0].offset = made_pack_whole(&packs[i], OBJECT_BLOB, base);
	entries[0].oid = made_oid(OBJECT_BLOB, base);
	entries[1].offset =
		made_pack_ofs_delta(&packs[i], (size_t)entries[0].offset, made_cursor(&delta));
	entries[1].oid = made_oid(OBJECT_BLOB, other);
	made_pack_end(&packs[i]);
	memcpy(checksum.id, packs[i].bytes + packs[i].len - 20, 20);
	assert_ok(idx_format(&idxs[i], entries, 2, &hash_sha1, &checksum));
	buffer_free(&delta);
}

/* Each of two packs is right; the copies that were found build on each other. */
static void a_circle_of_deltas_is_broken(void **state)
{
	struct odb *odbs[2];
	bool found;
	(void)state;

	run("git init -q --bare c");
	for (int i = 0; i < 2; i++) {
		for (int j = 0; j < 100; j++)
			buffer_byte(&texts[i], (uint8_t)j);
		buffer_byte(&texts[i], (uint8_t)('a' + i));
	}
	open_it("c");
	for (int i = 0; i < 2; i++) {
		struct oid other = made_oid(OBJECT_BLOB, made_cursor(&texts[!i]));
		struct place place;

		make_pack(i);
		assert_ok(odb_open(&odbs[i], &repo));
		assert_ok(odb_add_pack(odbs[i], made_cursor(&packs[i]), made_cursor(&idxs[i])));
		assert_ok(odb_add_pack(odb, made_cursor(&packs[i]), made_cursor(&idxs[i])));
		assert_ok(odb_find(odbs[i], &other, &found, &place));
		assert_true(found);
		assert_ok(pack_order(place.pack));
	}
	for (int i = 0; i < 2; i++) {
		struct oid other = made_oid(OBJECT_BLOB, made_cursor(&texts[!i]));
		assert_ok(pack_plan_add(&plan, &other));
		assert_ok(odb_find(odbs[i], &other, &found, &plan.list[i].place));
	}
	assert_ok(pack_plan_settle(&plan, NULL, false, false));
	assert_int_equal(plan.deltas, 2);
	assert_ok(send_plan(true));
	assert_int_equal(plan.deltas, 1);
	assert_bases_first();
	assert_int_equal(count_sent(OBJECT_BLOB), 1);
	assert_int_equal(count_sent(OBJECT_OFS_DELTA), 1);
	run("git -C c index-pack --stdin --strict < sent");
	close_it();
	for (int i = 0; i < 2; i++) {
		odb_close(odbs[i]);
		buffer_free(&texts[i]);
		buffer_free(&packs[i]);
		buffer_free(&idxs[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_packed_goes_as_it_lies),
		cmocka_unit_test(git_takes_what_is_sent),
		cmocka_unit_test(nothing_is_a_pack_too),
		cmocka_unit_test(an_object_goes_once),
		cmocka_unit_test(what_is_missing_cannot_be_planned),
		cmocka_unit_test(a_delta_whose_base_stays_behind_is_made_whole),
		cmocka_unit_test(a_delta_whose_base_the_client_has_goes_thin),
		cmocka_unit_test(versions_of_a_loose_file_become_deltas),
		cmocka_unit_test(made_deltas_name_their_base_where_offsets_are_not_asked_for),
		cmocka_unit_test(the_newest_version_leans_on_what_the_client_has),
		cmocka_unit_test(without_thin_nothing_leans_on_the_client),
		cmocka_unit_test(a_circle_of_deltas_is_broken),
	};

	return cmocka_run_group_tests(tests, open_group, scratch_leave);
}
