/* SPDX-License-Identifier: ISC */
/*
 * serve/remarks.h: lines that a user reads after "remote: " while a push is looked at: on band 2,
 * and bounded in number. Without a side-band nobody hears any of it.
 */
#ifndef SERVE_REMARKS_H
#define SERVE_REMARKS_H

#include "io/sideband.h"

#define REMARKS_MAX 200u /* lines of one push */

struct remarks {
	struct sideband *sideband;
	bool quiet;     /* the client asked for no progress */
	unsigned count; /* lines so far */
};

/* One line; the LF is added. Those over REMARKS_MAX are dropped, and the last one says so. */
const struct fault *remark(struct remarks *r, const char *format, ...) PRINTF_LIKE(2, 3) MUST_USE;

#endif
