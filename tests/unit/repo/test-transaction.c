/* SPDX-License-Identifier: ISC */
/* ref_transaction() beside a stock git, which judges what we left */
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "tests/unit/repo/scratch.h"
#include "repo/ref_transaction.h"

/* Five commits, c0 the oldest, and a few refs. */
#define SOME_REFS                                                                                  \
	"git init -q -b main w; cd w; for i in 0 1 2 3 4; do git commit -q --allow-empty -m $i; "  \
	"git tag c$i; done; cd ..; git clone -q --bare w r; cd r; git branch a c1; git branch b "  \
	"c2; "                                                                                     \
	"git branch d/e/f c3; "

static struct oid c[5];
static struct repo repo;

static int enter(void **state)
{
	char name[3] = "c0";

	if (scratch_enter(state) < 0)
		return -1;
	run(SOME_REFS ":");
	for (; name[1] < '5'; name[1]++)
		c[name[1] - '0'] = oid_of("r", name);
	return open_repository(&repo, "r") ? -1 : 0;
}

static const struct oid none;

static struct ref_update update(
	const char *name, const struct oid *old_oid, const struct oid *new_oid)
{
	return (struct ref_update){.name = name, .old_oid = *old_oid, .new_oid = *new_oid};
}

/* Our view is git's, nothing is left behind, and git fsck has no complaint. */
static void assert_sound(void)
{
	assert_refs_as_git(&repo, "r");
	assert_string_equal(
		output_of("git -C r fsck --full --strict 2>&1 | grep -v ^notice || true"), "");
	assert_string_equal(output_of("find r -name '*.lock' -o -name 'gitcell*'"), "");
}

static void try_one(
	const char *name, const struct oid *old_oid, const struct oid *new_oid, const char *refusal)
{
	struct ref_update one = update(name, old_oid, new_oid);

	assert_ok(ref_transaction(&repo, &one, 1));
	if (refusal)
		assert_string_equal(one.refusal, refusal);
	else if (one.refusal)
		fail_msg("%s: %s", name, one.refusal);
}

static void move_one(
	const char *name, const struct oid *old_oid, const struct oid *new_oid, const char *refusal)
{
	try_one(name, old_oid, new_oid, refusal);
	assert_sound();
}

static void assert_ref(const char *name, const struct oid *expected)
{
	struct oid oid = {{0}};
	bool found;

	assert_ok(ref_read(&repo, name, &found, &oid));
	assert_int_equal(found, !oid_is_null(expected));
	if (found)
		assert_true(oid_equal(&oid, expected));
}

static void refs_are_created_updated_and_deleted(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		const char *const pack = packed ? "git -C r pack-refs --all" : ":";
		move_one("refs/heads/new", &none, &c[0], NULL);
		run("%s", pack);
		move_one("refs/heads/new", &c[0], &c[1], NULL);
		assert_ref("refs/heads/new", &c[1]);
		run("%s", pack);
		move_one("refs/heads/new", &c[1], &c[1], NULL);
		move_one("refs/heads/new", &c[1], &none, NULL);
		assert_ref("refs/heads/new", &none);
		run("%s", pack);
		move_one("refs/deep/er/and/deeper", &none, &c[2], NULL);
		run("%s", pack);
		move_one("refs/deep/er/and/deeper", &c[2], &none, NULL);
		assert_string_equal(output_of("cd r && find refs/deep"), "refs/deep\n");
	}
}

static void files_look_as_git_makes_them(void **state)
{
	struct stat stat_ours, stat_git;
	(void)state;

	move_one("refs/heads/ours", &none, &c[0], NULL);
	run("git -C r update-ref refs/heads/theirs c0; cmp r/refs/heads/ours r/refs/heads/theirs");
	assert_int_equal(stat("r/refs/heads/ours", &stat_ours), 0);
	assert_int_equal(stat("r/refs/heads/theirs", &stat_git), 0);
	assert_int_equal(stat_ours.st_mode, stat_git.st_mode);
	assert_int_equal(stat_ours.st_nlink, 1);
}

