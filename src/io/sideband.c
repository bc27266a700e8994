/* SPDX-License-Identifier: ISC */
/* io/sideband.c: a pack and its progress on one connection. Stages fetch and parser. */
#include "io/escape.h"
#include "io/sideband.h"
#include "wire/capability.h"

#define HEADER 5 /* four digits and the band */
#define SMALL_FRAME (1000 - HEADER)
#define LARGE_FRAME (PKT_MAX - HEADER)

void sideband_init(struct sideband *sb, struct stream *stream, uint32_t caps)
{
	sb->stream = stream;
	sb->pending = 0;
	sb->frame_max = caps & CAP_SIDE_BAND_64K ? LARGE_FRAME
			: caps & CAP_SIDE_BAND   ? SMALL_FRAME
						 : 0;
}

/* Sends the frame as a pkt-line of BAND; an empty one would mean nothing, so it is none. */
static const struct fault *send_frame(struct sideband *sb, enum band band)
{
	size_t len = sb->pending;

	if (!len)
		return NULL;
	sb->pending = 0;
	pkt_digits(len + 1, sb->frame);
	sb->frame[HEADER - 1] = (uint8_t)band;
	return stream_write(sb->stream, sb->frame, HEADER + len);
}

const struct fault *sideband_data(struct sideband *sb, const void *bytes, size_t len)
{
	struct cursor data = cursor_over(bytes, len);

	if (!sb->frame_max)
		return stream_write(sb->stream, bytes, len);
	while (!cursor_at_end(&data)) {
		size_t room = sb->frame_max - sb->pending;
		struct cursor part;
		if (!cursor_take(&data, room, &part))
			part = cursor_rest(&data);
		memcpy(sb->frame + HEADER + sb->pending, part.at, cursor_left(&part));
		sb->pending += cursor_left(&part);
		if (sb->pending == sb->frame_max)
			TRY(send_frame(sb, BAND_DATA));
	}
	return NULL;
}

static bool printable(uint8_t byte)
{
	return (byte >= 0x20 && byte != 0x7f) || byte == '\n' || byte == '\r' || byte == '\t';
}

static void add_text_byte(struct sideband *sb, uint8_t byte)
{
	uint8_t *room = sb->frame + HEADER + sb->pending;

	if (printable(byte)) {
		*room = byte;
		sb->pending++;
		return;
	}
	escape_byte(byte, room);
	sb->pending += ESCAPED_SIZE;
}

const struct fault *sideband_text(struct sideband *sb, enum band band, const char *text)
{
	if (!sb->frame_max)
		return NULL;
	TRY(send_frame(sb, BAND_DATA));
	for (; *text; text++) {
		add_text_byte(sb, (uint8_t)*text);
		if (sb->frame_max - sb->pending < ESCAPED_SIZE)
			TRY(send_frame(sb, band));
	}
	TRY(send_frame(sb, band));
	return stream_flush(sb->stream);
}

const struct fault *sideband_end(struct sideband *sb, bool end_flush)
{
	TRY(send_frame(sb, BAND_DATA));
	if (sb->frame_max && end_flush)
		TRY(stream_write(sb->stream, "0000", 4));
	return stream_flush(sb->stream);
}
