/* SPDX-License-Identifier: ISC */
/* request, ssh_command */
#include "tests/unit/test.h"
#include "base/buffer.h"
#include "wire/pkt.h"
#include "wire/request.h"

#define LINE(literal) literal, sizeof(literal) - 1

static void good_requests_are_read(void **state)
{
	static const struct {
		const char *line;
		size_t len;
		enum service service;
		const char *name;
		int version;
		const char *user;
	} good[] = {
		{LINE("git-upload-pack /a.git\0host=h\0"), SERVICE_UPLOAD_PACK, "a", 0, ""},
		{LINE("git-upload-pack /a.git\0host=h:9418\0\0version=2\0"), SERVICE_UPLOAD_PACK,
			"a", 2, ""},
		{LINE("git-upload-pack /a\0HOST=h\0\0version=1\0"), SERVICE_UPLOAD_PACK, "a", 1,
			""},
		{LINE("git-receive-pack /t/a.git/\0host=\0"), SERVICE_RECEIVE_PACK, "t/a", 0, ""},
		{LINE("git-upload-pack a"), SERVICE_UPLOAD_PACK, "a", 0, ""},
		{LINE("git-upload-pack a\n"), SERVICE_UPLOAD_PACK, "a", 0, ""},
		{LINE("git-upload-pack a\n\0host=h\0"), SERVICE_UPLOAD_PACK, "a", 0, ""},
		{LINE("git-upload-pack /a\0"), SERVICE_UPLOAD_PACK, "a", 0, ""},
		{LINE("git-upload-pack /a\0\0version=2\0"), SERVICE_UPLOAD_PACK, "a", 2, ""},
		{LINE("git-upload-pack /a\0\0version=2"), SERVICE_UPLOAD_PACK, "a", 2, ""},
		{LINE("git-upload-pack /a\0\0version=1\0version=2\0version=0\0"),
			SERVICE_UPLOAD_PACK, "a", 2, ""},
		{LINE("git-upload-pack /a\0\0version=1:version=2\0"), SERVICE_UPLOAD_PACK, "a", 2,
			""},
		{LINE("git-upload-pack /a\0\0version=3\0x\0\0y=\1\0"), SERVICE_UPLOAD_PACK, "a", 0,
			""},
		{LINE("git-upload-pack /a\0host=h\0\0user=al\0version=2\0"), SERVICE_UPLOAD_PACK,
			"a", 2, "al"},
		{LINE("git-upload-pack /a b/c d\0"), SERVICE_UPLOAD_PACK, "a b/c d", 0, ""},
		{LINE("git-upload-pack  a"), SERVICE_UPLOAD_PACK, " a", 0, ""},
		{LINE("gitcell-whoami /\0host=h\0"), SERVICE_WHOAMI, "", 0, ""},
		{LINE("gitcell-whoami \0"), SERVICE_WHOAMI, "", 0, ""},
		{LINE("gitcell-whoami /\0\0user=al\0"), SERVICE_WHOAMI, "", 0, "al"},
	};
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		struct request request;
		assert_ok(request_parse(cursor_over(good[i].line, good[i].len), &request));
		assert_int_equal(request.service, good[i].service);
		assert_string_equal(request.name, good[i].name);
		assert_int_equal(request.version, good[i].version);
		assert_string_equal(request.user, good[i].user);
	}
}

