/* SPDX-License-Identifier: ISC */
/* serve/remarks.c: lines on band 2. Stage parser. */
#include <stdarg.h>
#include <stdio.h>
#include "serve/remarks.h"

#define REMARK_LEN_MAX 512

const struct fault *remark(struct remarks *r, const char *format, ...)
{
	char line[REMARK_LEN_MAX];
	va_list args;
	int len;

	if (r->count >= REMARKS_MAX)
		return NULL;
	if (++r->count == REMARKS_MAX)
		return sideband_text(
			r->sideband, BAND_PROGRESS, "further messages are not shown\n");
	va_start(args, format);
	len = vsnprintf(line, sizeof line - 1, format, args);
	va_end(args);
	if (len < 0)
		return &fault_internal;
	if ((size_t)len > sizeof line - 2)
		len = sizeof line - 2;
	memcpy(line + len, "\n", 2);
	return sideband_text(r->sideband, BAND_PROGRESS, line);
}
