/* SPDX-License-Identifier: ISC */
/* sideband */
#include "tests/unit/test.h"
#include <fcntl.h>
#include <unistd.h>
#include "io/sideband.h"
#include "wire/capability.h"

static struct stream stream;
static struct sideband sb;
static uint8_t sent[256 << 10];

static void start(uint32_t caps)
{
	static FILE *file;

	if (file)
		fclose(file);
	file = tmpfile();
	assert_non_null(file);
	stream_init(&stream, fileno(file), fileno(file));
	sideband_init(&sb, &stream, caps);
}

static size_t sent_len(void)
{
	ssize_t n = pread(stream.out, sent, sizeof sent, 0);

	assert_true(n >= 0);
	return (size_t)n;
}

static void assert_sent(const char *text)
{
	size_t len = sent_len();

	assert_int_equal(len, strlen(text));
	assert_memory_equal(sent, text, len);
}

static void data_is_collected_and_ended(void **state)
{
	(void)state;

	start(CAP_SIDE_BAND | CAP_SIDE_BAND_64K);
	assert_int_equal(sb.frame_max, 65515);
	assert_ok(sideband_data(&sb, "PA", 2));
	assert_ok(sideband_data(&sb, "", 0));
	assert_ok(sideband_data(&sb, "CK", 2));
	assert_ok(sideband_end(&sb, true));
	assert_sent("0009\1PACK0000");
}

static void progress_comes_after_the_data_before_it(void **state)
{
	(void)state;

	start(CAP_SIDE_BAND_64K);
	assert_ok(sideband_data(&sb, "PA", 2));
	assert_ok(sideband_text(&sb, BAND_PROGRESS, "50%\r\33[m\t\n"));
	assert_sent("0007\1PA0011\00250%\r\\x1b[m\t\n");
	assert_ok(sideband_data(&sb, "CK", 2));
	assert_ok(sideband_text(&sb, BAND_ERROR, ""));
	assert_ok(sideband_text(&sb, BAND_ERROR, "no\n"));
	assert_ok(sideband_end(&sb, false));
	assert_sent("0007\1PA0011\00250%\r\\x1b[m\t\n0007\1CK0008\3no\n");
}

/* Frames are full: FRAME bytes of payload each, and never more. */
static void check_frames(uint32_t caps, size_t frame, const char *digits)
{
	static uint8_t bytes[140000];

	memset(bytes, 'x', sizeof bytes);
	start(caps);
	assert_int_equal(sb.frame_max, frame);
	assert_ok(sideband_data(&sb, bytes, frame - 1));
	assert_ok(sideband_data(&sb, bytes, frame + 2));
	assert_ok(sideband_end(&sb, true));
	assert_int_equal(sent_len(), 2 * (frame + 5) + 6 + 4);
	assert_memory_equal(sent, digits, 4);
	assert_memory_equal(sent + frame + 5, digits, 4);
	assert_memory_equal(sent + 2 * (frame + 5), "0006\1x0000", 10);
}

static void frames_are_full(void **state)
{
	(void)state;

	check_frames(CAP_SIDE_BAND, 995, "03e8");
	check_frames(CAP_SIDE_BAND_64K, 65515, "fff0");
}

static void exactly_one_frame_leaves_nothing_behind(void **state)
{
	static uint8_t bytes[995];
	(void)state;

	start(CAP_SIDE_BAND);
	assert_ok(sideband_data(&sb, bytes, sizeof bytes));
	assert_ok(sideband_end(&sb, true));
	assert_int_equal(sent_len(), 1000 + 4);
}

static void long_text_takes_several_lines(void **state)
{
	static char text[2001];
	(void)state;

	memset(text, '\1', sizeof text - 1);
	start(CAP_SIDE_BAND);
	assert_ok(sideband_text(&sb, BAND_PROGRESS, text));
	assert_int_equal(sb.pending, 0);
	assert_true(sent_len() > 4 * 2000);
	assert_memory_equal(sent, "03e5\2\\x01", 9); /* 248 whole escapes */
	assert_memory_equal(sent + 0x3e5, "03e5\2\\x01", 9);
}

static void without_a_side_band_only_data_goes_out(void **state)
{
	(void)state;

	start(0);
	assert_ok(sideband_data(&sb, "PACK", 4));
	assert_ok(sideband_text(&sb, BAND_PROGRESS, "50%\r"));
	assert_ok(sideband_text(&sb, BAND_ERROR, "no\n"));
	assert_ok(sideband_end(&sb, true));
	assert_sent("PACK");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(data_is_collected_and_ended),
		cmocka_unit_test(progress_comes_after_the_data_before_it),
		cmocka_unit_test(frames_are_full),
		cmocka_unit_test(exactly_one_frame_leaves_nothing_behind),
		cmocka_unit_test(long_text_takes_several_lines),
		cmocka_unit_test(without_a_side_band_only_data_goes_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
