/* SPDX-License-Identifier: ISC */
/* json: what any reader of JSON takes, whatever the text */
#include "tests/unit/test.h"
#include "cli/json.h"

static void commas_stand_between_values_and_nowhere_else(void **state)
{
	struct buffer out = BUFFER_INIT;
	struct json json = {.out = &out};
	(void)state;

	json_object(&json, NULL);
	json_text(&json, "a", "b");
	json_array(&json, "list");
	json_end_array(&json);
	json_array(&json, "two");
	json_number(&json, NULL, 1);
	json_object(&json, NULL);
	json_end_object(&json);
	json_end_array(&json);
	json_bool(&json, "yes", true);
	json_null(&json, "none");
	json_text(&json, "null", NULL);
	json_number(&json, "big", UINT64_MAX);
	json_end_object(&json);
	json_newline(&json);
	json_object(&json, NULL);
	json_end_object(&json);
	assert_string_equal(buffer_cstr(&out),
		"{\"a\":\"b\",\"list\":[],\"two\":[1,{}],\"yes\":true,\"none\":null,\"null\":null,"
		"\"big\":18446744073709551615}\n{}");
	buffer_free(&out);
}

static void text_is_valid_whatever_it_holds(void **state)
{
	static const struct {
		const char *text, *json;
	} cases[] = {
		{"", ""}, {"plain / text", "plain / text"}, {"\"\\", "\\\"\\\\"},
		{"\n\t\033[31m\177", "\\u000a\\u0009\\u001b[31m\\u007f"},
		{"\303\251", "\303\251"},                              /* e acute */
		{"\342\202\254", "\342\202\254"},                      /* the euro sign */
		{"\360\237\230\200", "\360\237\230\200"},              /* a face */
		{"\302\233", "\\u009b"},                               /* C1: CSI */
		{"\342\200\256", "\\u202e"},                           /* right to left */
		{"\342\200\250", "\\u2028"},                           /* a line end */
		{"\377", "\\u00ff"}, {"\303", "\\u00c3"},              /* cut off */
		{"\303x", "\\u00c3x"}, {"\300\257", "\\u00c0\\u00af"}, /* '/' in too many bytes */
		{"\340\200\257", "\\u00e0\\u0080\\u00af"},
		{"\355\240\200", "\\u00ed\\u00a0\\u0080"},            /* a surrogate */
		{"\364\220\200\200", "\\u00f4\\u0090\\u0080\\u0080"}, /* past the last */
		{"\364\217\277\277", "\364\217\277\277"},             /* the last */
	};
	(void)state;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct buffer out = BUFFER_INIT, want = BUFFER_INIT;
		struct json json = {.out = &out};
		json_text(&json, NULL, cases[i].text);
		buffer_format(&want, "\"%s\"", cases[i].json);
		assert_string_equal(buffer_cstr(&out), buffer_cstr(&want));
		buffer_free(&out);
		buffer_free(&want);
	}
}

static void keys_are_escaped_too(void **state)
{
	struct buffer out = BUFFER_INIT;
	struct json json = {.out = &out};
	(void)state;

	json_text(&json, "a\"b", "c");
	assert_string_equal(buffer_cstr(&out), "\"a\\\"b\":\"c\"");
	buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(commas_stand_between_values_and_nowhere_else),
		cmocka_unit_test(text_is_valid_whatever_it_holds),
		cmocka_unit_test(keys_are_escaped_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
