/* SPDX-License-Identifier: ISC */
/* One command of a push, and the capabilities behind it. */
#include "tests/fuzz/fuzz.h"
#include "wire/receive.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct client_capabilities parsed;
	struct ref_command command;
	struct cursor caps;

	if (ref_command_parse(cursor_over(bytes, len), &hash_sha1, &command, &caps))
		return 0;
	must(command.name[0] && strlen(command.name) <= REFNAME_MAX);
	must(cursor_left(&caps) < len);
	if (!receive_pack_capabilities_parse(caps, &parsed))
		must(strlen(parsed.agent) <= AGENT_MAX);
	return 0;
}
