/* SPDX-License-Identifier: ISC */
/* cell/options.c: argv of gitcell-serve, and of git's own names for it. Stage boot. */
#include <string.h>
#include "cell/options.h"

#define TIMEOUT_MAX_S 31536000u /* a year */

const char options_help[] =
	"usage: gitcell-serve [--config FILE] [--root DIR]\n"
	"       gitcell-serve upload-pack|receive-pack [--strict] [--timeout=SECONDS] DIR\n"
	"       git-upload-pack|git-receive-pack [--strict] [--timeout=SECONDS] DIR\n"
	"\n"
	"Serves one Git connection and exits: the one that systemd or inetd hands over\n"
	"as standard input or LISTEN_FDS, or one directory on standard input and output.\n"
	"\n"
	"  --config FILE        the policy, gitcell-policy(5)\n"
	"  --root DIR           where repositories are, instead of the policy's root\n"
	"  --strict             take DIR as it is: do not try DIR/.git and DIR.git\n"
	"  --timeout=SECONDS    give up on a client that is idle for so long\n"
	"  --help, --version    print this, or the version, and exit\n"
	"\n"
	"See gitcell-serve(8).\n";

/* "upload-pack", "git-upload-pack", also behind a path. */
static bool service_word(const char *word, enum service *out)
{
	const char *slash = strrchr(word, '/');
	struct cursor name = cursor_over_text(slash ? slash + 1 : word);

	if (service_by_name(&name, out))
		return true;
	if (!strcmp(word, "upload-pack"))
		*out = SERVICE_UPLOAD_PACK;
	else if (!strcmp(word, "receive-pack"))
		*out = SERVICE_RECEIVE_PACK;
	else
		return false;
	return true;
}

/* The value of "--NAME VALUE" or "--NAME=VALUE" at argv[*at], which then moves past it. */
static const char *value_of(char **argv, int *at, const char *name)
{
	size_t len = strlen(name);

	if (strncmp(argv[*at], name, len))
		return NULL;
	if (argv[*at][len] == '=')
		return argv[*at] + len + 1;
	if (argv[*at][len] || !argv[*at + 1])
		return NULL;
	return argv[++*at];
}

static const char *direct_option(const char *word, struct options *out)
{
	struct cursor rest = cursor_over_text(word);
	uint64_t seconds;

	if (!strcmp(word, "--strict")) {
		out->strict = true;
	} else if (!strcmp(word, "--no-strict")) {
		out->strict = false;
	} else if (cursor_literal(&rest, "--timeout=")) {
		if (!cursor_decimal(&rest, TIMEOUT_MAX_S, &seconds) || !cursor_at_end(&rest))
			return "--timeout wants a number of seconds";
		out->timeout_ms = seconds * 1000;
	} else if (!strcmp(word, "--stateless-rpc") || !strcmp(word, "--advertise-refs") ||
		   !strcmp(word, "--http-backend-info-refs")) {
		return "smart HTTP (--stateless-rpc, --http-backend-info-refs) is not offered";
	} else if (strcmp(word, "-q") && strcmp(word, "--quiet")) {
		return "unknown option";
	}
	return NULL;
}

static const char *parse_direct(int argc, char **argv, int at, struct options *out)
{
	const char *wrong;

	out->mode = OPTIONS_DIRECT;
	for (; at < argc && argv[at][0] == '-' && argv[at][1]; at++) {
		if (!strcmp(argv[at], "--")) {
			at++;
			break;
		}
		wrong = direct_option(argv[at], out);
		if (wrong)
			return wrong;
	}
	if (argc - at != 1 || !argv[at][0])
		return "expected one directory";
	out->dir = argv[at];
	return NULL;
}

static const char *parse_connection(int argc, char **argv, struct options *out)
{
	const char *value;

	for (int at = 1; at < argc; at++) {
		value = value_of(argv, &at, "--config");
		if (value) {
			out->config = value;
			continue;
		}
		value = value_of(argv, &at, "--root");
		if (!value)
			return "unknown option, or one without its value";
		out->root = value;
	}
	return NULL;
}

const char *options_parse(int argc, char **argv, struct options *out)
{
	*out = (struct options){.mode = OPTIONS_CONNECTION};
	if (argc < 1)
		return "no program name";
	if (argc == 2 && !strcmp(argv[1], "--help"))
		out->mode = OPTIONS_HELP;
	else if (argc == 2 && !strcmp(argv[1], "--version"))
		out->mode = OPTIONS_VERSION;
	else if (service_word(argv[0], &out->service))
		return parse_direct(argc, argv, 1, out);
	else if (argc > 1 && service_word(argv[1], &out->service))
		return parse_direct(argc, argv, 2, out);
	else
		return parse_connection(argc, argv, out);
	return NULL;
}
