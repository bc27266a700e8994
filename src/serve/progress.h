/* SPDX-License-Identifier: ISC */
/*
 * serve/progress.h: progress lines as users know them from git, on band 2.
 *
 * "Counting objects:  43% (43/100)\r" at most twice a second, and at the end
 * "Counting objects: 100% (100/100), done.\n".
 */
#ifndef SERVE_PROGRESS_H
#define SERVE_PROGRESS_H

#include "io/sideband.h"

struct progress {
	struct sideband *sideband; /* NULL: say nothing */
	const char *title;
	uint64_t total; /* 0: not known */
	uint64_t shown_ms;
};

void progress_start(
	struct progress *p, struct sideband *sideband, const char *title, uint64_t total);

/* COUNT are done. Cheap enough to be called for every object. */
const struct fault *progress_update(struct progress *p, uint64_t count) MUST_USE;
const struct fault *progress_done(struct progress *p, uint64_t count) MUST_USE;

#endif
