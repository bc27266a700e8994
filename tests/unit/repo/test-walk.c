/* SPDX-License-Identifier: ISC */
/* walk, graph: against "git rev-list --objects", on histories that were made up */
#include <stdlib.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "base/buffer.h"
#include "repo/walk.h"
#include "tests/unit/repo/scratch.h"

#define OBJECTS_MAX 4096

static struct repo repo;
static struct odb *odb;
static struct graph graph;
static uint32_t seed;

static uint32_t random_below(uint32_t n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static void open_it(void)
{
	assert_ok(open_repository(&repo, "r"));
	assert_ok(odb_open(&odb, &repo));
	graph_init(&graph, odb, repo.algo);
}

static void close_it(void)
{
	graph_free(&graph);
	odb_close(odb);
}

static int fresh(void **state)
{
	if (scratch_enter(state))
		return -1;
	run("git init -q --bare -b main r");
	seed = 1;
	return 0;
}

/* --- sets of objects -------------------------------------------------------------------------- */

struct set {
	char (*hex)[OID_MAX_HEX + 1];
	size_t count;
	size_t commits; /* the first ones */
};

static int compare(const void *a, const void *b)
{
	return strcmp(a, b);
}

static struct set new_set(void)
{
	struct set set = {calloc(OBJECTS_MAX, OID_MAX_HEX + 1), 0, 0};

	assert_non_null(set.hex);
	return set;
}

/* What SCRIPT prints, sorted; the first word of each line. */
static struct set set_of(const char *arguments)
{
	const char *line = output_of("git -C r rev-list %s", arguments);
	struct set set = new_set();

	for (; *line; line = strchr(line, '\n') + 1) {
		assert_true(set.count < OBJECTS_MAX);
		memcpy(set.hex[set.count++], line, 40);
	}
	qsort(set.hex, set.count, sizeof *set.hex, compare);
	return set;
}

static bool has(const struct set *set, const char *hex)
{
	return bsearch(hex, set->hex, set->count, sizeof *set->hex, compare) != NULL;
}

/* A walk_visit. Commits come first. */
static const struct fault *collect(void *arg, const struct oid *oid, enum object_type type)
{
	struct set *set = arg;

	assert_true(set->count < OBJECTS_MAX);
	oid_hex(oid, &hash_sha1, set->hex[set->count++]);
	if (type == OBJECT_COMMIT)
		assert_int_equal(++set->commits, set->count);
	return NULL;
}

static const struct fault *try_walk(const char *include, const char *exclude, struct set *set)
{
	const struct fault *fault = NULL;
	struct walk *walk;
	struct oid oid;

	assert_ok(walk_new(&walk, &graph));
	for (const char *p = exclude; p && *p && !fault; p += strcspn(p, " "), p += *p == ' ') {
		struct cursor c = cursor_over_text(p);
		assert_true(cursor_oid_hex(&c, &hash_sha1, &oid));
		fault = walk_exclude(walk, &oid);
	}
	for (const char *p = include; p && *p && !fault; p += strcspn(p, " "), p += *p == ' ') {
		struct cursor c = cursor_over_text(p);
		assert_true(cursor_oid_hex(&c, &hash_sha1, &oid));
		fault = walk_include(walk, &oid);
	}
	*set = new_set();
	if (!fault)
		fault = walk_run(walk, collect, set);
	walk_free(walk);
	qsort(set->hex, set->commits, sizeof *set->hex, compare);
	return fault;
}

static void assert_once(struct set *set)
{
	qsort(set->hex, set->count, sizeof *set->hex, compare);
	for (size_t i = 1; i < set->count; i++)
		assert_string_not_equal(set->hex[i - 1], set->hex[i]);
}

/* --- the comparison --------------------------------------------------------------------------- */

/* Nothing that is reachable from INCLUDE alone is left out, and nothing comes from elsewhere. */
static void assert_between(const char *include, const char *exclude, bool exact_commits)
{
	char arguments[4096];
	struct set ours, all, excluded, commits;

	assert_ok(try_walk(include, exclude, &ours));
	if (exact_commits) {
		snprintf(arguments, sizeof arguments, "%s --not %s", include, exclude);
		commits = set_of(arguments);
		assert_int_equal(ours.commits, commits.count);
		for (size_t i = 0; i < commits.count; i++)
			assert_string_equal(ours.hex[i], commits.hex[i]);
		free(commits.hex);
	}
	assert_once(&ours);
	snprintf(arguments, sizeof arguments, "--objects --no-object-names %s", include);
	all = set_of(arguments);
	snprintf(arguments, sizeof arguments, "--objects --no-object-names %s", exclude);
	excluded = *exclude ? set_of(arguments) : new_set();
	for (size_t i = 0; i < ours.count; i++)
		assert_true(has(&all, ours.hex[i]));
	for (size_t i = 0; i < all.count; i++)
		if (!has(&excluded, all.hex[i]))
			assert_true(has(&ours, all.hex[i]));
	if (!*exclude)
		assert_int_equal(ours.count, all.count);
	free(ours.hex);
	free(all.hex);
	free(excluded.hex);
}

/* --- histories -------------------------------------------------------------------------------- */

#define COMMITS 60

static char names[COMMITS + 1][OID_MAX_HEX + 1]; /* by mark */

static void write_commit(FILE *out, unsigned mark, uint32_t skew)
{
	uint32_t date = 1000000000 + mark * 100 + (skew ? random_below(skew) : 0);

	fprintf(out, "commit refs/heads/b%u\nmark :%u\ncommitter C <c@example.com> %u +0000\n",
		mark, mark, date);
	fprintf(out, "data 0\n");
	if (mark > 1 && random_below(10))
		fprintf(out, "from :%u\n", mark - 1 - random_below(mark - 1 < 6 ? mark - 1 : 6));
	for (uint32_t merges = mark > 3 ? random_below(3) : 0; merges; merges--)
		fprintf(out, "merge :%u\n", 1 + random_below(mark - 1));
	fprintf(out, "M 100644 inline d%u/f%u\ndata 1\n%u\n", random_below(4), random_below(4),
		random_below(5));
}

static void make_history(uint32_t skew)
{
	FILE *out = fopen("stream", "w"), *marks;
	unsigned mark;
	char hex[OID_MAX_HEX + 1];

	assert_non_null(out);
	for (mark = 1; mark <= COMMITS; mark++)
		write_commit(out, mark, skew);
	fclose(out);
	run("git -C r fast-import --quiet --export-marks=../marks < stream");
	marks = fopen("marks", "r");
	if (!marks)
		marks = fopen("r/../marks", "r");
	assert_non_null(marks);
	while (fscanf(marks, ":%u %40s\n", &mark, hex) == 2)
		memcpy(names[mark], hex, sizeof hex);
	fclose(marks);
}

static void some_commits(char *out, uint32_t count)
{
	*out = '\0';
	while (count--) {
		strcat(out, names[1 + random_below(COMMITS)]);
		strcat(out, count ? " " : "");
	}
}

static void compare_histories(uint32_t skew, bool exact_commits)
{
	char include[512], exclude[512];

	make_history(skew);
	for (int i = 0; i < 25; i++) {
		open_it();
		some_commits(include, 1 + random_below(3));
		some_commits(exclude, random_below(4));
		assert_between(include, exclude, exact_commits);
		close_it();
	}
}

static void merges_are_walked_as_git_does(void **state)
{
	(void)state;
	compare_histories(0, true);
}

static void nothing_is_left_out_when_clocks_are_wrong(void **state)
{
	(void)state;
	compare_histories(5000, false);
}

static void criss_cross_merges_are_walked_once(void **state)
{
	const char *commits;
	char two[128];
	(void)state;

	commits =
		output_of("cd r; t=$(git mktree </dev/null); a=$(git commit-tree -m a $t); "
			  "b=$(git commit-tree -m b -p $a $t); c=$(git commit-tree -m c -p $a $t); "
			  "for i in 1 2 3 4 5; do n=$(git commit-tree -m $i -p $b -p $c $t); "
			  "c=$(git commit-tree -m x$i -p $c -p $b $t); b=$n; done; echo $b $c");
	snprintf(two, sizeof two, "%.81s", commits);
	open_it();
	assert_between(two, "", true);
	two[40] = '\0';
	assert_between(two, two + 41, true);
	assert_between(two, two, true);
	close_it();
}

/* --- tips of any kind ------------------------------------------------------------------------- */

static void make_kinds(void)
{
	run("git init -q -b main w; cd w; mkdir d; echo 1 > f; echo 2 > d/g; git add .; "
	    "git commit -qm 1; git tag -a -m t t1; git tag -a -m t t2 t1; git tag -a -m t t3 t2; "
	    "git tag -a -m t tree HEAD^{tree}; git tag -a -m t blob HEAD:f; "
	    "git tag lightblob HEAD:d/g; rm -rf ../r; mv .git ../r");
}

static void tips_may_be_of_any_kind(void **state)
{
	static const char *const includes[] = {"main", "t1", "t3", "tree", "blob", "main:d",
		"main:f", "t3 tree blob", "main t3", "t3 main"};
	static const char *const excludes[] = {
		"", "main", "t1", "tree", "blob", "main:d", "main:f", "t2 blob"};
	char include[256], exclude[256];
	(void)state;

	make_kinds();
	open_it();
	for (size_t i = 0; i < sizeof includes / sizeof *includes; i++) {
		snprintf(include, sizeof include, "%s",
			output_of(
				"git -C r rev-parse %s | paste -sd' ' | tr -d '\\n'", includes[i]));
		for (size_t j = 0; j < sizeof excludes / sizeof *excludes; j++) {
			*exclude = '\0';
			if (*excludes[j])
				snprintf(exclude, sizeof exclude, "%s",
					output_of("git -C r rev-parse %s | paste -sd' ' | "
						  "tr -d '\\n'",
						excludes[j]));
			assert_between(include, exclude, false);
		}
	}
	close_it();
}

static void what_is_missing_matters_on_one_side_alone(void **state)
{
	static const char missing[] = "abababababababababababababababababababab";
	char tip[64];
	struct set set;
	(void)state;

	make_kinds();
	open_it();
	snprintf(tip, sizeof tip, "%.40s", output_of("git -C r rev-parse main"));
	assert_fault(try_walk(missing, "", &set), &fault_object_missing);
	free(set.hex);
	assert_ok(try_walk(tip, missing, &set));
	assert_int_equal(set.count, 5);
	free(set.hex);
	close_it();
}

/* The excluded side may have been pruned; of the other, only blobs may be absent unnoticed. */
static void a_missing_tree_matters_on_one_side_alone(void **state)
{
	char tip[64], child[64];
	struct set set;
	(void)state;

	make_kinds();
	snprintf(tip, sizeof tip, "%.40s", output_of("git -C r rev-parse main"));
	snprintf(child, sizeof child, "%.40s",
		output_of("cd r; git commit-tree -m c -p main $(git mktree </dev/null)"));
	run("cd r; t=$(git rev-parse main:d); rm -f objects/$(echo $t | cut -c1-2)/$(echo $t | cut "
	    "-c3-)");
	open_it();
	assert_fault(try_walk(tip, "", &set), &fault_object_missing);
	free(set.hex);
	assert_ok(try_walk(child, tip, &set));
	assert_int_equal(set.count, 2);
	free(set.hex);
	close_it();
}

/* --- lies ------------------------------------------------------------------------------------- */

/* A commit of a tree whose entries FIRST and SECOND ("MODE NAME") both are the object OID. */
static void commit_of_two(
	const char *first, const char *second, const struct oid *oid, char out[OID_MAX_HEX + 1])
{
	FILE *file = fopen("tree", "wb");

	assert_non_null(file);
	fwrite(first, 1, strlen(first) + 1, file);
	fwrite(oid->id, 1, 20, file);
	fwrite(second, 1, strlen(second) + 1, file);
	fwrite(oid->id, 1, 20, file);
	fclose(file);
	snprintf(out, OID_MAX_HEX + 1, "%.40s",
		output_of("t=$(git -C r hash-object -t tree --literally -w $PWD/tree); "
			  "git -C r commit-tree -m lie $t"));
}

static void a_tree_that_is_called_a_blob_is_a_fault(void **state)
{
	char commit[OID_MAX_HEX + 1];
	struct oid tree, blob;
	struct set set;
	(void)state;

	make_kinds();
	tree = oid_of("r", "main:d");
	blob = oid_of("r", "main:f");
	commit_of_two("100644 a", "40000 b", &tree, commit);
	open_it();
	assert_fault(try_walk(commit, "", &set), &fault_object_corrupt);
	free(set.hex);
	close_it();
	commit_of_two("40000 a", "100644 b", &blob, commit);
	open_it();
	assert_fault(try_walk(commit, "", &set), &fault_object_corrupt);
	free(set.hex);
	close_it();
}

static void a_submodule_is_not_asked_for(void **state)
{
	static const struct oid elsewhere = {{7}};
	char commit[OID_MAX_HEX + 1];
	struct set set;
	(void)state;

	commit_of_two("160000 a", "160000 b", &elsewhere, commit);
	open_it();
	assert_ok(try_walk(commit, "", &set));
	assert_int_equal(set.count, 2);
	free(set.hex);
	close_it();
}

static void a_parent_that_is_no_commit_is_a_fault(void **state)
{
	char commit[OID_MAX_HEX + 1];
	struct set set;
	(void)state;

	make_kinds();
	snprintf(commit, sizeof commit, "%.40s",
		output_of(
			"cd r; { echo tree $(git rev-parse main^{tree}); echo parent $(git "
			"rev-parse main:f); echo 'author A <a@b> 1 +0000'; echo 'committer A <a@b> "
			"1 +0000'; echo; } | git hash-object -t commit --literally -w --stdin"));
	open_it();
	assert_fault(try_walk(commit, "", &set), &fault_object_corrupt);
	free(set.hex);
	close_it();
}

/* --- the graph -------------------------------------------------------------------------------- */

static void tags_of_tags_end_somewhere(void **state)
{
	char hex[2][OID_MAX_HEX + 1];
	const char *lines;
	enum object_type type;
	struct oid tag, out;
	struct set set;
	(void)state;

	make_kinds();
	lines = output_of(
		"cd r; o=$(git rev-parse main); k=commit; for i in $(seq %d); do "
		"o=$(printf 'object %%s\\ntype %%s\\ntag t\\ntagger A <a@b> 1 +0000\\n\\n' $o "
		"$k | git mktag); k=tag; test $i -lt %d || echo $o; done",
		TAG_DEPTH_MAX + 1, TAG_DEPTH_MAX);
	snprintf(hex[0], sizeof hex[0], "%.40s", lines);
	snprintf(hex[1], sizeof hex[1], "%.40s", lines + 41);
	open_it();
	for (int i = 0; i < 2; i++) {
		struct cursor c = cursor_over_text(hex[i]);
		assert_true(cursor_oid_hex(&c, &hash_sha1, &tag));
		assert_fault(
			graph_peel(&graph, &tag, &out, &type), i ? &fault_object_corrupt : NULL);
		assert_fault(try_walk(hex[i], "", &set), i ? &fault_object_corrupt : NULL);
		free(set.hex);
	}
	close_it();
}

static bool reaches(const char *from, const char *to, int64_t min_date)
{
	struct cursor a = cursor_over_text(from), b = cursor_over_text(to);
	uint32_t start, end;
	struct oid oid;
	uint8_t *marked;
	bool reach;

	assert_true(cursor_oid_hex(&a, &hash_sha1, &oid));
	assert_ok(graph_number(&graph, &oid, &start));
	assert_true(cursor_oid_hex(&b, &hash_sha1, &oid));
	assert_ok(graph_number(&graph, &oid, &end));
	marked = calloc((size_t)end + 1, 1);
	assert_non_null(marked);
	marked[end] = 1;
	assert_ok(graph_all_reach(&graph, &start, 1, marked, (size_t)end + 1, min_date, &reach));
	free(marked);
	return reach;
}

static void ancestors_are_those_that_git_knows(void **state)
{
	(void)state;
	make_history(0);
	open_it();
	for (int i = 0; i < 60; i++) {
		const char *from = names[1 + random_below(COMMITS)],
			   *to = names[1 + random_below(COMMITS)];
		const char *answer = output_of(
			"git -C r merge-base --is-ancestor %s %s && echo y || echo n", to, from);
		assert_int_equal(reaches(from, to, INT64_MIN), *answer == 'y');
	}
	assert_true(reaches(names[5], names[5], INT64_MIN));
	assert_true(reaches(names[5], names[5], INT64_MAX));
	close_it();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fresh, scratch_leave)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(merges_are_walked_as_git_does),
		TEST(nothing_is_left_out_when_clocks_are_wrong),
		TEST(criss_cross_merges_are_walked_once),
		TEST(tips_may_be_of_any_kind),
		TEST(what_is_missing_matters_on_one_side_alone),
		TEST(a_missing_tree_matters_on_one_side_alone),
		TEST(a_tree_that_is_called_a_blob_is_a_fault),
		TEST(a_submodule_is_not_asked_for),
		TEST(a_parent_that_is_no_commit_is_a_fault),
		TEST(tags_of_tags_end_somewhere),
		TEST(ancestors_are_those_that_git_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
