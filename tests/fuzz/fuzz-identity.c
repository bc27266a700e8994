/* SPDX-License-Identifier: ISC */
/* The answer of a server, or of whoever sits at its socket, to "gitcell whoami". */
#include "tests/fuzz/fuzz.h"
#include "cli/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct identity identity = {.uid = 0};

	if (!identity_read(&identity, cursor_over(bytes, len)))
		must(identity.kind[0] != '\0');
	identity_free(&identity);
	return 0;
}
