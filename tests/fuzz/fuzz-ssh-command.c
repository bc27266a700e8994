/* SPDX-License-Identifier: ISC */
/* The command of an ssh client: no path that is accepted is an option or holds a control byte. */
#include "tests/fuzz/fuzz.h"
#include "wire/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	char path[REQUEST_MAX];
	enum service service;

	if (ssh_command_parse(cursor_over(bytes, len), &service, path))
		return 0;
	must(path[0] && path[0] != '-' && strlen(path) < len);
	must(!strpbrk(path, "\n\r\t\x1b\x7f"));
	must(service == SERVICE_UPLOAD_PACK || service == SERVICE_RECEIVE_PACK);
	return 0;
}
