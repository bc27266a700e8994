/* SPDX-License-Identifier: ISC */
/* zlib streams: whole, in pieces, damaged */
#include "tests/unit/test.h"
#include <stdlib.h>
#include "base/buffer.h"
#include "object/inflate.h"

static const struct fault *append(void *arg, const void *bytes, size_t len)
{
	buffer_append(arg, bytes, len);
	return NULL;
}

/* A stream of LEN bytes that do not compress much. */
static void make_stream(struct buffer *stream, uint8_t *plain, size_t len)
{
	struct deflater def = {.ready = false};
	uint32_t seed = 1;

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1664525 + 1013904223;
		plain[i] = (uint8_t)(seed >> 28);
	}
	buffer_reset(stream);
	assert_ok(deflater_start(&def));
	assert_ok(deflater_run(&def, cursor_over(plain, len / 2), false, append, stream));
	assert_ok(deflater_run(
		&def, cursor_over(plain + len / 2, len - len / 2), true, append, stream));
	deflater_free(&def);
}

static void a_whole_stream_has_exactly_its_length(void **state)
{
	static const size_t sizes[] = {0, 1, 1000, 300000};
	static uint8_t plain[300000], got[300001];
	struct inflater inf = {.ready = false};
	struct buffer stream = BUFFER_INIT;
	(void)state;

	for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
		struct cursor in;
		make_stream(&stream, plain, sizes[i]);
		buffer_text(&stream, "next");
		in = cursor_over(stream.bytes, stream.len);
		assert_ok(inflate_whole(&inf, &in, got, sizes[i]));
		assert_memory_equal(got, plain, sizes[i]);
		assert_true(cursor_is(&in, "next"));
		in = cursor_over(stream.bytes, stream.len);
		assert_fault(inflate_whole(&inf, &in, got, sizes[i] + 1), &fault_zlib);
		in = cursor_over(stream.bytes, stream.len);
		if (sizes[i])
			assert_fault(inflate_whole(&inf, &in, got, sizes[i] - 1), &fault_zlib);
		in = cursor_over(stream.bytes, stream.len - 5);
		assert_fault(inflate_whole(&inf, &in, got, sizes[i]), &fault_zlib);
	}
	buffer_free(&stream);
	inflater_free(&inf);
}

static void nothing_at_all_is_cut_off(void **state)
{
	struct inflater inf = {.ready = false};
	struct cursor in = CURSOR("");
	(void)state;

	assert_fault(inflate_whole(&inf, &in, NULL, 0), &fault_zlib);
	inflater_free(&inf);
}

static void a_stream_may_come_byte_by_byte(void **state)
{
	static uint8_t plain[5000], got[5000];
	struct inflater inf = {.ready = false};
	struct buffer stream = BUFFER_INIT;
	size_t at = 0;
	bool done = false;
	(void)state;

	make_stream(&stream, plain, sizeof plain);
	assert_ok(inflater_start(&inf));
	for (size_t i = 0; i < stream.len; i++) {
		struct cursor in = cursor_over(stream.bytes + i, 1);
		size_t len = sizeof got - at;
		assert_false(done);
		assert_ok(inflater_run(&inf, &in, got + at, &len, &done));
		assert_true(cursor_at_end(&in));
		at += len;
	}
	assert_true(done && at == sizeof plain);
	assert_memory_equal(got, plain, sizeof plain);
	buffer_free(&stream);
	inflater_free(&inf);
}

static void room_may_come_byte_by_byte(void **state)
{
	static uint8_t plain[5000];
	struct inflater inf = {.ready = false};
	struct buffer stream = BUFFER_INIT;
	struct cursor in;
	size_t at = 0;
	bool done = false;
	(void)state;

	make_stream(&stream, plain, sizeof plain);
	in = cursor_over(stream.bytes, stream.len);
	assert_ok(inflater_start(&inf));
	while (!done) {
		uint8_t byte;
		size_t len = 1;
		assert_ok(inflater_run(&inf, &in, &byte, &len, &done));
		if (len)
			assert_int_equal(byte, plain[at]);
		at += len;
	}
	assert_int_equal(at, sizeof plain);
	buffer_free(&stream);
	inflater_free(&inf);
}

static void no_flipped_bit_goes_unnoticed_or_out_of_bounds(void **state)
{
	static uint8_t plain[400], got[400];
	struct inflater inf = {.ready = false};
	struct buffer stream = BUFFER_INIT;
	(void)state;

	make_stream(&stream, plain, sizeof plain);
	for (size_t bit = 0; bit < stream.len * 8; bit++) {
		struct cursor in = cursor_over(stream.bytes, stream.len);
		stream.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
		if (!inflate_whole(&inf, &in, got, sizeof got))
			assert_memory_equal(got, plain, sizeof plain);
		stream.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	buffer_free(&stream);
	inflater_free(&inf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_stream_has_exactly_its_length),
		cmocka_unit_test(nothing_at_all_is_cut_off),
		cmocka_unit_test(a_stream_may_come_byte_by_byte),
		cmocka_unit_test(room_may_come_byte_by_byte),
		cmocka_unit_test(no_flipped_bit_goes_unnoticed_or_out_of_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
