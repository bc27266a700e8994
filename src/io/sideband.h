/* SPDX-License-Identifier: ISC */
/*
 * io/sideband.h: the multiplexed bands of gitprotocol-pack(5), "Packfile Data".
 *
 * Without a side-band, band 1 goes out raw, and bands 2 and 3 nowhere.
 */
#ifndef IO_SIDEBAND_H
#define IO_SIDEBAND_H

#include "io/stream.h"

enum band {
	BAND_DATA = 1,
	BAND_PROGRESS = 2,
	BAND_ERROR = 3,
};

struct sideband {
	struct stream *stream;
	size_t frame_max; /* payload of one pkt-line, the band byte excluded: 0 (none), 995, 65515
			   */
	size_t pending;   /* band 1 bytes collected in FRAME */
	uint8_t frame[PKT_MAX];
};

/* CAPS: the client's capability bits; the larger side-band wins. */
void sideband_init(struct sideband *sb, struct stream *stream, uint32_t caps);

/* Band 1, collected into full frames. */
const struct fault *sideband_data(struct sideband *sb, const void *bytes, size_t len) MUST_USE;

/* Band 2 or 3: TEXT as it is, after what is pending of band 1, and flushed to the peer. Control
 * bytes other than LF, CR and TAB are escaped. */
const struct fault *sideband_text(struct sideband *sb, enum band band, const char *text) MUST_USE;

/* Sends what is pending; END_FLUSH adds the flush-pkt that ends a side-band stream. */
const struct fault *sideband_end(struct sideband *sb, bool end_flush) MUST_USE;

#endif
