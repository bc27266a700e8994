/* SPDX-License-Identifier: ISC */
/* policy over memory: what each line means, which one decides, and what is refused */
#include <stdlib.h>
#include "tests/unit/test.h"
#include "base/buffer.h"
#include "base/mem.h"
#include "cell/peer_private.h"
#include "cell/policy.h"

/* A peer as peer.c would make it, with names as if they had been looked up. */
static struct peer *somebody(enum peer_kind kind, uid_t uid, const char *user)
{
	static const gid_t gids[] = {50, 1000};
	struct peer *peer = mem_array(1, sizeof *peer);

	peer->kind = kind;
	peer->uid = uid;
	if (kind == PEER_ANONYMOUS)
		return peer;
	peer->user = mem_text(user, strlen(user));
	if (kind == PEER_RELAYED)
		return peer;
	peer->groups = mem_array(2, sizeof *gids);
	memcpy(peer->groups, gids, sizeof gids);
	peer->group_count = 2;
	peer->group_names = mem_array(2, sizeof *peer->group_names);
	peer->group_names[0] = mem_text("staff", 5);
	return peer;
}

static struct peer *peer_called(const char *name)
{
	if (strcmp(name, "anonymous") == 0)
		return somebody(PEER_ANONYMOUS, (uid_t)-1, "");
	if (strncmp(name, "relayed-", 8) == 0)
		return somebody(PEER_RELAYED, 999, name + 8);
	if (strcmp(name, "1000") == 0)
		return somebody(PEER_LOCAL, 1000, "");
	return somebody(PEER_LOCAL, 1001, name);
}

static const struct fault *policy_of(const char *text, struct policy **out)
{
	assert_ok(policy_new(out));
	return policy_read_text(*out, "policy", cursor_over_text(text), NULL, NULL);
}

/* The line that decided, negative if it said no; 0: none. */
static int decide(const char *text, const char *who, enum service service, const char *name)
{
	struct policy *policy;
	struct peer *peer = peer_called(who);
	struct grant *grant = NULL;
	struct decision why;
	const struct fault *fault;
	int line;

	assert_ok(policy_of(text, &policy));
	fault = policy_decide(policy, peer, service, name, &grant, &why);
	assert_true(fault == NULL || fault == &fault_access_denied);
	assert_int_equal(why.allowed, fault == NULL);
	assert_int_equal(grant != NULL, fault == NULL);
	if (grant) {
		assert_string_equal(grant_name(grant), name);
		assert_int_equal(grant_service(grant), service);
	}
	if (why.file)
		assert_string_equal(why.file, "policy");
	line = why.allowed ? (int)why.line : -(int)why.line;
	grant_free(grant);
	peer_free(peer);
	policy_free(policy);
	return line;
}

#define READ SERVICE_UPLOAD_PACK
#define WRITE SERVICE_RECEIVE_PACK

static const char example[] = "[repository \"team/**\"]\n" /* 1 */
			      "\tread = builder\n"
			      "\tread = :staff\n"
			      "\twrite = 1000\n"
			      "\tdeny = guest\n" /* 5 */
			      "[repository \"public/*.git\"]\n"
			      "\tread = *\n"
			      "\tread = anonymous\n"
			      "\twrite = :50\n"
			      "[repository \"/public/secret\"]\n" /* 10 */
			      "\tdeny = *\n"
			      "\tread = alice\n";

