/* SPDX-License-Identifier: ISC */
/* peer: real sockets; as root also clients that have become somebody else */
#include <arpa/inet.h>
#include <grp.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "cell/peer.h"

static char directory[] = "/tmp/gitcell-peer.XXXXXX";
static struct sockaddr_un address = {.sun_family = AF_UNIX};

static int listen_at(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	unlink(address.sun_path);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
	assert_int_equal(chmod(address.sun_path, 0777), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

/* A client with these ids (when GROUPS is not NULL) connects; what the server makes of it. */
static const struct fault *peer_of_client(
	uid_t uid, gid_t gid, const gid_t *groups, size_t count, struct peer **out)
{
	int listener = listen_at(), fd, status;
	const struct fault *fault;
	pid_t pid = fork();

	if (pid == 0) {
		int client = socket(AF_UNIX, SOCK_STREAM, 0);
		if (groups && (setgroups(count, groups) || setgid(gid) || setuid(uid)))
			_exit(1);
		if (connect(client, (struct sockaddr *)&address, sizeof address))
			_exit(2);
		_exit(0);
	}
	fd = accept(listener, NULL, NULL);
	assert_true(fd >= 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	fault = peer_of_socket(fd, out);
	close(fd);
	close(listener);
	return fault;
}

static void the_kernel_says_who_connected(void **state)
{
	struct peer *peer;
	(void)state;

	assert_ok(peer_of_client(0, 0, NULL, 0, &peer));
	assert_int_equal(peer_kind(peer), PEER_LOCAL);
	assert_int_equal(peer_uid(peer), geteuid());
	assert_true(peer_in_gid(peer, getegid()));
	assert_true(peer_pid(peer) > 0);
	assert_true(peer_identity(peer) == geteuid());
	peer_free(peer);
}

static void groups_are_those_of_the_process_that_connected(void **state)
{
	static const gid_t groups[] = {30007, 30005, 30005, 30006};
	struct peer *peer;
	(void)state;

	if (geteuid() != 0)
		skip();
	assert_ok(peer_of_client(1234, 1235, groups, 4, &peer));
	assert_int_equal(peer_uid(peer), 1234);
	assert_true(peer_in_gid(peer, 1235));
	assert_true(
		peer_in_gid(peer, 30005) && peer_in_gid(peer, 30006) && peer_in_gid(peer, 30007));
	assert_false(peer_in_gid(peer, 30008) || peer_in_gid(peer, 0) || peer_in_gid(peer, 1234));
	peer_free(peer);
}

static void more_groups_than_a_first_guess_are_all_seen(void **state)
{
	enum { MANY = 3000 };
	gid_t groups[MANY];
	struct peer *peer;
	(void)state;

	if (geteuid() != 0)
		skip();
	for (gid_t i = 0; i < MANY; i++)
		groups[i] = 70000 + i;
	assert_ok(peer_of_client(1234, 1234, groups, MANY, &peer));
	for (gid_t i = 0; i < MANY; i++)
		assert_true(peer_in_gid(peer, 70000 + i));
	assert_false(peer_in_gid(peer, 70000 + MANY));
	peer_free(peer);
}

static void a_user_that_cannot_be_mapped_is_nobody(void **state)
{
	static const gid_t groups[] = {PEER_OVERFLOW_ID, 30005};
	struct peer *peer = NULL;
	(void)state;

	if (geteuid() != 0)
		skip();
	assert_fault(peer_of_client(PEER_OVERFLOW_ID, 1, groups, 2, &peer), &fault_peer_unmapped);
	assert_null(peer);
	/* such a group is no membership of anything */
	assert_ok(peer_of_client(1234, PEER_OVERFLOW_ID, groups, 2, &peer));
	assert_false(peer_in_gid(peer, PEER_OVERFLOW_ID));
	assert_true(peer_in_gid(peer, 30005));
	peer_free(peer);
}

static void tcp_peers_are_anonymous(void **state)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof at;
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	struct buffer text = BUFFER_INIT;
	struct peer *peer;
	int fd;
	(void)state;

	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof at), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(connect(client, (struct sockaddr *)&at, sizeof at), 0);
	fd = accept(listener, NULL, NULL);
	assert_ok(peer_of_socket(fd, &peer));
	assert_int_equal(peer_kind(peer), PEER_ANONYMOUS);
	assert_true(peer_uid(peer) == (uid_t)-1);
	assert_int_equal(peer_pid(peer), 0);
	assert_false(peer_in_gid(peer, 0));
	assert_string_equal(peer_address(peer), "127.0.0.1");
	assert_true(peer_identity(peer) >> 32 == 1);
	peer_describe(peer, &text);
	assert_string_equal(buffer_cstr(&text), "anonymous 127.0.0.1");
	buffer_free(&text);
	peer_free(peer);
	close(fd);
	close(client);
	close(listener);
}

static void what_is_no_socket_has_no_peer(void **state)
{
	struct peer *peer = NULL;
	int fds[2];
	(void)state;

	assert_int_equal(pipe(fds), 0);
	assert_fault(peer_of_socket(fds[0], &peer), &fault_peer_socket);
	assert_null(peer);
	close(fds[0]);
	close(fds[1]);
}

static void names_come_from_the_databases_and_only_on_demand(void **state)
{
	const struct passwd *me = getpwuid(geteuid());
	const struct group *mine = getgrgid(getegid());
	struct peer *peer;
	(void)state;

	if (!me || !mine)
		skip();
	assert_ok(peer_self(&peer));
	assert_int_equal(peer_kind(peer), PEER_SELF);
	assert_false(peer_names_known(peer, true, false));
	assert_string_equal(peer_user(peer), "");
	assert_false(peer_in_group(peer, mine->gr_name));
	assert_ok(peer_look_up(peer, true, false));
	assert_true(peer_names_known(peer, true, false));
	assert_false(peer_names_known(peer, true, true));
	assert_ok(peer_look_up(peer, true, true));
	assert_string_equal(peer_user(peer), me->pw_name);
	assert_true(peer_in_group(peer, mine->gr_name));
	assert_false(peer_in_group(peer, "no-such-group"));
	peer_free(peer);
}

static void an_id_without_a_name_is_no_fault(void **state)
{
	static const gid_t groups[] = {2345678};
	struct peer *peer;
	struct buffer text = BUFFER_INIT;
	(void)state;

	if (geteuid() != 0)
		skip();
	assert_ok(peer_of_client(2345678, 2345678, groups, 1, &peer));
	assert_ok(peer_look_up(peer, true, true));
	assert_true(peer_names_known(peer, true, true));
	assert_string_equal(peer_user(peer), "");
	peer_describe(peer, &text);
	assert_string_equal(buffer_cstr(&text), "uid 2345678");
	buffer_free(&text);
	peer_free(peer);
}

static void a_relay_can_only_say_what_looks_like_a_name(void **state)
{
	static const char *const bad[] = {"", "*", ":staff", "a b", "a\n", "-x", "a/b",
		"caf\xc3\xa9", "01234567890123456789012345678901234567890123456789012345678901234"};
	struct peer *relay, *peer = NULL;
	(void)state;

	assert_ok(peer_self(&relay));
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_fault(peer_of_relay(relay, bad[i], &peer), &fault_peer_no_user);
	assert_ok(peer_of_relay(relay, bad[8] + 1, &peer)); /* 64 bytes */
	peer_free(peer);
	assert_ok(peer_of_relay(relay, "alice@example.org", &peer));
	assert_int_equal(peer_kind(peer), PEER_RELAYED);
	assert_string_equal(peer_user(peer), "alice@example.org");
	assert_false(peer_in_gid(peer, getegid()));
	assert_true(peer_names_known(peer, true, true));
	peer_free(peer);
	peer_free(relay);
}

static void explain_can_suppose_anybody(void **state)
{
	struct peer *peer = NULL;
	(void)state;

	assert_ok(peer_supposed("anonymous", &peer));
	assert_int_equal(peer_kind(peer), PEER_ANONYMOUS);
	peer_free(peer);
	assert_ok(peer_supposed("0", &peer));
	assert_int_equal(peer_uid(peer), 0);
	assert_string_equal(peer_user(peer), "root");
	assert_true(peer_in_gid(peer, 0));
	peer_free(peer);
	assert_ok(peer_supposed("2345678", &peer));
	assert_string_equal(peer_user(peer), "");
	peer_free(peer);
	peer = NULL;
	assert_fault(peer_supposed("no-such-user", &peer), &fault_peer_no_user);
	assert_fault(peer_supposed("65534", &peer), &fault_peer_unmapped);
	assert_null(peer);
}

static int set_up(void **state)
{
	(void)state;
	if (!mkdtemp(directory) || chmod(directory, 0755))
		return -1;
	snprintf(address.sun_path, sizeof address.sun_path, "%s/s", directory);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	unlink(address.sun_path);
	return rmdir(directory);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernel_says_who_connected),
		cmocka_unit_test(groups_are_those_of_the_process_that_connected),
		cmocka_unit_test(more_groups_than_a_first_guess_are_all_seen),
		cmocka_unit_test(a_user_that_cannot_be_mapped_is_nobody),
		cmocka_unit_test(tcp_peers_are_anonymous),
		cmocka_unit_test(what_is_no_socket_has_no_peer),
		cmocka_unit_test(names_come_from_the_databases_and_only_on_demand),
		cmocka_unit_test(an_id_without_a_name_is_no_fault),
		cmocka_unit_test(a_relay_can_only_say_what_looks_like_a_name),
		cmocka_unit_test(explain_can_suppose_anybody),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
