/* SPDX-License-Identifier: ISC */
/*
 * tests/escape/filters.c: proves the compiled filters against the policies they came from, and
 * against each other: they are simulated over all system calls and many arguments.
 */
#include <errno.h>
#include "tests/unit/test.h"
#include "seccomp/policy.h"
#include "tests/escape/simulate.h"

#define CALLS 600 /* more than any architecture has, x32's apart */
#define X32 0x40000000u
#define SAMPLES 2000 /* of the arguments of each row */

static const char *const paths[STAGE_COUNT] = {
	[STAGE_REQUEST] = POLICIES "/request.policy",
	[STAGE_FETCH] = POLICIES "/fetch.policy",
	[STAGE_PARSER] = POLICIES "/parser.policy",
	[STAGE_KEEPER] = POLICIES "/keeper.policy",
};

static struct policy policies[STAGE_COUNT];
static int numbers[STAGE_COUNT][POLICY_ROWS_MAX]; /* of each row's call; negative: not here */

static int read_the_policies(void **state)
{
	(void)state;
	for (int stage = 0; stage < STAGE_COUNT; stage++) {
		policy_read(&policies[stage], paths[stage]);
		for (size_t i = 0; i < policies[stage].count; i++)
			numbers[stage][i] =
				seccomp_syscall_resolve_name(policies[stage].rows[i].syscall);
	}
	return 0;
}

static bool holds(const struct scmp_arg_cmp *compare, uint64_t arg)
{
	uint64_t datum = compare->datum_a;

	if (compare->op == SCMP_CMP_MASKED_EQ)
		return (arg & datum) == compare->datum_b;
	return compare->op == SCMP_CMP_LE ? arg <= datum : arg == datum;
}

static bool admits(const struct policy_row *row, const struct seccomp_data *call)
{
	for (unsigned i = 0; i < row->compare_count; i++)
		if (!holds(&row->compare[i], call->args[row->compare[i].arg]))
			return false;
	return true;
}

/* What the rows, read by a human being, say about CALL. */
static uint32_t expected(int stage, const struct seccomp_data *call)
{
	for (size_t i = 0; i < policies[stage].count; i++)
		if (numbers[stage][i] == call->nr && admits(&policies[stage].rows[i], call))
			return policies[stage].rows[i].verdict; /* SCMP_ACT_… are SECCOMP_RET_… */
	return SECCOMP_RET_KILL_PROCESS;
}

static bool is_named(int stage, int number)
{
	for (size_t i = 0; i < policies[stage].count; i++)
		if (numbers[stage][i] == number)
			return true;
	return false;
}

/* Repeatable on purpose. */
static uint64_t chance(void)
{
	static uint64_t seed = 1;

	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return seed >> 31 ^ seed << 33;
}

/* A descriptor, a set of flags, or anything. */
static uint64_t any_argument(void)
{
	static const unsigned bits[] = {4, 24, 32, 64};

	return chance() >> (64 - bits[chance() % 4]);
}

static struct seccomp_data any_call(int number)
{
	struct seccomp_data call = {.nr = number, .arch = seccomp_arch_native()};

	for (size_t i = 0; i < POLICY_ARGS_MAX; i++)
		call.args[i] = any_argument();
	return call;
}

/* A call that ROW admits, or, every other time, one that it barely does not. */
static struct seccomp_data call_near(const struct policy_row *row, int number)
{
	struct seccomp_data call = any_call(number);
	unsigned spoiled = (unsigned)chance() % (2 * POLICY_ARGS_MAX);

	for (unsigned i = 0; i < row->compare_count; i++) {
		const struct scmp_arg_cmp *compare = &row->compare[i];
		__u64 *arg = &call.args[compare->arg];
		if (compare->op == SCMP_CMP_MASKED_EQ)
			*arg = (*arg & ~compare->datum_a) | compare->datum_b;
		else
			*arg = compare->datum_a;
		if (spoiled == i)
			*arg ^= 1ULL << chance() % 64;
		if (spoiled == POLICY_ARGS_MAX + i)
			*arg += chance() % 2 ? 1 : UINT64_MAX;
	}
	return call;
}

/* The kernel takes the least of all filters' answers, compared as signed numbers. */
static bool stricter(uint32_t a, uint32_t b)
{
	return (int32_t)(a & SECCOMP_RET_ACTION_FULL) < (int32_t)(b & SECCOMP_RET_ACTION_FULL);
}