static void bad_requests_are_refused(void **state)
{
	static const struct {
		const char *line;
		size_t len;
		const struct fault *fault;
	} bad[] = {
		{LINE(""), &fault_request_syntax},
		{LINE("git-upload-pack"), &fault_request_syntax},
		{LINE("git-upload-pack\0/a"), &fault_request_syntax},
		{LINE("git-upload-archive /a\0"), &fault_request_service},
		{LINE("Git-upload-pack /a\0"), &fault_request_service},
		{LINE("GET / HTTP/1.1\r\n"), &fault_request_service},
		{LINE(" git-upload-pack /a"), &fault_request_service},
		{LINE("git-upload-pack "), &fault_request_name},
		{LINE("git-upload-pack /\0"), &fault_request_name},
		{LINE("gitcell-whoami /a\0"), &fault_request_name},
		{LINE("gitcell-whoami\0"), &fault_request_syntax},
		{LINE("gitcell-shell /\0"), &fault_request_service},
		{LINE("git-upload-pack /a\n\n\0host=h\0"), &fault_request_name},
		{LINE("git-upload-pack /a\nb\0host=h\0"), &fault_request_name},
		{LINE("git-upload-pack /a\0host=h\nx\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0host=h\177\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0version=2\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0hos=h\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0host\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0host=h\0version=2\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0host=h\0host=i\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0host=h\0\0Host=i\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0\0user=\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0\0user=a b\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0\0user=a\n\0"), &fault_request_syntax},
		{LINE("git-upload-pack /a\0\0user=a\0user=b\0"), &fault_request_syntax},
	};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		struct request request = {.version = 7};
		const struct fault *fault =
			request_parse(cursor_over(bad[i].line, bad[i].len), &request);
		if (fault != bad[i].fault)
			fail_msg("line %zu, %s: %s", i, bad[i].line, fault ? fault->text : "read");
		assert_int_equal(request.version, 7);
	}
}

static void names_have_one_form(void **state)
{
	static const char *const good[][2] = {
		{"name", "name"},
		{"/name", "name"},
		{"name.git", "name"},
		{"/name.git/", "name"},
		{"/team/sub/name.git", "team/sub/name"},
		{"name.gitx", "name.gitx"},
		{"a.gitx/b", "a.gitx/b"},
		{"git", "git"},
		{"a..b", "a..b"},
		{"a~", "a~"},
		{"\xc3\xa4", "\xc3\xa4"},
	};
	char name[REPOSITORY_NAME_MAX + 1];
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_ok(repository_name(cursor_over_text(good[i][0]), name));
		assert_string_equal(name, good[i][1]);
	}
}

static void other_names_are_nobodys(void **state)
{
	static const char *const bad[] = {"", "/", "//", ".git", "/.git", ".git/", "/.git/",
		"a/.git", "//a", "a//", "a//b", ".", "..", "../a", "a/..", "a/../b", "./a", "a/.",
		"a/.b", ".a", "-a", "a/-b", "--upload-pack=x", "~a", "/~a/b", "~", "a\n", "a\tb",
		"a\x7f", "\x01", "a.git.git", "a.git/.git", "a.git.git/",
		"a.git/b", "a.git/modules/b.git", "a/b.git/c", "a.git/refs/heads/x"};
	char name[REPOSITORY_NAME_MAX + 1];
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		if (repository_name(cursor_over_text(bad[i]), name) != &fault_request_name)
			fail_msg("accepted: %s", bad[i]);
	assert_fault(repository_name(CURSOR("a\0b"), name), &fault_request_name);
}

static void only_gits_services_have_programs(void **state)
{
	struct cursor word = CURSOR("gitcell-whoami");
	enum service service;
	(void)state;

	assert_string_equal(service_name(SERVICE_WHOAMI), "gitcell-whoami");
	assert_false(service_by_name(&word, &service));
	word = CURSOR("git-receive-pack");
	assert_true(service_by_name(&word, &service));
	assert_int_equal(service, SERVICE_RECEIVE_PACK);
}

static void a_name_is_bounded(void **state)
{
	char path[REPOSITORY_NAME_MAX + 2], name[REPOSITORY_NAME_MAX + 1];
	(void)state;

	memset(path, 'x', sizeof path);
	path[0] = '/';
	assert_ok(repository_name(cursor_over(path, 1 + REPOSITORY_NAME_MAX), name));
	assert_int_equal(strlen(name), REPOSITORY_NAME_MAX);
	path[0] = 'x';
	assert_fault(repository_name(cursor_over(path, 1 + REPOSITORY_NAME_MAX), name),
		&fault_request_name);
}

static void a_request_is_bounded(void **state)
{
	static const char start[] = "git-upload-pack /a\0\0x";
	char line[REQUEST_MAX + 1];
	struct request request;
	(void)state;

	memset(line, 'x', sizeof line);
	memcpy(line, start, sizeof start - 1);
	assert_ok(request_parse(cursor_over(line, REQUEST_MAX), &request));
	assert_fault(request_parse(cursor_over(line, REQUEST_MAX + 1), &request), &fault_too_big);
}