static void the_last_line_that_matches_decides(void **state)
{
	static const struct {
		const char *who;
		enum service service;
		const char *name;
		int line;
	} rows[] = {
		{"builder", READ, "team/a/b", 3},
		{"builder", READ, "team", 0},
		{"builder", READ, "other", 0},
		{"builder", WRITE, "team/a", 0},
		{"1000", READ, "team/a", 4},
		{"1000", WRITE, "team/a", 4},
		{"guest", READ, "team/a", -5},
		{"guest", WRITE, "team/a", -5},
		{"anonymous", READ, "team/a", 0},
		{"anonymous", READ, "public/x", 8},
		{"anonymous", WRITE, "public/x", 0},
		{"anonymous", READ, "public/secret", 8},
		{"carol", READ, "public/x", 9},
		{"carol", WRITE, "public/x", 9},
		{"carol", READ, "public/x/y", 0},
		{"carol", READ, "public/secret", -11},
		{"carol", WRITE, "public/secret", -11},
		{"alice", READ, "public/secret", 12},
		{"alice", WRITE, "public/secret", -11},
		{"relayed-alice", READ, "public/secret", 12},
		{"relayed-bob", READ, "public/x", 7},
		{"relayed-bob", WRITE, "public/x", 0},
		{"relayed-1000", WRITE, "team/a", 0},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		int line = decide(example, rows[i].who, rows[i].service, rows[i].name);
		if (line != rows[i].line)
			fail_msg("%s %s %s: line %d decided, expected %d", rows[i].who,
				rows[i].service == READ ? "reads" : "writes", rows[i].name, line,
				rows[i].line);
	}
}

static void without_a_line_the_answer_is_no(void **state)
{
	(void)state;

	assert_int_equal(decide("", "root", READ, "a"), 0);
	assert_int_equal(decide("[repository \"**\"]\n", "root", READ, "a"), 0);
}

static void a_pattern_may_end_in_git_but_need_not(void **state)
{
	(void)state;

	assert_int_equal(decide("[repository \"a.git\"]\nread=*", "x", READ, "a"), 2);
	assert_int_equal(decide("[repository \"/a\"]\nread=*", "x", READ, "a"), 2);
	assert_int_equal(decide("[repository \"*.git\"]\nread=*", "x", READ, "a"), 2);
	assert_int_equal(decide("[repository \"*.git\"]\nread=*", "x", READ, "a/b"), 0);
	assert_int_equal(decide("[repository \"A\"]\nread=*", "x", READ, "a"), 0);
}

