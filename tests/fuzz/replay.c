/* SPDX-License-Identifier: ISC */
/* tests/fuzz/replay.c: feeds each named file to a fuzz target, where there is no libFuzzer. */
#include <stdio.h>
#include <stdlib.h>
#include "tests/fuzz/fuzz.h"

#define INPUT_MAX (1 << 20)

/* The copy has exactly the input's size, so that a sanitizer sees every byte beyond it. */
static void replay(const uint8_t *bytes, size_t len)
{
	uint8_t *exact = malloc(len ? len : 1);

	must(exact);
	if (len)
		memcpy(exact, bytes, len);
	LLVMFuzzerTestOneInput(exact, len);
	free(exact);
}

int main(int argc, char **argv)
{
	static uint8_t bytes[INPUT_MAX];

	for (int i = 1; i < argc; i++) {
		FILE *file = fopen(argv[i], "rb");
		size_t len;
		if (!file) {
			perror(argv[i]);
			return 1;
		}
		len = fread(bytes, 1, sizeof bytes, file);
		fclose(file); /* a target may put something else at its number */
		replay(bytes, len);
	}
	return 0;
}
