/* SPDX-License-Identifier: ISC */
/* A pattern, LF, a name: matching ends, and "**" matches every name. */
#include "tests/fuzz/fuzz.h"
#include "cell/wildmatch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cursor name = cursor_over(bytes, len), pattern;

	if (!cursor_until(&name, '\n', &pattern) || wildmatch_check(pattern))
		return 0;
	must(wildmatch(cursor_over_text("**"), name));
	wildmatch(pattern, name);
	return 0;
}