static void a_user_name_is_bounded(void **state)
{
	static const char start[] = "git-upload-pack /a\0\0user=";
	const size_t len = sizeof start - 1;
	char line[sizeof start + USER_NAME_MAX + 1];
	struct request request;
	(void)state;

	memset(line, 'u', sizeof line);
	memcpy(line, start, len);
	assert_ok(request_parse(cursor_over(line, len + USER_NAME_MAX), &request));
	assert_int_equal(strlen(request.user), USER_NAME_MAX);
	assert_fault(request_parse(cursor_over(line, len + USER_NAME_MAX + 1), &request),
		&fault_request_syntax);
}

static void the_highest_version_counts(void **state)
{
	static const struct {
		const char *list;
		int version;
	} lists[] = {
		{"", 0},
		{":", 0},
		{"version=0", 0},
		{"version=1", 1},
		{"version=2", 2},
		{"version=2:version=1", 2},
		{"x:version=1:y", 1},
		{"version=3", 0},
		{"version=3:version=1", 1},
		{"version=22", 0},
		{"version=", 0},
		{"xversion=2", 0},
		{"version=2 ", 0},
		{"version=2:", 2},
		{"Version=2", 0},
	};
	(void)state;

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		assert_int_equal(
			protocol_version(cursor_over_text(lists[i].list)), lists[i].version);
}

static void a_formatted_request_is_read_back(void **state)
{
	struct buffer b = BUFFER_INIT;
	struct request request;
	(void)state;

	request_format(&b, SERVICE_RECEIVE_PACK, "/t/a.git", "h", 1, "alice");
	assert_memory_equal(b.bytes, "003b", 4);
	assert_int_equal(b.len, 0x3b);
	assert_ok(request_parse(cursor_over(b.bytes + 4, b.len - 4), &request));
	assert_int_equal(request.service, SERVICE_RECEIVE_PACK);
	assert_string_equal(request.name, "t/a");
	assert_string_equal(request.user, "alice");
	assert_int_equal(request.version, 1);
	buffer_reset(&b);
	request_format(&b, SERVICE_UPLOAD_PACK, "/a", NULL, 0, NULL);
	assert_int_equal(b.len, 4 + sizeof "git-upload-pack /a");
	assert_memory_equal(b.bytes, "0017git-upload-pack /a", b.len);
	buffer_free(&b);
}

static void a_request_that_nobody_would_read_is_not_formatted(void **state)
{
	static const size_t fixed = sizeof "git-upload-pack "; /* and the NUL */
	char path[REQUEST_MAX + 1] = {0};
	struct buffer b = BUFFER_INIT;
	(void)state;

	memset(path, 'x', REQUEST_MAX - fixed);
	request_format(&b, SERVICE_UPLOAD_PACK, path, NULL, 0, NULL);
	assert_ok(buffer_check(&b));
	path[REQUEST_MAX - fixed] = 'x';
	request_format(&b, SERVICE_UPLOAD_PACK, path, NULL, 0, NULL);
	assert_fault(buffer_check(&b), &fault_too_big);
	buffer_free(&b);
}

/* --- ssh -------------------------------------------------------------------------------------- */

static void ssh_commands_are_unquoted(void **state)
{
	static const struct {
		const char *command;
		enum service service;
		const char *path;
	} good[] = {
		{"git-upload-pack 'a.git'", SERVICE_UPLOAD_PACK, "a.git"},
		{"git-receive-pack '/srv/a b'", SERVICE_RECEIVE_PACK, "/srv/a b"},
		{"git upload-pack 'a'", SERVICE_UPLOAD_PACK, "a"},
		{"git receive-pack a/b.git", SERVICE_RECEIVE_PACK, "a/b.git"},
		{"git-upload-pack 'it'\\''s'", SERVICE_UPLOAD_PACK, "it's"},
		{"git-upload-pack 'a'\\!'b'", SERVICE_UPLOAD_PACK, "a!b"},
		{"git-upload-pack ''\\'''", SERVICE_UPLOAD_PACK, "'"},
		{"git-upload-pack '$(x) `y` \\ \"z\" ;|&'", SERVICE_UPLOAD_PACK,
			"$(x) `y` \\ \"z\" ;|&"},
		{"git-upload-pack '~a/b'", SERVICE_UPLOAD_PACK, "~a/b"},
	};
	char path[REQUEST_MAX];
	enum service service;
	(void)state;

	for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
		assert_ok(ssh_command_parse(cursor_over_text(good[i].command), &service, path));
		assert_int_equal(service, good[i].service);
		assert_string_equal(path, good[i].path);
	}
}

