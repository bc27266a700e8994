/* SPDX-License-Identifier: ISC */
/*
 * io/stream.c: the connection, both directions. Every stage that holds the socket.
 *
 * The peer decides what arrives, how slowly and whether it reads what we say: nothing here waits
 * without a deadline, and nothing grows. SIGPIPE is ignored by the process.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>
#include "io/escape.h"
#include "io/stream.h"

const struct fault fault_timeout_idle = {BLAME_PEER, "timed out: the connection was idle too long"};
const struct fault fault_timeout_session = {BLAME_PEER, "timed out: the connection took too long"};
const struct fault fault_hangup = {BLAME_PEER, "the remote end hung up unexpectedly"};
const struct fault fault_io = {BLAME_HOST, "reading from or writing to the connection failed"};

#define DIGITS 4
#define LAST_WORDS_MS 1000

/* From this size on, what is written goes out from where it lies. */
#define DIRECT_WRITE 32768

static void set_nonblocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags >= 0 && !(flags & O_NONBLOCK))
		fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

void stream_init(struct stream *s, int in, int out)
{
	s->in = in;
	s->out = out;
	s->idle_ms = s->deadline_ms = 0;
	s->bytes_in = s->bytes_out = 0;
	s->in_at = s->in_len = s->out_len = 0;
	s->eof = s->broken = false;
	set_nonblocking(in);
	set_nonblocking(out);
}

uint64_t clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* A deadline, or the end of time if there is none. */
static uint64_t or_never(uint64_t deadline)
{
	return deadline ? deadline : UINT64_MAX;
}

static int poll_until(struct pollfd *fd, uint64_t now, uint64_t until)
{
	uint64_t ms = until - now;
	struct timespec left = {(time_t)(ms / 1000), (long)(ms % 1000) * 1000000};

	return ppoll(fd, 1, until == UINT64_MAX ? NULL : &left, NULL);
}

/* Waits until FD can be read or written, or says which deadline passed first. */
static const struct fault *wait_for(const struct stream *s, int fd, short events)
{
	struct pollfd pollfd = {.fd = fd, .events = events};
	uint64_t now = clock_ms();
	uint64_t session = or_never(s->deadline_ms);
	uint64_t idle = s->idle_ms ? now + s->idle_ms : UINT64_MAX;

	for (;; now = clock_ms()) {
		int ready;
		if (now >= session)
			return &fault_timeout_session;
		if (now >= idle)
			return &fault_timeout_idle;
		ready = poll_until(&pollfd, now, idle < session ? idle : session);
		if (ready > 0)
			return NULL;
		if (ready < 0 && errno != EINTR)
			return fault_errno(&fault_io, errno, "ppoll");
	}
}

/* NULL if the call that set ERROR is to be tried again. */
static const struct fault *judge_errno(int error, const char *what)
{
	switch (error) {
	case EINTR:
	case EAGAIN:
		return NULL;
	case EPIPE:
	case ECONNRESET:
	case ETIMEDOUT: /* of TCP itself */
		return &fault_hangup;
	default:
		return fault_errno(&fault_io, error, what);
	}
}

/* --- out -------------------------------------------------------------------------------------- */

static const struct fault *write_all(struct stream *s, const uint8_t *bytes, size_t len)
{
	while (len) {
		ssize_t n;
		TRY(wait_for(s, s->out, POLLOUT));
		n = write(s->out, bytes, len);
		if (n < 0) {
			TRY(judge_errno(errno, "write"));
			continue;
		}
		s->bytes_out += (uint64_t)n;
		bytes += n;
		len -= (size_t)n;
	}
	return NULL;
}

static const struct fault *send_bytes(struct stream *s, const uint8_t *bytes, size_t len)
{
	const struct fault *fault;

	if (s->broken)
		return &fault_hangup;
	fault = write_all(s, bytes, len);
	if (fault)
		s->broken = true;
	return fault;
}

const struct fault *stream_flush(struct stream *s)
{
	size_t len = s->out_len;

	s->out_len = 0;
	return len ? send_bytes(s, s->out_bytes, len) : NULL;
}

const struct fault *stream_write(struct stream *s, const void *bytes, size_t len)
{
	if (len > STREAM_BUFFER - s->out_len || len >= DIRECT_WRITE)
		TRY(stream_flush(s));
	if (len >= DIRECT_WRITE)
		return send_bytes(s, bytes, len);
	if (len)
		memcpy(s->out_bytes + s->out_len, bytes, len);
	s->out_len += len;
	return NULL;
}

const struct fault *stream_write_buffer(struct stream *s, const struct buffer *b)
{
	TRY(buffer_check(b));
	return stream_write(s, b->bytes, b->len);
}