static void an_old_value_that_does_not_hold_is_refused_in_gits_words(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		move_one("refs/heads/a", &c[0], &c[2], "incorrect old value provided");
		move_one("refs/heads/a", &none, &c[2], "reference already exists");
		move_one("refs/heads/a", &none, &c[1], "reference already exists");
		move_one("refs/heads/a", &c[0], &none, "incorrect old value provided");
		move_one("refs/heads/zz", &c[0], &c[1], "reference does not exist");
		move_one("refs/heads/zz", &c[0], &none, "reference does not exist");
		move_one("refs/heads/zz", &none, &none, "reference does not exist");
		move_one("refs/heads/d/e/new", &c[1], &c[0], "reference does not exist");
		move_one("refs/heads/no/such/dir", &c[1], &c[0], "reference does not exist");
		assert_string_equal(output_of("ls -d r/refs/heads/no 2>/dev/null || true"), "");
		assert_ref("refs/heads/a", &c[1]);
		run("git -C r pack-refs --all");
	}
}

static void names_that_may_not_be_pushed_are_refused(void **state)
{
	static const char *const names[] = {"HEAD", "refs/x", "refs/heads/../x",
		"refs/heads/a.lock", "config", "refs/heads/a/", "refs//heads/a", "refs/heads/\033",
		""};
	(void)state;

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		move_one(names[i], &none, &c[0], "failed to update ref");
}

static void what_lies_beside_the_branches_directory_may_only_go(void **state)
{
	(void)state;
	run("git -C r update-ref refs/stash c1; git -C r update-ref refs/packed c2; git -C r "
	    "pack-refs --all; git -C r update-ref refs/stash c3");
	move_one("refs/stash", &c[3], &c[4], "failed to update ref");
	move_one("refs/new", &none, &c[4], "failed to update ref");
	move_one("refs/stash", &c[3], &none, NULL);
	move_one("refs/packed", &c[2], &none, NULL);
	assert_ref("refs/stash", &none);
	assert_ref("refs/packed", &none);
	move_one("refs/heads", &c[3], &none, "reference does not exist");
	move_one("HEAD", &c[3], &none, "failed to update ref");
}

static void no_ref_comes_to_lie_below_another(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		move_one("refs/heads/a/b", &none, &c[0], "refname conflict");
		move_one("refs/heads/a/b/c/d", &none, &c[0], "refname conflict");
		move_one("refs/heads/d", &none, &c[0], "refname conflict");
		move_one("refs/heads/d/e", &none, &c[0], "refname conflict");
		move_one("refs/heads/a/b", &c[1], &none,
			packed ? "reference does not exist" : "refname conflict");
		move_one("refs/heads/d", &c[1], &none, "reference does not exist");
		run("git -C r pack-refs --all");
	}
}

static void empty_directories_give_way(void **state)
{
	(void)state;
	run("mkdir -p r/refs/heads/x/1/2 r/refs/heads/x/3/4/5 r/refs/heads/x/6");
	move_one("refs/heads/x", &none, &c[0], NULL);
	run("mkdir -p r/refs/heads/y/1/2; : >r/refs/heads/y/1/2/file");
	try_one("refs/heads/y", &none, &c[0], "refname conflict");
	run("test -d r/refs/heads/y/1/2; rm -r r/refs/heads/y");
}

static void deletes_make_room_for_creates_of_one_transaction(void **state)
{
	(void)state;
	for (int packed = 0; packed < 2; packed++) {
		struct ref_update updates[] = {
			update("refs/heads/b/c", &none, &c[4]),
			update("refs/heads/d", &none, &c[3]),
			update("refs/heads/b", &c[2], &none),
			update("refs/heads/d/e/f", &c[3], &none),
			update("refs/heads/a", &c[0], &c[4]),
			update("refs/tags/c0", &c[0], &none),
		};
		assert_ok(ref_transaction(&repo, updates, 6));
		for (size_t i = 0; i < 6; i++)
			assert_true(i == 4 ? updates[i].refusal != NULL : !updates[i].refusal);
		assert_sound();
		run("cd r && git branch -q -D b/c d && git branch b c2 && git branch d/e/f c3 && "
		    "git tag c0 c1~1 && git pack-refs --all");
	}
}

