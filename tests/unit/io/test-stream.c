/* SPDX-License-Identifier: ISC */
/* stream, over socket pairs, pipes and a file */
#include "tests/unit/test.h"
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "io/stream.h"

static struct stream s;
static int peer;

static void connect_peer(void)
{
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	stream_init(&s, pair[0], pair[0]);
	peer = pair[1];
}

static void disconnect(void)
{
	close(s.in);
	close(peer);
}

static void say(const void *bytes, size_t len)
{
	assert_int_equal(write(peer, bytes, len), len);
}

/* What the peer has received so far, as text. */
static const char *heard(void)
{
	static char text[4096];
	ssize_t n = recv(peer, text, sizeof text - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void rest_ms(long ms)
{
	nanosleep(&(struct timespec){ms / 1000, ms % 1000 * 1000000}, NULL);
}

/* Reads to the end in a child while the test goes on; its status is 0 if it got LEN bytes of BYTE.
 */
static pid_t child_that_reads(size_t len, uint8_t byte)
{
	pid_t pid = fork();
	uint8_t chunk[1000];
	size_t got = 0;
	ssize_t n;

	if (pid)
		return pid;
	close(s.in);
	while ((n = read(peer, chunk, sizeof chunk)) > 0)
		for (ssize_t i = 0; i < n; i++)
			got += chunk[i] == byte;
	_exit(got != len);
}

static pid_t child_that_drips(const char *bytes, size_t len)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	for (size_t i = 0; i < len; i++) {
		if (write(peer, bytes + i, 1) != 1)
			_exit(1);
		rest_ms(1);
	}
	_exit(0);
}

static void assert_child_succeeds(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

static void assert_pkt(enum pkt_kind kind, const char *text)
{
	struct pkt pkt;

	assert_ok(stream_read_pkt(&s, &pkt));
	assert_int_equal(pkt.kind, kind);
	if (kind == PKT_DATA)
		assert_true(cursor_is(&pkt.data, text));
}

static void pkt_lines_arrive_in_order(void **state)
{
	static const char bytes[] = "0009hello0000000100020004000a\nworld";
	(void)state;

	connect_peer();
	say(bytes, sizeof bytes - 1);
	shutdown(peer, SHUT_WR);
	assert_pkt(PKT_DATA, "hello");
	assert_pkt(PKT_FLUSH, NULL);
	assert_pkt(PKT_DELIM, NULL);
	assert_pkt(PKT_RESPONSE_END, NULL);
	assert_pkt(PKT_DATA, "");
	assert_pkt(PKT_DATA, "\nworld");
	assert_pkt(PKT_EOF, NULL);
	assert_pkt(PKT_EOF, NULL);
	assert_int_equal(s.bytes_in, sizeof bytes - 1);
	disconnect();
}

static void bytes_may_come_one_by_one(void **state)
{
	static const char bytes[] = "0009hello00000007end";
	pid_t child;
	(void)state;

	connect_peer();
	child = child_that_drips(bytes, sizeof bytes - 1);
	assert_pkt(PKT_DATA, "hello");
	assert_pkt(PKT_FLUSH, NULL);
	assert_pkt(PKT_DATA, "end");
	assert_child_succeeds(child);
	disconnect();
}

static void an_end_in_the_middle_is_a_hangup(void **state)
{
	static const char *const cut[] = {"0", "000", "0005", "0009hell", "fff0"};
	struct pkt pkt;
	(void)state;

	for (size_t i = 0; i < sizeof cut / sizeof *cut; i++) {
		connect_peer();
		say(cut[i], strlen(cut[i]));
		shutdown(peer, SHUT_WR);
		assert_fault(stream_read_pkt(&s, &pkt), &fault_hangup);
		disconnect();
	}
}

static void a_bad_length_is_refused_before_anything_is_read(void **state)
{
	struct pkt pkt;
	(void)state;

	connect_peer();
	say("GET / HTTP/1.0\r\n", 16);
	assert_fault(stream_read_pkt(&s, &pkt), &fault_pkt_length);
	assert_string_equal(fault_detail(&fault_pkt_length), "GET ");
	disconnect();
}

/* The longest line fits wherever the one before it ended. */
static void the_longest_line_fits_behind_any_other(void **state)
{
	static char longest[PKT_MAX];
	struct pkt pkt;
	(void)state;

	memset(longest, 'x', sizeof longest);
	memcpy(longest, "fff0", 4);
	connect_peer();
	for (int i = 0; i < 3; i++) {
		say("0009hello", 9);
		say(longest, sizeof longest);
		assert_pkt(PKT_DATA, "hello");
		assert_ok(stream_read_pkt(&s, &pkt));
		assert_int_equal(cursor_left(&pkt.data), PKT_DATA_MAX);
		assert_memory_equal(pkt.data.at, longest + 4, PKT_DATA_MAX);
	}
	memcpy(longest, "fff1", 4);
	say(longest, sizeof longest);
	assert_fault(stream_read_pkt(&s, &pkt), &fault_pkt_length);
	disconnect();
}

static void an_err_line_ends_it_and_is_noted(void **state)
{
	struct pkt pkt;
	(void)state;

	connect_peer();
	say("0010ERR no\33 way\n", 16);
	assert_fault(stream_read_pkt(&s, &pkt), &fault_hangup);
	assert_string_equal(fault_detail(&fault_hangup), "no\\x1b way");
	disconnect();
}

static void bytes_after_a_line_can_be_given_back(void **state)
{
	struct cursor some;
	(void)state;

	connect_peer();
	say("0000PACKrest0005x", 17);
	assert_pkt(PKT_FLUSH, NULL);
	assert_ok(stream_read_some(&s, &some));
	assert_true(cursor_is(&some, "PACKrest0005x"));
	stream_unread(&s, 9);
	assert_ok(stream_read_some(&s, &some));
	assert_true(cursor_is(&some, "rest0005x"));
	stream_unread(&s, 5);
	assert_pkt(PKT_DATA, "x");
	shutdown(peer, SHUT_WR);
	assert_ok(stream_read_some(&s, &some));
	assert_true(cursor_at_end(&some));
	disconnect();
}

static void an_idle_peer_times_out(void **state)
{
	struct cursor some;
	struct pkt pkt;
	(void)state;

	connect_peer();
	s.idle_ms = 20;
	assert_fault(stream_read_some(&s, &some), &fault_timeout_idle);
	say("00", 2);
	assert_fault(stream_read_pkt(&s, &pkt), &fault_timeout_idle);
	disconnect();
}

static void on_alarm(int signal_number)
{
	(void)signal_number;
}

static void signals_neither_end_nor_prolong_a_wait(void **state)
{
	const struct sigaction act = {.sa_handler = on_alarm};
	const struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
	uint64_t start = clock_ms();
	struct cursor some;
	(void)state;

	connect_peer();
	s.idle_ms = 60;
	assert_int_equal(sigaction(SIGALRM, &act, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	assert_fault(stream_read_some(&s, &some), &fault_timeout_idle);
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	assert_in_range(clock_ms() - start, 60, 4000);
	disconnect();
}

/* Each byte comes in time; all of them together do not. */
static void a_slow_peer_meets_the_session_deadline(void **state)
{
	static const char zeros[1000] = {0};
	uint64_t start = clock_ms();
	struct cursor some;
	pid_t child;
	(void)state;

	connect_peer();
	s.idle_ms = 5000;
	s.deadline_ms = start + 50;
	child = child_that_drips(zeros, sizeof zeros);
	for (;;) {
		const struct fault *fault = stream_read_some(&s, &some);
		if (!fault)
			continue;
		assert_fault(fault, &fault_timeout_session);
		break;
	}
	assert_in_range(clock_ms() - start, 50, 4000);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	disconnect();
}

static void a_passed_deadline_refuses_what_is_ready(void **state)
{
	struct cursor some;
	(void)state;

	connect_peer();
	say("x", 1);
	s.deadline_ms = 1;
	assert_fault(stream_read_some(&s, &some), &fault_timeout_session);
	assert_ok(stream_write(&s, "x", 1));
	assert_fault(stream_flush(&s), &fault_timeout_session);
	disconnect();
}

static void a_peer_that_never_reads_times_out(void **state)
{
	static char bytes[1 << 20];
	(void)state;

	connect_peer();
	s.idle_ms = 20;
	assert_fault(stream_write(&s, bytes, sizeof bytes), &fault_timeout_idle);
	assert_fault(stream_write(&s, bytes, sizeof bytes), &fault_hangup);
	disconnect();
}

static void output_waits_for_a_flush_or_for_a_read(void **state)
{
	(void)state;

	connect_peer();
	assert_ok(stream_write(&s, "one", 3));
	assert_string_equal(heard(), "");
	assert_ok(stream_flush(&s));
	assert_string_equal(heard(), "one");
	assert_ok(stream_write(&s, "two", 3));
	say("00000000", 8);
	assert_pkt(PKT_FLUSH, NULL);
	assert_string_equal(heard(), "two");
	assert_ok(stream_write(&s, "three", 5));
	assert_pkt(PKT_FLUSH, NULL); /* it was there already: nobody waited */
	assert_string_equal(heard(), "");
	assert_int_equal(s.bytes_out, 6);
	disconnect();
}

static void all_sizes_arrive_whole(void **state)
{
	static const size_t sizes[] = {0, 1, 32767, 32768, 32769, 65535, 65536, 65537, 3 << 20};
	static uint8_t bytes[3 << 20];
	size_t total = 0;
	pid_t child;
	(void)state;

	memset(bytes, 'z', sizeof bytes);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
		total += 2 * sizes[i];
	connect_peer();
	child = child_that_reads(total, 'z');
	close(peer);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		assert_ok(stream_write(&s, bytes, sizes[i]));
		assert_ok(stream_write(&s, bytes, sizes[i]));
	}
	assert_ok(stream_flush(&s));
	assert_int_equal(s.bytes_out, total);
	close(s.in);
	assert_child_succeeds(child);
}

static void a_failed_buffer_is_refused_with_its_fault(void **state)
{
	struct buffer b = {.limit = 1};
	(void)state;

	connect_peer();
	buffer_text(&b, "x");
	assert_ok(stream_write_buffer(&s, &b));
	buffer_text(&b, "y");
	assert_fault(stream_write_buffer(&s, &b), &fault_too_big);
	buffer_free(&b);
	disconnect();
}

static void a_closed_peer_is_a_hangup(void **state)
{
	(void)state;

	connect_peer();
	close(peer);
	assert_ok(stream_write(&s, "x", 1));
	assert_fault(stream_flush(&s), &fault_hangup);
	stream_send_err(&s, "unheard");
	close(s.in);
}

static void another_error_is_the_hosts(void **state)
{
	struct cursor some;
	(void)state;

	connect_peer();
	disconnect();
	assert_fault(stream_read_some(&s, &some), &fault_io);
}

static void last_words_are_escaped_and_follow_what_was_written(void **state)
{
	(void)state;

	connect_peer();
	s.deadline_ms = 1; /* passed: last words have a second of their own */
	assert_ok(stream_write(&s, "0000", 4));
	stream_send_err(&s, "a\nb\33");
	assert_string_equal(heard(), "00000012ERR a\\x0ab\\x1b");
	assert_int_equal(s.deadline_ms, 1);
	disconnect();
}

static void last_words_are_cut_to_fit_a_line(void **state)
{
	static char text[PKT_MAX * 2], line[PKT_MAX + 1];
	(void)state;

	memset(text, 'x', sizeof text - 1);
	connect_peer();
	stream_send_err(&s, text);
	assert_in_range(s.bytes_out, PKT_MAX - 4, PKT_MAX);
	assert_int_equal(recv(peer, line, sizeof line, 0), s.bytes_out);
	assert_int_equal(
		strtoul((char[]){line[0], line[1], line[2], line[3], 0}, NULL, 16), s.bytes_out);
	disconnect();
}

static void last_words_never_stand_inside_a_broken_line(void **state)
{
	static char bytes[1 << 20];
	uint64_t sent, start = clock_ms();
	(void)state;

	connect_peer();
	s.idle_ms = 10;
	assert_fault(stream_write(&s, bytes, sizeof bytes), &fault_timeout_idle);
	sent = s.bytes_out;
	stream_send_err(&s, "too slow");
	assert_int_equal(s.bytes_out, sent);
	assert_in_range(clock_ms() - start, 10, 900);
	disconnect();
}

static void pipes_work_in_both_directions(void **state)
{
	static char bytes[1 << 20];
	int to[2], from[2];
	(void)state;

	assert_int_equal(pipe(to), 0);
	assert_int_equal(pipe(from), 0);
	stream_init(&s, to[0], from[1]);
	s.idle_ms = 20;
	peer = to[1];
	say("0009hello", 9);
	assert_pkt(PKT_DATA, "hello");
	assert_fault(stream_write(&s, bytes, sizeof bytes), &fault_timeout_idle);
	assert_in_range(s.bytes_out, 4096, sizeof bytes - 1);
	close(to[1]);
	assert_pkt(PKT_EOF, NULL);
	close(to[0]);
	close(from[0]);
	close(from[1]);
}

static void a_file_is_read_to_its_end(void **state)
{
	FILE *file = tmpfile();
	(void)state;

	assert_non_null(file);
	stream_init(&s, fileno(file), fileno(file));
	assert_ok(stream_write(&s, "0007abc0000", 11));
	assert_ok(stream_flush(&s));
	assert_int_equal(lseek(s.in, 0, SEEK_SET), 0);
	assert_pkt(PKT_DATA, "abc");
	assert_pkt(PKT_FLUSH, NULL);
	assert_pkt(PKT_EOF, NULL);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pkt_lines_arrive_in_order),
		cmocka_unit_test(bytes_may_come_one_by_one),
		cmocka_unit_test(an_end_in_the_middle_is_a_hangup),
		cmocka_unit_test(a_bad_length_is_refused_before_anything_is_read),
		cmocka_unit_test(the_longest_line_fits_behind_any_other),
		cmocka_unit_test(an_err_line_ends_it_and_is_noted),
		cmocka_unit_test(bytes_after_a_line_can_be_given_back),
		cmocka_unit_test(an_idle_peer_times_out),
		cmocka_unit_test(signals_neither_end_nor_prolong_a_wait),
		cmocka_unit_test(a_slow_peer_meets_the_session_deadline),
		cmocka_unit_test(a_passed_deadline_refuses_what_is_ready),
		cmocka_unit_test(a_peer_that_never_reads_times_out),
		cmocka_unit_test(output_waits_for_a_flush_or_for_a_read),
		cmocka_unit_test(all_sizes_arrive_whole),
		cmocka_unit_test(a_failed_buffer_is_refused_with_its_fault),
		cmocka_unit_test(a_closed_peer_is_a_hangup),
		cmocka_unit_test(another_error_is_the_hosts),
		cmocka_unit_test(last_words_are_escaped_and_follow_what_was_written),
		cmocka_unit_test(last_words_are_cut_to_fit_a_line),
		cmocka_unit_test(last_words_never_stand_inside_a_broken_line),
		cmocka_unit_test(pipes_work_in_both_directions),
		cmocka_unit_test(a_file_is_read_to_its_end),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
