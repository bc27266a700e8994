/* SPDX-License-Identifier: ISC */
/* cell/main.c: gitcell-serve(8). */
#include <stdio.h>
#include "cell/serve.h"

int main(int argc, char **argv)
{
	struct options options;
	const char *wrong = options_parse(argc, argv, &options);

	if (wrong) {
		fprintf(stderr, "gitcell-serve: %s\n%s", wrong, options_help);
		return 129;
	}
	if (options.mode == OPTIONS_HELP)
		return fputs(options_help, stdout) < 0;
	if (options.mode == OPTIONS_VERSION)
		return puts("gitcell-serve " PACKAGE_VERSION) < 0;
	return serve(&options);
}
