/* SPDX-License-Identifier: ISC */
/* whoami, identity: what the server says of a peer is read back as it was */
#include <unistd.h>
#include "tests/unit/test.h"
#include "cell/peer.h"
#include "cell/whoami.h"
#include "cli/identity.h"

/* Says PEER and reads it back. */
static const struct fault *round_trip(const struct peer *peer, struct identity *identity)
{
	struct buffer answer = BUFFER_INIT;
	const struct fault *fault;

	whoami_format(peer, &answer);
	fault = identity_read(identity, cursor_over(answer.bytes, answer.len));
	buffer_free(&answer);
	return fault;
}

static void a_peer_without_names_is_its_numbers(void **state)
{
	struct identity identity = {.uid = 0};
	struct peer *peer;
	(void)state;

	assert_ok(peer_self(&peer));
	assert_ok(round_trip(peer, &identity));
	assert_string_equal(identity.kind, "self");
	assert_string_equal(identity.user, "");
	assert_true(identity.has_uid);
	assert_int_equal(identity.uid, geteuid());
	assert_true(identity.group_count >= 1);
	for (size_t i = 0; i < identity.group_count; i++) {
		assert_true(peer_in_gid(peer, identity.groups[i].gid));
		assert_string_equal(identity.groups[i].name, "");
	}
	identity_free(&identity);
	peer_free(peer);
}

static void a_local_peer_has_names(void **state)
{
	struct identity identity = {.uid = 1};
	struct peer *peer;
	(void)state;

	assert_ok(peer_supposed("root", &peer));
	assert_ok(round_trip(peer, &identity));
	assert_string_equal(identity.kind, "local");
	assert_string_equal(identity.user, "root");
	assert_int_equal(identity.uid, 0);
	assert_int_equal(identity.groups[0].gid, 0);
	assert_string_equal(identity.groups[0].name, "root");
	identity_free(&identity);
	peer_free(peer);
}

static void an_anonymous_peer_has_no_uid(void **state)
{
	struct identity identity = {.uid = 1};
	struct peer *peer;
	(void)state;

	assert_ok(peer_supposed("anonymous", &peer));
	assert_ok(round_trip(peer, &identity));
	assert_string_equal(identity.kind, "anonymous");
	assert_false(identity.has_uid);
	assert_int_equal(identity.group_count, 0);
	identity_free(&identity);
	peer_free(peer);
}

static void a_relayed_peer_has_a_name_alone(void **state)
{
	struct identity identity = {.uid = 1};
	struct peer *relay, *peer;
	(void)state;

	assert_ok(peer_self(&relay));
	assert_ok(peer_of_relay(relay, "alice", &peer));
	assert_ok(round_trip(peer, &identity));
	assert_string_equal(identity.kind, "relayed");
	assert_string_equal(identity.user, "alice");
	assert_false(identity.has_uid);
	identity_free(&identity);
	peer_free(peer);
	peer_free(relay);
}

static void words_of_later_servers_are_left_out(void **state)
{
	struct identity identity = {.uid = 0};
	(void)state;

	assert_ok(identity_read(&identity, CURSOR("000fkind local\n000dmood good0009uid 70000")));
	assert_int_equal(identity.uid, 7);
	identity_free(&identity);
}

static void other_answers_are_refused(void **state)
{
	static const char *const bad[] = {"", "0000", "000fkind local\n", "000fkind local\n0001",
		"000fkind local\n00000000", "000fkind local\n0000x", "000fkind loc", "00", "zzzz",
		"0011ERR not here\n", "000fkind local\n0009uid x0000",
		"000fkind local\n000auid -10000", "000fkind local\n0013uid 42949672960000",
		"000fkind local\n000bgroup 0000", "000fkind local\n000dgroup 1x0000"};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct identity identity = {.uid = 0};
		const struct fault *fault = identity_read(&identity, cursor_over_text(bad[i]));
		identity_free(&identity);
		if (!fault)
			fail_msg("answer %zu was taken: %s", i, bad[i]);
	}
}

static void what_the_server_complains_of_is_told(void **state)
{
	struct identity identity = {.uid = 0};
	(void)state;

	assert_fault(identity_read(&identity, CURSOR("001aERR try again later\033x\n")),
		&fault_identity);
	assert_string_equal(fault_detail(&fault_identity), "ERR try again later\\x1bx");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_peer_without_names_is_its_numbers),
		cmocka_unit_test(a_local_peer_has_names),
		cmocka_unit_test(an_anonymous_peer_has_no_uid),
		cmocka_unit_test(a_relayed_peer_has_a_name_alone),
		cmocka_unit_test(words_of_later_servers_are_left_out),
		cmocka_unit_test(other_answers_are_refused),
		cmocka_unit_test(what_the_server_complains_of_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
