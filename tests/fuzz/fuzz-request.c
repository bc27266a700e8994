/* SPDX-License-Identifier: ISC */
/* The opening request: a name that is accepted cannot leave the root, and is its own canonical
 * form. */
#include "tests/fuzz/fuzz.h"
#include "wire/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char again[REPOSITORY_NAME_MAX + 1];
	struct request request;

	if (request_parse(cursor_over(bytes, len), &request))
		return 0;
	must((request.service == SERVICE_WHOAMI) == !request.name[0]);
	if (request.service == SERVICE_WHOAMI)
		return 0;
	must(request.name[0] && request.name[0] != '/' && request.name[0] != '.');
	must(!strstr(request.name, "/.") && !strstr(request.name, "//"));
	must(!repository_name(cursor_over_text(request.name), again));
	must(strcmp(request.name, again) == 0);
	must(request.version >= 0 && request.version <= 2);
	return 0;
}
