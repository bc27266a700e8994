/* SPDX-License-Identifier: ISC */
/* cli/cli.c: how every sub-command ends. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/cursor.h"
#include "cli/cli.h"

const struct fault fault_cli = {BLAME_HOST, "cannot do that"};
static const struct fault fault_output = {BLAME_HOST, "cannot write the output"};

int cli_fail(const struct fault *fault)
{
	const char *detail = fault_detail(fault);

	if (fault == &fault_cli && *detail)
		fprintf(stderr, "gitcell: %s\n", detail);
	else
		fprintf(stderr, "gitcell: %s%s%s\n", fault->text, *detail ? ": " : "", detail);
	return fault_exit_status(fault);
}

int cli_finish(struct buffer *out, int status)
{
	const struct fault *fault = buffer_check(out);

	if (!fault && out->len && fwrite(out->bytes, 1, out->len, stdout) != out->len)
		fault = fault_errno(&fault_output, errno, "standard output");
	if (!fault && fflush(stdout))
		fault = fault_errno(&fault_output, errno, "standard output");
	buffer_free(out);
	return fault ? cli_fail(fault) : status;
}

void cli_text(struct buffer *out, const char *text)
{
	struct cursor c = cursor_over_text(text);
	uint8_t byte;

	while (cursor_u8(&c, &byte)) {
		if (byte >= 0x20 && byte < 0x7f)
			buffer_byte(out, byte);
		else
			buffer_format(out, "\\x%02x", byte);
	}
}

void cli_warn(const char *format, ...)
{
	struct buffer out = BUFFER_INIT;
	char text[512];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	cli_text(&out, text);
	fprintf(stderr, "gitcell: %s\n", buffer_cstr(&out));
	buffer_free(&out);
}

bool cli_bold(void)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no && *no) && !(terminal && !strcmp(terminal, "dumb"));
}
