/* SPDX-License-Identifier: ISC */
/* Ref names: nothing that is accepted holds what git-check-ref-format(1) forbids. */
#include "tests/fuzz/fuzz.h"
#include "base/refname.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	static const char *const forbidden[] = {"..", "//", "/.", "@{", ".lock/"};
	struct cursor name = cursor_over(bytes, len);
	char text[REFNAME_MAX + 1];

	must(!refname_pushable(name) || refname_valid(name));
	if (!refname_valid(name))
		return 0;
	must(len > 0 && cursor_copy_text(&name, text, sizeof text));
	for (size_t i = 0; i < sizeof forbidden / sizeof *forbidden; i++)
		must(!strstr(text, forbidden[i]));
	for (size_t i = 0; i < len; i++)
		must(bytes[i] > ' ' && !strchr("~^:?*[\\\x7f", bytes[i]));
	must(text[0] != '/' && text[0] != '.' && text[len - 1] != '/' && text[len - 1] != '.');
	must(len < 5 || strcmp(text + len - 5, ".lock") != 0);
	return 0;
}
