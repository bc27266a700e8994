/* SPDX-License-Identifier: ISC */
/* wire/request.c: the first line of a connection. Stage request; every byte is a stranger's. */
#include <strings.h>
#include "wire/pkt.h"
#include "wire/quote.h"
#include "wire/request.h"

const struct fault fault_request_syntax = {BLAME_PEER, "invalid request"};
const struct fault fault_request_service = {BLAME_PEER, "unknown service"};
const struct fault fault_request_name = {BLAME_PEER, "not the name of a repository"};

static const char *const service_names[] = {
	[SERVICE_UPLOAD_PACK] = "git-upload-pack",
	[SERVICE_RECEIVE_PACK] = "git-receive-pack",
	[SERVICE_WHOAMI] = "gitcell-whoami",
};

const char *service_name(enum service service)
{
	return service_names[service];
}

/* Looks among the services up to LAST. */
static bool find_service(const struct cursor *word, enum service last, enum service *out)
{
	for (int i = 0; i <= (int)last; i++) {
		if (cursor_is(word, service_names[i])) {
			*out = (enum service)i;
			return true;
		}
	}
	return false;
}

bool service_by_name(const struct cursor *word, enum service *out)
{
	return find_service(word, SERVICE_RECEIVE_PACK, out);
}

/* --- the name of a repository ----------------------------------------------------------------- */

static bool has_control(const struct cursor *text)
{
	for (const uint8_t *p = text->at; p < text->end; p++)
		if (*p < 0x20 || *p == 0x7f)
			return true;
	return false;
}

static bool drop_suffix(struct cursor *text, const char *suffix)
{
	size_t len = strlen(suffix);
	struct cursor rest = *text, kept;

	if (cursor_left(text) < len || !cursor_take(&rest, cursor_left(text) - len, &kept) ||
		!cursor_is(&rest, suffix))
		return false;
	*text = kept;
	return true;
}

/* Hidden names, options and home directories are nobody's repositories. */
static bool component_valid(const struct cursor *component)
{
	return !cursor_at_end(component) && !strchr("-.~", *component->at);
}

/* What lies in "a.git" belongs to the repository "a": under a name of its own, the rules for "a"
 * would not apply to it. */
static bool components_valid(struct cursor name)
{
	struct cursor component;

	while (cursor_until(&name, '/', &component))
		if (!component_valid(&component) || drop_suffix(&component, ".git"))
			return false;
	return component_valid(&name);
}

const struct fault *repository_name(struct cursor path, char out[REPOSITORY_NAME_MAX + 1])
{
	struct cursor name = path, twice;

	if (cursor_starts(&name, "/") && !cursor_skip(&name, 1))
		return &fault_internal;
	drop_suffix(&name, "/");
	drop_suffix(&name, ".git");
	twice = name; /* "a.git.git" would be a second name of what "a" opens */
	if (has_control(&name) || !components_valid(name) || drop_suffix(&twice, ".git") ||
		!cursor_copy_text(&name, out, REPOSITORY_NAME_MAX + 1))
		return fault_quote(&fault_request_name, "", path);
	return NULL;
}

/* --- the request ------------------------------------------------------------------------------ */

/* Takes the bytes before the next NUL, or all that is left. */
static struct cursor take_string(struct cursor *c)
{
	struct cursor string;

	return cursor_until(c, '\0', &string) ? string : cursor_rest(c);
}

/* "git-upload-pack /path", perhaps with an LF. */
static const struct fault *parse_command(struct cursor line, struct request *out)
{
	struct cursor word;

	cursor_chomp(&line);
	if (!cursor_until(&line, ' ', &word))
		return fault_quote(&fault_request_syntax, "", line);
	if (!find_service(&word, SERVICE_WHOAMI, &out->service))
		return fault_quote(&fault_request_service, "", word);
	if (out->service == SERVICE_WHOAMI && (cursor_at_end(&line) || cursor_is(&line, "/")))
		return NULL;
	if (out->service == SERVICE_WHOAMI)
		return fault_quote(&fault_request_name, "", line);
	return repository_name(line, out->name);
}