static void each_problem_has_its_line_and_a_remedy(void **state)
{
	static const struct {
		const char *text, *detail;
	} rows[] = {
		{"[gitcell]\n\tfoo = 1\n", "policy:2: unknown key \"foo\" in [gitcell]: see "
					   "gitcell-policy(5) for those it knows"},
		{"[repository \"a\"]\nreed = x\n",
			"policy:2: unknown key \"reed\" in [repository]: "
			"it knows read, write and deny"},
		{"[repo \"a\"]\n", "policy:1: unknown section: there are [gitcell] and "
				   "[repository \"PATTERN\"]"},
		{"[gitcell \"x\"]\n", "policy:1: unknown section: there are [gitcell] and "
				      "[repository \"PATTERN\"]"},
		{"[repository]\n",
			"policy:1: [repository] names none: write [repository \"NAME\"]"},
		{"[repository \"a//b\"]\n", "policy:1: [repository] pattern: an empty component"},
		{"[repository \"/\"]\n", "policy:1: [repository] pattern: an empty component"},
		{"[repository \"a\"]\nread\n", "policy:2: read: needs a value"},
		{"[repository \"a\"]\nread=\n",
			"policy:2: not a name: write a user, :group, uid, :gid, * or anonymous"},
		{"[repository \"a\"]\nread=:\n",
			"policy:2: not a name: write a user, :group, uid, :gid, * or anonymous"},
		{"[repository \"a\"]\nread=a b\n", "policy:2: a b: one name on each line: a user, "
						   ":group, uid, :gid, * or anonymous"},
		{"[repository \"a\"]\nread=65534\n",
			"policy:2: 65534: this is what the kernel says "
			"for users it cannot map, and always refused"},
		{"[repository \"a\"]\nread=4294967295\n",
			"policy:2: 4294967295: not the number of a user or group"},
		{"[repository \"a\"]\nread=:12x\n",
			"policy:2: :12x: not the number of a user or group"},
		{"[gitcell]\nroot = srv\n", "policy:2: root: give an absolute path"},
		{"[gitcell]\nsandbox = off\n", "policy:2: sandbox: give required or optional"},
		{"[gitcell]\nrelay = :x\n", "policy:2: relay: give one user, by name or uid"},
		{"[gitcell]\n\nroot = \"x\n", "policy:3: the value is not closed by a '\"'"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct policy *policy;
		assert_fault(policy_of(rows[i].text, &policy), &fault_policy_file);
		assert_string_equal(fault_detail(&fault_policy_file), rows[i].detail);
		policy_free(policy);
	}
}

static void count_problem(void *arg, const char *line)
{
	int *count = arg;

	assert_non_null(strstr(line, "policy:"));
	++*count;
}

static void all_problems_are_told_to_who_asks(void **state)
{
	struct policy *policy;
	int count = 0;
	(void)state;

	assert_ok(policy_new(&policy));
	assert_fault(policy_read_text(policy, "policy",
			     CURSOR("[gitcell]\nx=1\ny=2\n[other]\nz=3\n[repository]\nread=a\n"
				    "[repository \"[\"]\nread=a\n[gitcell]\nk l\nm=1\n"),
			     count_problem, &count),
		&fault_policy_file);
	assert_int_equal(count, 6);
	policy_free(policy);
}

static void each_setting_has_its_bounds(void **state)
{
	static const struct {
		const char *line;
		bool taken;
	} rows[] = {
		{"request-timeout = 1s", true},
		{"request-timeout = 0", false},
		{"request-timeout = 1h", true},
		{"request-timeout = 3601", false},
		{"idle-timeout = 0", true},
		{"idle-timeout = 30d", true},
		{"idle-timeout = 2592001", false},
		{"session-timeout = 0", true},
		{"session-timeout = soon", false},
		{"connections = 0", true},
		{"connections = 10000", true},
		{"connections = 10001", false},
		{"connections = -1", false},
		{"connections-per-user = 10000", true},
		{"connections-per-user = 10001", false},
		{"memory = 64m", true},
		{"memory = 65535k", false},
		{"memory = 0", false},
		{"max-pack-size = 0", true},
		{"max-pack-size = 1048576g", true},
		{"max-pack-size = 1048577g", false},
		{"sandbox = required", true},
		{"root = /x", true},
		{"root", false},
		{"relay = 33", true},
		{"relay = git", true},
	};
	(void)state;

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct buffer text = BUFFER_INIT;
		struct policy *policy;
		buffer_format(&text, "[gitcell]\n%s\n", rows[i].line);
		if ((policy_of(buffer_cstr(&text), &policy) == NULL) != rows[i].taken)
			fail_msg("%s: expected %d", rows[i].line, rows[i].taken);
		policy_free(policy);
		buffer_free(&text);
	}
}

static void settings_have_safe_defaults_and_the_last_one_wins(void **state)
{
	struct policy *policy;
	const struct policy_settings *s;
	(void)state;

	assert_ok(policy_of("[gitcell]\nroot=/a\nroot=/b\nmemory=1g\nsandbox=optional\n"
			    "request-timeout=3s\nconnections=7\n",
		&policy));
	s = policy_settings(policy);
	assert_string_equal(s->root, "/b");
	assert_true(s->memory == UINT64_C(1) << 30 && s->sandbox_optional);
	assert_true(s->request_timeout_ms == 3000 && s->connections == 7);
	assert_ok(policy_set_root(policy, "/c"));
	assert_string_equal(policy_settings(policy)->root, "/c");
	assert_fault(policy_set_root(policy, "c"), &fault_policy_file);
	policy_free(policy);

	assert_ok(policy_of("", &policy));
	s = policy_settings(policy);
	assert_false(s->sandbox_optional);
	assert_true(s->connections == 200 && s->connections_per_user == 8);
	assert_true(s->idle_timeout_ms == 300000 && s->session_timeout_ms == 7200000);
	policy_free(policy);
}

static void rules_are_limited(void **state)
{
	struct buffer text = BUFFER_INIT;
	struct policy *policy;
	(void)state;

	buffer_text(&text, "[repository \"a\"]\n");
	for (int i = 0; i < POLICY_RULES_MAX; i++)
		buffer_text(&text, "read=*\n");
	assert_ok(policy_of(buffer_cstr(&text), &policy));
	policy_free(policy);
	buffer_text(&text, "read=*\n");
	assert_fault(policy_of(buffer_cstr(&text), &policy), &fault_policy_file);
	policy_free(policy);
	buffer_reset(&text);
	buffer_text(&text, "[gitcell]\n");
	for (int i = 0; i < POLICY_RELAYS_MAX; i++)
		buffer_text(&text, "relay=1\n");
	assert_ok(policy_of(buffer_cstr(&text), &policy));
	policy_free(policy);
	buffer_text(&text, "relay=1\n");
	assert_fault(policy_of(buffer_cstr(&text), &policy), &fault_policy_file);
	policy_free(policy);
	buffer_free(&text);
}