static void the_second_update_of_a_ref_is_refused(void **state)
{
	struct ref_update updates[] = {
		update("refs/heads/a", &c[1], &c[2]),
		update("refs/heads/a", &c[2], &c[3]),
		update("refs/heads/b", &c[2], &none),
		update("refs/heads/b", &none, &c[0]),
	};
	(void)state;

	assert_ok(ref_transaction(&repo, updates, 4));
	assert_null(updates[0].refusal);
	assert_string_equal(updates[1].refusal, "failed to update ref");
	assert_null(updates[2].refusal);
	assert_string_equal(updates[3].refusal, "failed to update ref");
	assert_ref("refs/heads/a", &c[2]);
	assert_ref("refs/heads/b", &none);
	assert_sound();
}

static void a_symbolic_ref_moves_what_it_leads_to(void **state)
{
	(void)state;
	run("git -C r symbolic-ref refs/heads/link refs/heads/link2; "
	    "git -C r symbolic-ref refs/heads/link2 refs/heads/a");
	move_one("refs/heads/link", &c[1], &c[2], NULL);
	assert_ref("refs/heads/a", &c[2]);
	assert_string_equal(output_of("cat r/refs/heads/link"), "ref: refs/heads/link2\n");
	run("git -C r symbolic-ref refs/heads/unborn refs/heads/born");
	move_one("refs/heads/unborn", &none, &c[2], NULL);
	assert_ref("refs/heads/born", &c[2]);
	try_one("refs/heads/link2", &c[2], &none, NULL);
	assert_ref("refs/heads/a", &none);
}

static void a_ref_that_says_nothing_is_not_moved(void **state)
{
	(void)state;
	run("git -C r symbolic-ref refs/heads/loop refs/heads/loop; echo nonsense "
	    ">r/refs/heads/bad; "
	    "ln -s a r/refs/heads/link; mkfifo r/refs/heads/fifo");
	try_one("refs/heads/loop", &none, &c[2], "failed to update ref");
	try_one("refs/heads/bad", &none, &c[2], "failed to update ref");
	try_one("refs/heads/link", &c[1], &c[2], "failed to update ref");
	try_one("refs/heads/fifo", &none, &none, "failed to update ref");
	run("cd r/refs/heads && test -p fifo && test -L link && rm loop bad link fifo");
	assert_sound();
}

static void lines_of_packed_refs_that_are_not_ours_to_judge_stay(void **state)
{
	(void)state;
	run("cd r && git tag -a -m t t && git pack-refs --all && "
	    "echo $(git rev-parse c0) refs/heads/bad..name >>packed-refs && cp packed-refs "
	    "../before");
	try_one("refs/heads/a", &c[1], &none, NULL);
	run("grep -v ' refs/heads/a$' before | cmp - r/packed-refs");
}

static void the_lock_of_a_stock_git_is_respected_for_a_bounded_time(void **state)
{
	struct ref_update updates[] = {
		update("refs/heads/a", &c[1], &c[2]),
		update("refs/heads/b", &c[2], &c[3]),
		update("refs/heads/d/e/f", &c[3], &none),
	};
	(void)state;

	run(": >r/refs/heads/a.lock; : >r/packed-refs.lock");
	assert_ok(ref_transaction(&repo, updates, 3));
	assert_string_equal(updates[0].refusal, "failed to update ref");
	assert_null(updates[1].refusal);
	assert_string_equal(updates[2].refusal, "failed to update ref");
	run("rm r/refs/heads/a.lock r/packed-refs.lock");
	assert_sound();
	assert_ref("refs/heads/a", &c[1]);
	assert_ref("refs/heads/d/e/f", &c[3]);
}

