/* SPDX-License-Identifier: ISC */
/* Capability words: each service sees only its own, and an agent that a log can show. */
#include "tests/fuzz/fuzz.h"
#include "wire/capability.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cursor words = cursor_over(bytes, len);
	struct client_capabilities caps;

	if (receive_pack_capabilities_parse(words, &caps))
		return 0;
	must(!(caps.bits & (CAP_THIN_PACK | CAP_MULTI_ACK | CAP_SIDE_BAND | CAP_NO_DONE)));
	for (const char *p = caps.agent; *p; p++)
		must(*p > 0x20 && *p < 0x7f);
	must(!upload_pack_capabilities_parse(words, &caps));
	must(!(caps.bits & (CAP_REPORT_STATUS | CAP_DELETE_REFS | CAP_QUIET)));
	return 0;
}
