/* SPDX-License-Identifier: ISC */
/*
 * object/fsck_url.c: submodule names and URLs that git-submodule(1) of a client may be given. Any
 * stage; they are hostile; touches memory only.
 *
 * A name becomes a path below .git/modules. A URL may reach git-remote-http, a credential helper or
 * ssh, each of which has been fooled: by a leading dash, by a line feed (in percent-encoding too)
 * and by an empty host.
 */
#include "object/fsck_private.h"

static bool is_separator(uint8_t byte)
{
	return byte == '/' || byte == '\\';
}

bool submodule_name_allowed(struct cursor name)
{
	size_t dots = 0, other = 0; /* in the current component */

	if (cursor_at_end(&name))
		return false;
	for (; name.at < name.end; name.at++) {
		if (is_separator(*name.at)) {
			if (dots == 2 && !other)
				return false;
			dots = other = 0;
		} else if (*name.at == '.') {
			dots++;
		} else {
			other++;
		}
	}
	return dots != 2 || other;
}

static bool starts_with_any(const struct cursor *url, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (cursor_starts(url, *prefixes))
			return true;
	return false;
}

/* Takes "./" or, *UP becoming true, "../", with either slash. */
static bool take_relative(struct cursor *url, bool *up)
{
	if (cursor_literal(url, "./") || cursor_literal(url, ".\\"))
		return true;
	if (!cursor_literal(url, "../") && !cursor_literal(url, "..\\"))
		return false;
	*up = true;
	return true;
}

/* Does URL have a line feed once what stands behind its scheme is percent-decoded? */
static bool has_line_feed(struct cursor url)
{
	struct cursor scheme, rest = url;

	if (memchr(url.at, '\n', cursor_left(&url)))
		return true;
	if (cursor_until(&rest, ':', &scheme) && !cursor_at_end(&scheme))
		url = rest;
	while (cursor_until(&url, '%', &scheme))
		if (cursor_starts(&url, "0a") || cursor_starts(&url, "0A"))
			return true;
	return false;
}

/* A relative URL replaces the end of the superproject's: "../" must not eat its host. */
static bool relative_allowed(struct cursor url)
{
	bool up = false;

	if (has_line_feed(url))
		return false;
	while (take_relative(&url, &up))
		continue;
	return !up || (!cursor_starts(&url, ":") && !cursor_starts(&url, "/"));
}

static bool is_in(uint8_t byte, const char *set)
{
	return byte && strchr(set, byte);
}

static bool is_alnum(uint8_t byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') ||
	       (byte >= 'A' && byte <= 'Z');
}

/* Takes what stands before the first byte of STOPS, or everything. */
static struct cursor take_before(struct cursor *url, const char *stops)
{
	struct cursor ahead = *url, taken = *url;
	size_t len = 0;
	uint8_t byte;

	while (cursor_u8(&ahead, &byte) && !is_in(byte, stops))
		len++;
	return cursor_take(url, len, &taken) ? taken : *url;
}

static int hex_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Takes one byte, percent-decoded; false if the '%' is followed by no number. */
static bool take_decoded(struct cursor *text, uint8_t *byte)
{
	uint8_t high, low;

	if (!cursor_u8(text, byte))
		return false;
	if (*byte != '%')
		return true;
	if (!cursor_u8(text, &high) || !cursor_u8(text, &low) || hex_value(high) < 0 ||
		hex_value(low) < 0)
		return false;
	*byte = (uint8_t)(hex_value(high) << 4 | hex_value(low));
	return true;
}

static bool escapes_valid(struct cursor text)
{
	uint8_t byte;

	while (!cursor_at_end(&text))
		if (!take_decoded(&text, &byte))
			return false;
	return true;
}

/* Takes "scheme://". */
static bool take_scheme(struct cursor *url)
{
	struct cursor scheme = take_before(url, ":"), first = scheme;
	uint8_t byte;

	if (!cursor_u8(&first, &byte) || !is_alnum(byte) || (byte >= '0' && byte <= '9'))
		return false;
	for (; scheme.at < scheme.end; scheme.at++)
		if (!is_alnum(*scheme.at) && !is_in(*scheme.at, "+.-"))
			return false;
	return cursor_literal(url, "://");
}

/* Empty, or 1 to 65535 with any zeros before it; the default ports of http and https are in it. */
static bool port_valid(struct cursor port)
{
	uint64_t number;

	return cursor_at_end(&port) ||
	       (cursor_decimal(&port, 65535, &number) && number && cursor_at_end(&port));
}

/* Splits PORT off behind the last ':', unless the ']' of an IPv6 address follows it. */
static bool split_port(struct cursor *host, struct cursor *port)
{
	struct cursor rest = *host, before = *host;
	bool found = false;
	uint8_t byte;

	for (size_t len = 0; cursor_u8(&rest, &byte); len++) {
		if (byte == ']')
			found = false;
		if (byte != ':')
			continue;
		found = true;
		*port = rest;
		before = cursor_over(host->at, len);
	}
	if (found)
		*host = before;
	return found;
}

/* What stands between the scheme and the path: user, host and port. */
static bool authority_valid(struct cursor authority)
{
	struct cursor user, host = authority, port;
	bool has_port;

	if (cursor_until(&host, '@', &user) && !escapes_valid(user))
		return false;
	if (cursor_at_end(&host) || cursor_starts(&host, ":"))
		return false;
	has_port = split_port(&host, &port);
	for (; host.at < host.end; host.at++)
		if (!is_alnum(*host.at) && !is_in(*host.at, ".-_[:]"))
			return false;
	return !has_port || port_valid(port);
}

/* How many dots a segment is, decoded; -1 if it is not well escaped, 0 if it is a name. */
static int segment_dots(struct cursor segment)
{
	int dots = 0;
	bool name = false;
	uint8_t byte;

	while (!cursor_at_end(&segment)) {
		if (!take_decoded(&segment, &byte))
			return -1;
		name |= byte != '.' || dots == 2;
		dots += !name;
	}
	return name ? 0 : dots;
}

/* The path must not climb above its root. */
static bool path_valid(struct cursor path)
{
	size_t depth = 0;

	if (!cursor_literal(&path, "/") && cursor_at_end(&path))
		return true;
	for (;;) {
		int dots = segment_dots(take_before(&path, "/"));
		if (dots < 0 || (dots == 2 && !depth))
			return false;
		depth += dots == 0;
		depth -= dots == 2;
		if (!cursor_literal(&path, "/"))
			return true;
	}
}

/* Would curl be given a URL that it takes as it is meant? */
static bool curl_url_allowed(struct cursor url)
{
	struct cursor authority, path;

	if (has_line_feed(url) || !take_scheme(&url))
		return false;
	authority = take_before(&url, "/?#");
	path = take_before(&url, "?#");
	return authority_valid(authority) && path_valid(path) && escapes_valid(url);
}

bool submodule_url_allowed(struct cursor url)
{
	static const char *const relative[] = {"./", "../", ".\\", "..\\", "git://", NULL};
	static const char *const helper[] = {"http::", "https::", "ftp::", "ftps::", NULL};
	static const char *const curl[] = {"http://", "https://", "ftp://", "ftps://", NULL};
	struct cursor dropped;

	if (cursor_starts(&url, "-"))
		return false;
	if (starts_with_any(&url, relative))
		return relative_allowed(url);
	if (starts_with_any(&url, helper))
		return cursor_until(&url, ':', &dropped) && cursor_literal(&url, ":") &&
		       curl_url_allowed(url);
	return !starts_with_any(&url, curl) || curl_url_allowed(url);
}