/* "host=" in any case, as git-daemon(1) has it. */
static bool is_host(const struct cursor *word)
{
	static const char key[] = "host=";
	size_t len = sizeof key - 1;

	return cursor_left(word) >= len && strncasecmp((const char *)word->at, key, len) == 0;
}

/* Takes "host=name:port" and the NUL that must follow it, or only that NUL. We do not use it. */
static const struct fault *skip_host(struct cursor *c)
{
	struct cursor word = take_string(c);

	if (is_host(&word)) {
		if (has_control(&word))
			return fault_quote(&fault_request_syntax, "", word);
		word = take_string(c);
	}
	return cursor_at_end(&word) ? NULL : fault_quote(&fault_request_syntax, "", word);
}

static bool user_valid(const struct cursor *user)
{
	return !cursor_at_end(user) && !has_control(user) &&
	       !memchr(user->at, ' ', cursor_left(user));
}

/* An identity that could be read in two ways is none. */
static const struct fault *parse_user(struct cursor user, struct request *out)
{
	if (out->user[0] || !user_valid(&user) ||
		!cursor_copy_text(&user, out->user, sizeof out->user))
		return fault_quote(&fault_request_syntax, "user=", user);
	return NULL;
}

static const struct fault *parse_extra(struct cursor word, struct request *out)
{
	int version = protocol_version(word);

	if (version > out->version)
		out->version = version;
	if (is_host(&word))
		return fault_quote(&fault_request_syntax, "", word);
	if (cursor_literal(&word, "user="))
		return parse_user(word, out);
	return NULL;
}

const struct fault *request_parse(struct cursor payload, struct request *out)
{
	struct request request = {0};

	if (cursor_left(&payload) > REQUEST_MAX)
		return fault_note(&fault_too_big, "opening request over %d bytes", REQUEST_MAX);
	TRY(parse_command(take_string(&payload), &request));
	TRY(skip_host(&payload));
	while (!cursor_at_end(&payload))
		TRY(parse_extra(take_string(&payload), &request));
	*out = request;
	return NULL;
}

/* 0, 1 or 2; what is not a version is 0. */
static int version_of(const struct cursor *word)
{
	static const char *const versions[] = {"version=0", "version=1", "version=2"};

	for (int i = 0; i < (int)(sizeof versions / sizeof *versions); i++)
		if (cursor_is(word, versions[i]))
			return i;
	return 0;
}

int protocol_version(struct cursor list)
{
	struct cursor word;
	int best = 0;

	while (!cursor_at_end(&list)) {
		if (!cursor_until(&list, ':', &word))
			word = cursor_rest(&list);
		if (version_of(&word) > best)
			best = version_of(&word);
	}
	return best;
}

/* --- and the other way ------------------------------------------------------------------------ */

/* KEY, VALUE and a NUL; nothing without a value. */
static void append_string(struct buffer *b, const char *key, const char *value)
{
	if (!value)
		return;
	buffer_text(b, key);
	buffer_text(b, value);
	buffer_byte(b, '\0');
}

void request_format(struct buffer *b, enum service service, const char *path, const char *host,
	int version, const char *user)
{
	static const char *const versions[] = {NULL, "1", "2"};
	struct buffer payload = {.limit = REQUEST_MAX};

	buffer_format(&payload, "%s ", service_name(service));
	append_string(&payload, "", path);
	append_string(&payload, "host=", host);
	if (version || user)
		buffer_byte(&payload, '\0');
	append_string(&payload, "version=", versions[version]);
	append_string(&payload, "user=", user);
	if (buffer_check(&payload) && !b->failed)
		b->failed = payload.failed;
	pkt_append(b, payload.bytes, payload.len);
	buffer_free(&payload);
}