static void only_a_relay_speaks_for_others(void **state)
{
	struct policy *policy;
	struct peer *relay = peer_called("git"), *other = peer_called("alice");
	struct peer *anonymous = peer_called("anonymous"), *relayed = NULL, *again = NULL;
	(void)state;

	assert_ok(policy_of("[gitcell]\nrelay = git\nrelay = 4294967294\n", &policy));
	assert_true(policy_is_relay(policy, relay));
	assert_ok(policy_relayed(policy, relay, "bob", &relayed));
	assert_string_equal(peer_user(relayed), "bob");
	assert_fault(policy_relayed(policy, other, "bob", &again), &fault_not_a_relay);
	assert_fault(policy_relayed(policy, anonymous, "bob", &again), &fault_not_a_relay);
	assert_fault(policy_relayed(policy, relayed, "bob", &again), &fault_not_a_relay);
	peer_free(relayed);
	/* even one who is called like the relay, when a relay says so */
	assert_ok(policy_relayed(policy, relay, "git", &relayed));
	assert_false(policy_is_relay(policy, relayed));
	peer_free(relayed);
	peer_free(relay);
	peer_free(other);
	peer_free(anonymous);
	policy_free(policy);
}

static void note_line(void *arg, const struct decision *line)
{
	struct buffer *out = arg;

	buffer_format(out, "%u %s %s %s\n", line->line, line->pattern, line->key, line->value);
}

static void the_lines_can_be_listed_as_they_were_written(void **state)
{
	struct buffer out = BUFFER_INIT;
	struct policy *policy;
	(void)state;

	assert_ok(policy_of("[repository \"/a/*.git\"]\nREAD=:staff\ndeny = 7\n", &policy));
	policy_each_line(policy, note_line, &out);
	assert_string_equal(buffer_cstr(&out), "2 /a/*.git read :staff\n3 /a/*.git deny 7\n");
	buffer_free(&out);
	policy_free(policy);
}

static void nothing_is_granted_while_names_are_unknown(void **state)
{
	struct policy *policy;
	struct peer *self;
	struct grant *grant = NULL;
	(void)state;

	assert_ok(policy_of("[repository \"**\"]\nread=*\ndeny=guest\n", &policy));
	assert_ok(peer_self(&self));
	assert_fault(policy_decide(policy, self, READ, "a", &grant, NULL), &fault_internal);
	assert_null(grant);
	assert_ok(policy_look_up(policy, self));
	assert_ok(policy_decide(policy, self, READ, "a", &grant, NULL));
	grant_free(grant);
	assert_ok(policy_grant_self(self, WRITE, "/x/y", &grant));
	assert_string_equal(grant_name(grant), "/x/y");
	grant_free(grant);
	peer_free(self);
	self = peer_called("root");
	assert_fault(policy_grant_self(self, WRITE, "/x/y", &grant), &fault_internal);
	peer_free(self);
	policy_free(policy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_last_line_that_matches_decides),
		cmocka_unit_test(without_a_line_the_answer_is_no),
		cmocka_unit_test(a_pattern_may_end_in_git_but_need_not),
		cmocka_unit_test(each_problem_has_its_line_and_a_remedy),
		cmocka_unit_test(all_problems_are_told_to_who_asks),
		cmocka_unit_test(each_setting_has_its_bounds),
		cmocka_unit_test(settings_have_safe_defaults_and_the_last_one_wins),
		cmocka_unit_test(rules_are_limited),
		cmocka_unit_test(only_a_relay_speaks_for_others),
		cmocka_unit_test(the_lines_can_be_listed_as_they_were_written),
		cmocka_unit_test(nothing_is_granted_while_names_are_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
