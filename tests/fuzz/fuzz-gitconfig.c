/* SPDX-License-Identifier: ISC */
/* A file in the syntax of git-config(1): entries have names, lines grow, reading ends. */
#include <string.h>
#include "tests/fuzz/fuzz.h"
#include "base/gitconfig.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	struct gitconfig config;
	struct gitconfig_entry entry;
	unsigned line = 1;
	bool more = true, truth;
	uint64_t number;

	gitconfig_start(&config, cursor_over(bytes, len));
	for (size_t i = 0; i <= len; i++) {
		if (gitconfig_next(&config, &entry, &more) || !more)
			return 0;
		must(entry.section[0] && entry.line >= line && !strchr(entry.value, '\r'));
		must(entry.key[0] || !entry.has_value);
		must(!gitconfig_size(entry.value, 1000, &number) || number <= 1000);
		must(!gitconfig_duration(entry.value, 1000, &number) || number <= 1000);
		must(entry.has_value || (gitconfig_bool(&entry, &truth) && truth));
		line = entry.line;
	}
	must(false); /* each entry takes at least one byte */
	return 0;
}