static void other_ssh_commands_are_refused(void **state)
{
	static const struct {
		const char *command;
		const struct fault *fault;
	} bad[] = {
		{"", &fault_request_service},
		{"git", &fault_request_service},
		{"git-upload-pack", &fault_request_service},
		{"git-upload-archive 'a'", &fault_request_service},
		{"git  upload-pack 'a'", &fault_request_service},
		{"sh -c 'git-upload-pack a'", &fault_request_service},
		{"/usr/bin/git-upload-pack 'a'", &fault_request_service},
		{"git-upload-packx 'a'", &fault_request_service},
		{"gitcell-whoami '/'", &fault_request_service},
		{"git gitcell-whoami '/'", &fault_request_service},
		{"git-upload-pack\t'a'", &fault_request_service},
		{"git-upload-pack ", &fault_request_syntax},
		{"git-upload-pack ''", &fault_request_syntax},
		{"git-upload-pack '", &fault_request_syntax},
		{"git-upload-pack 'a", &fault_request_syntax},
		{"git-upload-pack 'a''b'", &fault_request_syntax},
		{"git-upload-pack 'a'b", &fault_request_syntax},
		{"git-upload-pack 'a' ", &fault_request_syntax},
		{"git-upload-pack 'a' 'b'", &fault_request_syntax},
		{"git-upload-pack 'a'\\'", &fault_request_syntax},
		{"git-upload-pack 'a'\\x'b'", &fault_request_syntax},
		{"git-upload-pack a b", &fault_request_syntax},
		{"git-upload-pack a'b'", &fault_request_syntax},
		{"git-upload-pack a\\b", &fault_request_syntax},
		{"git-upload-pack \"a\"", &fault_request_syntax},
		{"git-upload-pack --strict", &fault_request_syntax},
		{"git-upload-pack '-a'", &fault_request_syntax},
		{"git-upload-pack 'a\nb'", &fault_request_syntax},
		{"git-upload-pack a\n", &fault_request_syntax},
	};
	char path[REQUEST_MAX];
	enum service service;
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		if (ssh_command_parse(cursor_over_text(bad[i].command), &service, path) !=
			bad[i].fault)
			fail_msg("line %zu: %s", i, bad[i].command);
	}
	assert_fault(ssh_command_parse(CURSOR("git-upload-pack 'a\0b'"), &service, path),
		&fault_request_syntax);
}

static void an_ssh_path_is_bounded(void **state)
{
	static const char start[] = "git-upload-pack ";
	char command[sizeof start + REQUEST_MAX], path[REQUEST_MAX];
	enum service service;
	(void)state;

	memset(command, 'x', sizeof command);
	memcpy(command, start, sizeof start - 1);
	assert_ok(ssh_command_parse(
		cursor_over(command, sizeof start - 1 + REQUEST_MAX - 1), &service, path));
	assert_int_equal(strlen(path), REQUEST_MAX - 1);
	assert_fault(ssh_command_parse(
			     cursor_over(command, sizeof start - 1 + REQUEST_MAX), &service, path),
		&fault_request_syntax);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_requests_are_read),
		cmocka_unit_test(bad_requests_are_refused),
		cmocka_unit_test(names_have_one_form),
		cmocka_unit_test(other_names_are_nobodys),
		cmocka_unit_test(only_gits_services_have_programs),
		cmocka_unit_test(a_name_is_bounded),
		cmocka_unit_test(a_request_is_bounded),
		cmocka_unit_test(a_user_name_is_bounded),
		cmocka_unit_test(the_highest_version_counts),
		cmocka_unit_test(a_formatted_request_is_read_back),
		cmocka_unit_test(a_request_that_nobody_would_read_is_not_formatted),
		cmocka_unit_test(ssh_commands_are_unquoted),
		cmocka_unit_test(other_ssh_commands_are_refused),
		cmocka_unit_test(an_ssh_path_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