/* Writes TEXT, as much of it as fits in SIZE, to OUT; returns the length. */
static size_t escape_text(uint8_t *out, size_t size, const char *text)
{
	size_t len = 0;

	for (; *text && size - len >= ESCAPED_SIZE; text++) {
		uint8_t byte = (uint8_t)*text;
		if (byte >= 0x20 && byte < 0x7f) {
			out[len++] = byte;
			continue;
		}
		escape_byte(byte, out + len);
		len += ESCAPED_SIZE;
	}
	return len;
}

/* Composed in the stream's own memory: there may be no other. */
static const struct fault *send_err(struct stream *s, const char *text)
{
	size_t len = strlen("ERR ");

	TRY(stream_flush(s));
	memcpy(s->out_bytes + DIGITS, "ERR ", len);
	len += escape_text(s->out_bytes + DIGITS + len, PKT_DATA_MAX - len, text);
	pkt_digits(len, s->out_bytes);
	s->out_len = DIGITS + len;
	return stream_flush(s);
}

void stream_send_err(struct stream *s, const char *text)
{
	uint64_t idle_ms = s->idle_ms, deadline_ms = s->deadline_ms;

	s->idle_ms = 0;
	s->deadline_ms = clock_ms() + LAST_WORDS_MS;
	if (send_err(s, text))
		s->broken = true; /* nobody is left to be told */
	s->idle_ms = idle_ms;
	s->deadline_ms = deadline_ms;
}

/* --- in --------------------------------------------------------------------------------------- */

/* Moves what has not been taken to the front, if LEN bytes would not fit behind in_at. */
static void make_room(struct stream *s, size_t len)
{
	if (s->in_len && len > STREAM_BUFFER - s->in_at)
		memmove(s->in_bytes, s->in_bytes + s->in_at, s->in_len);
	if (!s->in_len || len > STREAM_BUFFER - s->in_at)
		s->in_at = 0;
}

/* Reads once, whatever is there; at end of file only sets ->eof. */
static const struct fault *read_once(struct stream *s)
{
	size_t end = s->in_at + s->in_len;
	ssize_t n;

	do {
		TRY(wait_for(s, s->in, POLLIN));
		n = read(s->in, s->in_bytes + end, STREAM_BUFFER - end);
		if (n < 0)
			TRY(judge_errno(errno, "read"));
	} while (n < 0);
	s->eof = n == 0;
	s->in_len += (size_t)n;
	s->bytes_in += (uint64_t)n;
	return NULL;
}

/* Has LEN bytes (at most STREAM_BUFFER) lie together at in_at; fewer only at end of file. */
static const struct fault *fill(struct stream *s, size_t len)
{
	if (s->in_len >= len)
		return NULL;
	make_room(s, len);
	while (s->in_len < len && !s->eof) {
		TRY(stream_flush(s));
		TRY(read_once(s));
	}
	return NULL;
}

/* Takes LEN bytes, which are there. */
static struct cursor take(struct stream *s, size_t len)
{
	struct cursor taken = cursor_over(s->in_bytes + s->in_at, len);

	s->in_at += len;
	s->in_len -= len;
	return taken;
}

/* A peer that says ERR has given up; its reason goes to the log. */
static const struct fault *refuse_err(struct cursor line)
{
	if (!cursor_literal(&line, "ERR "))
		return NULL;
	cursor_chomp(&line);
	return fault_note(&fault_hangup, "%.*s", (int)cursor_left(&line), (const char *)line.at);
}

const struct fault *stream_read_pkt(struct stream *s, struct pkt *out)
{
	enum pkt_kind kind;
	size_t len;

	TRY(fill(s, DIGITS));
	if (!s->in_len) {
		*out = (struct pkt){.kind = PKT_EOF};
		return NULL;
	}
	if (s->in_len < DIGITS)
		return &fault_hangup;
	TRY(pkt_header(s->in_bytes + s->in_at, &kind, &len));
	TRY(fill(s, DIGITS + len));
	if (s->in_len < DIGITS + len)
		return &fault_hangup;
	take(s, DIGITS);
	*out = (struct pkt){kind, take(s, len)};
	return refuse_err(out->data);
}

const struct fault *stream_read_some(struct stream *s, struct cursor *out)
{
	TRY(fill(s, 1));
	*out = take(s, s->in_len);
	return NULL;
}

void stream_unread(struct stream *s, size_t len)
{
	s->in_at -= len;
	s->in_len += len;
}

void stream_drain(struct stream *s, uint64_t ms)
{
	struct cursor dropped;

	s->idle_ms = 0;
	s->deadline_ms = clock_ms() + ms;
	while (!s->eof && !stream_read_some(s, &dropped))
		;
}
