/* SPDX-License-Identifier: ISC */
/* capability */
#include "tests/unit/test.h"
#include "wire/capability.h"

#define VALUES "object-format=sha1 agent=gitcell/" PACKAGE_VERSION
#define UPLOAD_WORDS                                                                               \
	" multi_ack thin-pack side-band side-band-64k ofs-delta no-progress include-tag "          \
	"multi_ack_detailed no-done "
#define RECEIVE_WORDS "report-status delete-refs side-band-64k quiet ofs-delta "

#define UPLOAD_BITS                                                                                \
	(CAP_MULTI_ACK | CAP_THIN_PACK | CAP_SIDE_BAND | CAP_SIDE_BAND_64K | CAP_OFS_DELTA |       \
		CAP_NO_PROGRESS | CAP_INCLUDE_TAG | CAP_MULTI_ACK_DETAILED | CAP_NO_DONE)
#define RECEIVE_BITS                                                                               \
	(CAP_REPORT_STATUS | CAP_DELETE_REFS | CAP_SIDE_BAND_64K | CAP_QUIET | CAP_OFS_DELTA)

static void each_service_offers_its_own(void **state)
{
	struct buffer b = BUFFER_INIT;
	(void)state;

	upload_pack_capabilities(&b, &hash_sha1, NULL);
	assert_string_equal(buffer_cstr(&b), UPLOAD_WORDS VALUES);
	buffer_reset(&b);
	upload_pack_capabilities(&b, &hash_sha1, "refs/heads/main");
	assert_string_equal(buffer_cstr(&b), UPLOAD_WORDS "symref=HEAD:refs/heads/main " VALUES);
	buffer_reset(&b);
	receive_pack_capabilities(&b, &hash_sha1);
	assert_string_equal(buffer_cstr(&b), RECEIVE_WORDS VALUES);
	buffer_free(&b);
}

static void what_is_advertised_is_what_is_parsed(void **state)
{
	struct client_capabilities caps;
	(void)state;

	assert_ok(upload_pack_capabilities_parse(CURSOR(UPLOAD_WORDS VALUES "\n"), &caps));
	assert_int_equal(caps.bits, UPLOAD_BITS);
	assert_ptr_equal(caps.algo, &hash_sha1);
	assert_string_equal(caps.agent, agent_value());
	assert_ok(receive_pack_capabilities_parse(CURSOR(RECEIVE_WORDS VALUES), &caps));
	assert_int_equal(caps.bits, RECEIVE_BITS);
}

static void what_is_not_advertised_is_ignored(void **state)
{
	static const char words[] = "atomic push-options filter session-id=x report-status-v2 "
				    "side-band-64kx Quiet allow-tip-sha1-in-want  shallow = ";
	struct client_capabilities caps;
	(void)state;

	assert_ok(upload_pack_capabilities_parse(CURSOR(words), &caps));
	assert_int_equal(caps.bits, 0);
	assert_string_equal(caps.agent, "");
	assert_null(caps.algo);
	assert_ok(receive_pack_capabilities_parse(CURSOR("thin-pack side-band"), &caps));
	assert_int_equal(caps.bits, 0);
	assert_ok(upload_pack_capabilities_parse(CURSOR("report-status quiet"), &caps));
	assert_int_equal(caps.bits, 0);
	assert_ok(upload_pack_capabilities_parse(CURSOR(""), &caps));
	assert_int_equal(caps.bits, 0);
}

static void an_agent_is_printable(void **state)
{
	struct client_capabilities caps;
	(void)state;

	assert_ok(upload_pack_capabilities_parse(CURSOR("agent=a\33[m\0\177\xff"
							"b~!"),
		&caps));
	assert_string_equal(caps.agent, "a[mb~!");
}

static void an_agent_is_cut(void **state)
{
	char word[6 + AGENT_MAX + 1] = "agent=";
	struct client_capabilities caps;
	(void)state;

	memset(word + 6, 'x', AGENT_MAX + 1);
	assert_ok(upload_pack_capabilities_parse(cursor_over(word, 6 + AGENT_MAX), &caps));
	assert_int_equal(strlen(caps.agent), AGENT_MAX);
	assert_ok(upload_pack_capabilities_parse(cursor_over(word, 6 + AGENT_MAX + 1), &caps));
	assert_int_equal(strlen(caps.agent), AGENT_MAX);
}

static void an_object_format_must_be_one(void **state)
{
	static const char *const bad[] = {
		"object-format=", "object-format=md5", "object-format=SHA1"};
	struct client_capabilities caps = {.bits = 7};
	(void)state;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		assert_fault(receive_pack_capabilities_parse(cursor_over_text(bad[i]), &caps),
			&fault_capability);
	assert_int_equal(caps.bits, 7);
	assert_string_equal(fault_detail(&fault_capability), "'SHA1'");
	assert_ok(receive_pack_capabilities_parse(CURSOR("object-format=sha256"), &caps));
	assert_ptr_equal(caps.algo, &hash_sha256);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_service_offers_its_own),
		cmocka_unit_test(what_is_advertised_is_what_is_parsed),
		cmocka_unit_test(what_is_not_advertised_is_ignored),
		cmocka_unit_test(an_agent_is_printable),
		cmocka_unit_test(an_agent_is_cut),
		cmocka_unit_test(an_object_format_must_be_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
