/* SPDX-License-Identifier: ISC */
/* tests/escape/escape.c: makes every attempt of the table from inside every stage. */
#include <stdlib.h>
#include "tests/unit/test.h"
#include "tests/escape/attempts.h"
#include "tests/escape/table.h"

#define TESTS_MAX 1024

static struct CMUnitTest tests[TESTS_MAX];
static size_t test_count;

static const char *const layer_names[] = {"both fences", "Landlock alone"};

static void expect_outcome(
	const struct trial *t, enum stage stage, enum layers layers, int abi, int expected)
{
	int outcome;

	if (expected == NOT_TRIED)
		return;
	outcome = cage_try(stage, layers, abi, &t->attempt);
	if (outcome != expected)
		print_error("# %s, stage %s, %s, ABI %d: %s; expected: %s\n", t->name,
			filters[stage].stage, layer_names[layers], abi, cage_outcome(outcome),
			cage_outcome(expected));
	assert_int_equal(outcome, expected);
}

static void with_both_fences(void **state)
{
	const struct trial *t = *state;

	for (int stage = 0; stage < STAGE_COUNT; stage++)
		expect_outcome(t, stage, BOTH_FENCES, LANDLOCK_ABI_MOST, t->both[stage]);
}

static void with_landlock_alone(void **state)
{
	const struct trial *t = *state;

	for (int stage = 0; stage < STAGE_COUNT; stage++)
		expect_outcome(t, stage, LANDLOCK_ALONE, LANDLOCK_ABI_MOST, t->landlock[stage]);
}

/* What an older kernel's Landlock does not cover is held by the filters: the outcome is the same.
 */
static void the_fences_hold_at_abi(void **state)
{
	int abi = *(const int *)*state;

	for (size_t i = 0; i < trial_count; i++)
		for (int stage = 0; stage < STAGE_COUNT; stage++)
			expect_outcome(&trials[i], stage, BOTH_FENCES, abi, trials[i].both[stage]);
}

/* The cap does cap: what an ABI does not know yet is not what stops the attempt. */
static void an_abi_covers_what_it_knows(void **state)
{
	int abi = *(const int *)*state;

	for (size_t i = 0; i < trial_count; i++) {
		const struct trial *t = &trials[i];
		int expected = t->landlock[STAGE_FETCH];
		if (t->landlock_abi < 3 || expected == NOT_TRIED)
			continue;
		if (abi >= t->landlock_abi)
			expect_outcome(t, STAGE_FETCH, LANDLOCK_ALONE, abi, expected);
		else
			assert_int_not_equal(
				cage_try(STAGE_FETCH, LANDLOCK_ALONE, abi, &t->attempt), expected);
	}
}

static void abi_1_counts_as_no_landlock(void **state)
{
	int abi = 0;
	(void)state;

	assert_fault(landlock_fence(STAGE_REQUEST, 0, 1, &abi), &fault_no_landlock);
	assert_int_equal(abi, 0);
}

static char *name_of(const char *what, const char *how)
{
	char *name = NULL;

	return asprintf(&name, "%s: %s", what, how) < 0 ? NULL : name;
}

static char *name_of_abi(const char *what, int abi)
{
	char *name = NULL;

	return asprintf(&name, "Landlock ABI %d %s", abi, what) < 0 ? NULL : name;
}

static void add_test(const char *name, CMUnitTestFunction test, const void *state)
{
	if (name && test_count < TESTS_MAX)
		tests[test_count++] =
			(struct CMUnitTest){name, test, NULL, NULL, (void *)(uintptr_t)state};
}

int main(void)
{
	static int abis[LANDLOCK_ABI_MOST + 1];
	int kernel = cage_landlock_abi();

	if (kernel < LANDLOCK_ABI_LEAST) {
		puts("1..0 # SKIP this kernel has no Landlock of ABI 2 or later");
		return 0;
	}
	listen_at_an_abstract_name();
	for (size_t i = 0; i < trial_count; i++)
		add_test(name_of(trials[i].name, "both fences"), with_both_fences, &trials[i]);
	for (size_t i = 0; i < trial_count; i++)
		if (trials[i].landlock_abi <= kernel)
			add_test(name_of(trials[i].name, "Landlock alone"), with_landlock_alone,
				&trials[i]);
	for (int abi = LANDLOCK_ABI_LEAST; abi <= kernel && abi <= LANDLOCK_ABI_MOST; abi++) {
		abis[abi] = abi;
		add_test(name_of_abi("holds the same", abi), the_fences_hold_at_abi, &abis[abi]);
		add_test(name_of_abi("covers what it knows", abi), an_abi_covers_what_it_knows,
			&abis[abi]);
	}
	add_test("Landlock ABI 1 counts as none", abi_1_counts_as_no_landlock, NULL);
	return _cmocka_run_group_tests("escape", tests, test_count, NULL, NULL);
}
