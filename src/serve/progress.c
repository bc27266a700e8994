/* SPDX-License-Identifier: ISC */
/* serve/progress.c: band 2 for people. Stages fetch and parser; formats numbers only. */
#include <inttypes.h>
#include <stdio.h>
#include "serve/progress.h"

#define INTERVAL_MS 500
#define LOOK_AT_CLOCK_EVERY 256 /* objects */

void progress_start(
	struct progress *p, struct sideband *sideband, const char *title, uint64_t total)
{
	*p = (struct progress){sideband, title, total, clock_ms()};
}

static const struct fault *show(struct progress *p, uint64_t count, const char *end)
{
	char line[160];

	if (p->total)
		snprintf(line, sizeof line, "%s: %3u%% (%" PRIu64 "/%" PRIu64 ")%s", p->title,
			(unsigned)(count * 100 / p->total), count, p->total, end);
	else
		snprintf(line, sizeof line, "%s: %" PRIu64 "%s", p->title, count, end);
	return sideband_text(p->sideband, BAND_PROGRESS, line);
}

const struct fault *progress_update(struct progress *p, uint64_t count)
{
	uint64_t now;

	if (!p->sideband || count % LOOK_AT_CLOCK_EVERY)
		return NULL;
	now = clock_ms();
	if (now - p->shown_ms < INTERVAL_MS)
		return NULL;
	p->shown_ms = now;
	return show(p, count, "\r");
}

const struct fault *progress_done(struct progress *p, uint64_t count)
{
	return p->sideband ? show(p, count, ", done.\n") : NULL;
}