static void a_guard_that_is_no_file_is_a_fault(void **state)
{
	struct ref_update one = update("refs/heads/a", &c[1], &c[2]);
	(void)state;

	run("mkfifo r/gitcell.lock");
	assert_non_null(ref_transaction(&repo, &one, 1));
	assert_string_equal(one.refusal, "failed to update ref");
	run("rm r/gitcell.lock; ln -s /etc/passwd r/gitcell.lock");
	assert_non_null(ref_transaction(&repo, &one, 1));
	run("rm r/gitcell.lock");
	assert_sound();
}

static void many_deletes_rewrite_packed_refs_once(void **state)
{
	enum { MANY = 10000 };
	struct ref_update *updates = calloc(MANY, sizeof *updates);
	char(*names)[32] = calloc(MANY, sizeof *names);
	ino_t before;
	struct stat stat_now;
	(void)state;

	run("cd r && hex=$(git rev-parse c0) && for i in $(seq 0 %d); do "
	    "echo create refs/many/$i $hex; done | git update-ref --stdin && git pack-refs --all",
		MANY);
	assert_int_equal(stat("r/packed-refs", &stat_now), 0);
	before = stat_now.st_ino;
	for (int i = 0; i < MANY; i++) {
		snprintf(names[i], sizeof names[i], "refs/many/%d", i);
		updates[i] = update(names[i], &c[0], &none);
	}
	assert_ok(ref_transaction(&repo, updates, MANY));
	for (int i = 0; i < MANY; i++)
		assert_null(updates[i].refusal);
	assert_int_equal(stat("r/packed-refs", &stat_now), 0);
	assert_true(before != stat_now.st_ino);
	assert_string_equal(output_of("cd r && git for-each-ref --format='%%(refname)' refs/many"),
		"refs/many/10000\n");
	assert_sound();
	free(updates);
	free(names);
}

/* ---- together with others ---- */

enum { ROUNDS = 40 };

