/* SPDX-License-Identifier: ISC */
/*
 * wire/ssh_command.c: the command line that git gives to ssh. gitcell-shell; every byte is a
 * stranger's. No shell reads it: what is neither quoted as git quotes nor one plain word is
 * refused.
 */
#include "wire/quote.h"
#include "wire/request.h"

/* Unquoted text that grows to the end of its array. */
struct text {
	char *at;
	size_t left; /* the final NUL included */
};

static bool append(struct text *out, struct cursor part)
{
	size_t len = cursor_left(&part);

	if (!cursor_copy_text(&part, out->at, out->left))
		return false;
	out->at += len;
	out->left -= len;
	return true;
}

/* A quote or an exclamation mark, which git puts between two quoted parts. */
static bool append_escaped(struct text *out, struct cursor *word)
{
	if (cursor_literal(word, "\\'"))
		return append(out, cursor_over_text("'"));
	return cursor_literal(word, "\\!") && append(out, cursor_over_text("!"));
}

static bool unquote(struct text *out, struct cursor word)
{
	struct cursor part;

	for (;;) {
		if (!cursor_literal(&word, "'") || !cursor_until(&word, '\'', &part) ||
			!append(out, part))
			return false;
		if (cursor_at_end(&word))
			return true;
		if (!append_escaped(out, &word))
			return false;
	}
}

static bool is_bare(const struct cursor *word)
{
	for (const uint8_t *p = word->at; p < word->end; p++)
		if (*p == ' ' || *p == '\'' || *p == '"' || *p == '\\')
			return false;
	return true;
}

/* A path may hold anything but control bytes; '-' at its start would be an option. */
static bool path_valid(const char *path)
{
	if (!*path || *path == '-')
		return false;
	for (const char *p = path; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return true;
}

/* "git-upload-pack " or "git upload-pack ". */
static bool take_service(struct cursor *c, enum service *out)
{
	static const enum service services[] = {SERVICE_UPLOAD_PACK, SERVICE_RECEIVE_PACK};
	struct cursor word;

	if ((!cursor_literal(c, "git-") && !cursor_literal(c, "git ")) ||
		!cursor_until(c, ' ', &word))
		return false;
	for (size_t i = 0; i < sizeof services / sizeof *services; i++) {
		if (cursor_is(&word, service_name(services[i]) + strlen("git-"))) {
			*out = services[i];
			return true;
		}
	}
	return false;
}

const struct fault *ssh_command_parse(
	struct cursor command, enum service *service, char path[REQUEST_MAX])
{
	struct cursor word = command;
	struct text out = {path, REQUEST_MAX};
	bool taken;

	path[0] = '\0';
	if (!take_service(&word, service))
		return fault_quote(&fault_request_service, "", command);
	taken = cursor_starts(&word, "'") ? unquote(&out, word)
					  : is_bare(&word) && append(&out, word);
	if (!taken || !path_valid(path)) {
		path[0] = '\0';
		return fault_quote(&fault_request_syntax, "", command);
	}
	return NULL;
}
