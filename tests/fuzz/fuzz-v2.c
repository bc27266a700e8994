/* SPDX-License-Identifier: ISC */
/* The lines of a v2 request, LF between them; each is also tried as an argument of both commands.
 */
#include "tests/fuzz/fuzz.h"
#include "wire/fetch.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len), line;
	struct v2_request request = {0};
	struct v2_argument argument;

	while (cursor_until(&c, '\n', &line)) {
		bool had_command = request.has_command;
		const struct fault *fault = v2_request_line(&request, line);
		must(!had_command || fault || !cursor_starts(&line, "command="));
		if (!v2_argument_parse(V2_LS_REFS, line, &hash_sha1, &argument))
			must(argument.kind <= ARG_REF_PREFIX);
		if (!v2_argument_parse(V2_FETCH, line, &hash_sha1, &argument))
			must(argument.kind >= ARG_WANT && cursor_at_end(&argument.value));
	}
	return 0;
}