static void assert_child_ok(pid_t child)
{
	int status;

	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* Creates ROUNDS refs, each telling which of the writers won it; returns how many we won. */
static int race(const char *tag, const struct oid *value)
{
	char name[64];
	int won = 0;

	for (int i = 0; i < ROUNDS; i++) {
		struct ref_update one;
		snprintf(name, sizeof name, "refs/race/%s/%d", tag, i);
		one = update(name, &none, value);
		if (ref_transaction(&repo, &one, 1))
			return -1;
		won += !one.refusal;
	}
	return won;
}

static int log_count(int fd, int count)
{
	return write(fd, &count, sizeof count) == sizeof count ? 0 : 1;
}

static void two_of_us_never_win_the_same_ref(void **state)
{
	int pipes[2], counts[2];
	pid_t children[2];
	(void)state;

	assert_int_equal(pipe(pipes), 0);
	for (int i = 0; i < 2; i++) {
		children[i] = fork();
		if (children[i] == 0)
			_exit(log_count(pipes[1], race("us", &c[i])));
	}
	for (int i = 0; i < 2; i++) {
		assert_child_ok(children[i]);
		assert_int_equal(read(pipes[0], &counts[i], sizeof counts[i]), sizeof counts[i]);
	}
	assert_int_equal(counts[0] + counts[1], ROUNDS);
	assert_sound();
}

static void stock_git_and_we_lose_no_update(void **state)
{
	pid_t git;
	int ours;
	(void)state;

	git = fork();
	if (git == 0)
		execl("/bin/sh", "sh", "-c",
			"cd r; : >../won; for i in $(seq 0 39); do "
			"git update-ref refs/race/git/$i c4 "
			"0000000000000000000000000000000000000000 "
			"2>/dev/null && echo $i >>../won; git pack-refs --all 2>/dev/null; done; "
			"exit 0",
			(char *)NULL);
	ours = race("git", &c[0]);
	assert_child_ok(git);
	assert_true(ours >= 0);
	assert_int_equal(ours, ROUNDS - atoi(output_of("wc -l <won")));
	assert_int_equal(
		ours, atoi(output_of("cd r; git for-each-ref refs/race --points-at c0 | wc -l")));
	assert_sound();
}

/*
 * A ref is created and deleted while git packs all the time: no deleted ref comes back. (Each time
 * with another value: what git packed it removes a little later if its value is still the same.)
 */
/* ROUNDS commits, all different. A ref that is deleted and comes back with the same value while git
 * packs is lost by git, whoever made it; what comes back with another one is not. */
static void make_values(struct oid values[ROUNDS])
{
	struct cursor lines;

	run("i=0; while [ $((i += 1)) -le %d ]; do git -C r commit-tree -m $i c0^{tree}; done "
	    ">values; "
	    "sed 's|.*|create refs/kept/& &|' values | git -C r update-ref --stdin",
		ROUNDS);
	lines = cursor_over_text(output_of("cat values"));
	for (int i = 0; i < ROUNDS; i++) {
		assert_true(cursor_oid_hex(&lines, &hash_sha1, &values[i]));
		assert_true(cursor_literal(&lines, "\n"));
	}
}

static void a_deleted_ref_stays_deleted_while_git_packs(void **state)
{
	struct oid values[ROUNDS];
	pid_t git;
	(void)state;

	make_values(values);
	git = fork();

	if (git == 0)
		execl("/bin/sh", "sh", "-c",
			"cd r; while test ! -e ../stop && kill -0 $PPID; do git pack-refs --all "
			"2>/dev/null; done; "
			"exit 0",
			(char *)NULL);
	for (int i = 0; i < ROUNDS; i++) {
		struct ref_update create = update("refs/heads/blink", &none, &values[i]);
		struct ref_update delete = update("refs/heads/blink", &values[i], &none);
		do {
			assert_ok(ref_transaction(&repo, &create, 1));
		} while (create.refusal && strcmp(create.refusal, "failed to update ref") == 0);
		assert_null(create.refusal);
		do {
			assert_ok(ref_transaction(&repo, &delete, 1));
		} while (delete.refusal && strcmp(delete.refusal, "failed to update ref") == 0);
		assert_null(delete.refusal);
		assert_ref("refs/heads/blink", &none);
	}
	run(": >stop");
	assert_child_ok(git);
	assert_sound();
}

int main(void)
{
#define TEST(function) cmocka_unit_test_setup_teardown(function, enter, scratch_leave)
	const struct CMUnitTest tests[] = {
		TEST(refs_are_created_updated_and_deleted),
		TEST(files_look_as_git_makes_them),
		TEST(an_old_value_that_does_not_hold_is_refused_in_gits_words),
		TEST(names_that_may_not_be_pushed_are_refused),
		TEST(what_lies_beside_the_branches_directory_may_only_go),
		TEST(no_ref_comes_to_lie_below_another),
		TEST(empty_directories_give_way),
		TEST(deletes_make_room_for_creates_of_one_transaction),
		TEST(the_second_update_of_a_ref_is_refused),
		TEST(a_symbolic_ref_moves_what_it_leads_to),
		TEST(a_ref_that_says_nothing_is_not_moved),
		TEST(lines_of_packed_refs_that_are_not_ours_to_judge_stay),
		TEST(the_lock_of_a_stock_git_is_respected_for_a_bounded_time),
		TEST(a_guard_that_is_no_file_is_a_fault),
		TEST(many_deletes_rewrite_packed_refs_once),
		TEST(two_of_us_never_win_the_same_ref),
		TEST(stock_git_and_we_lose_no_update),
		TEST(a_deleted_ref_stays_deleted_while_git_packs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