static void a_program_does_what_its_rows_say(void **state)
{
	(void)state;
	for (int stage = 0; stage < STAGE_COUNT; stage++)
		for (size_t i = 0; i < policies[stage].count * SAMPLES; i++) {
			size_t row = i / SAMPLES;
			struct seccomp_data call =
				call_near(&policies[stage].rows[row], numbers[stage][row]);
			if (simulate(&filters[stage], &call) != expected(stage, &call))
				fail_msg("%s:%u: %llx, %llx, %llx, %llx: %x", paths[stage],
					policies[stage].rows[row].line,
					(unsigned long long)call.args[0],
					(unsigned long long)call.args[1],
					(unsigned long long)call.args[2],
					(unsigned long long)call.args[3],
					simulate(&filters[stage], &call));
		}
}

static void what_no_row_names_kills(void **state)
{
	(void)state;
	for (int stage = 0; stage < STAGE_COUNT; stage++)
		for (int number = -1; number < CALLS; number++) {
			struct seccomp_data call = any_call(number);
			if (!is_named(stage, number))
				assert_int_equal(
					simulate(&filters[stage], &call), SECCOMP_RET_KILL_PROCESS);
		}
}

static void another_architecture_kills(void **state)
{
	static const uint32_t others[] = {AUDIT_ARCH_I386, AUDIT_ARCH_ARM, AUDIT_ARCH_MIPS, 0};
	(void)state;

	for (int stage = 0; stage < STAGE_COUNT; stage++)
		for (int number = 0; number < CALLS; number++)
			for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
				struct seccomp_data call = any_call(number);
				call.arch = others[i];
				assert_int_equal(
					simulate(&filters[stage], &call), SECCOMP_RET_KILL_PROCESS);
			}
}

static void x32_kills(void **state)
{
	(void)state;
	for (int stage = 0; stage < STAGE_COUNT; stage++)
		for (uint32_t number = 0; number < CALLS; number++) {
			struct seccomp_data call = any_call((int)(number | X32));
			assert_int_equal(
				simulate(&filters[stage], &call), SECCOMP_RET_KILL_PROCESS);
		}
}

static void no_stage_is_more_lenient_than_request(void **state)
{
	(void)state;
	for (int stage = STAGE_REQUEST + 1; stage < STAGE_COUNT; stage++)
		for (size_t i = 0; i < policies[stage].count * SAMPLES; i++) {
			size_t row = i / SAMPLES;
			struct seccomp_data call =
				call_near(&policies[stage].rows[row], numbers[stage][row]);
			if (stricter(simulate(&filters[STAGE_REQUEST], &call),
				    simulate(&filters[stage], &call)))
				fail_msg("%s:%u: request forbids this", paths[stage],
					policies[stage].rows[row].line);
		}
}

static void no_final_stage_can_change_its_sandbox(void **state)
{
	static const char *const gone[] = {"seccomp", "prctl", "landlock_create_ruleset",
		"landlock_add_rule", "landlock_restrict_self", "openat2", "dup3", "clone",
		"socketpair", "rt_sigaction", "fcntl", "close_range"};
	(void)state;

	for (int stage = STAGE_REQUEST + 1; stage < STAGE_COUNT; stage++)
		for (size_t i = 0; i < sizeof gone / sizeof gone[0]; i++)
			assert_false(is_named(stage, seccomp_syscall_resolve_name(gone[i])));
}

static void the_table_is_the_policy(void **state)
{
	(void)state;
	for (int stage = 0; stage < STAGE_COUNT; stage++) {
		const struct filter *f = &filters[stage];
		assert_int_equal(f->row_count, policies[stage].count);
		assert_string_equal(f->summary, policies[stage].summary);
		assert_string_equal(f->default_action, "kill");
		for (size_t i = 0; i < f->row_count; i++) {
			assert_string_equal(f->rows[i].syscall, policies[stage].rows[i].syscall);
			assert_string_equal(
				f->rows[i].condition, policies[stage].rows[i].condition);
			assert_string_equal(f->rows[i].action, policies[stage].rows[i].action);
			assert_string_equal(f->rows[i].reason, policies[stage].rows[i].reason);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_program_does_what_its_rows_say),
		cmocka_unit_test(what_no_row_names_kills),
		cmocka_unit_test(another_architecture_kills),
		cmocka_unit_test(x32_kills),
		cmocka_unit_test(no_stage_is_more_lenient_than_request),
		cmocka_unit_test(no_final_stage_can_change_its_sandbox),
		cmocka_unit_test(the_table_is_the_policy),
	};

	return cmocka_run_group_tests(tests, read_the_policies, NULL);
}
