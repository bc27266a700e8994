/* SPDX-License-Identifier: ISC */
/* One line of a v0 negotiation, and the capabilities after a want. */
#include "tests/fuzz/fuzz.h"
#include "wire/fetch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct client_capabilities caps;
	struct negotiation_line line;

	if (negotiation_line_parse(cursor_over(bytes, len), &hash_sha1, &line))
		return 0;
	must(line.kind != LINE_HAVE || cursor_at_end(&line.rest));
	if (line.kind == LINE_WANT && !upload_pack_capabilities_parse(line.rest, &caps))
		must(strlen(caps.agent) <= AGENT_MAX);
	return 0;
}
