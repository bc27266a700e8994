/* SPDX-License-Identifier: ISC */
/*
 * object/fsck_names.c: names in trees that a file system of a client would take for ".git" or for a
 * file that Git obeys. Any stage; names are hostile; touches memory only.
 *
 * The facts: HFS+ ignores some invisible characters and case. NTFS ignores case and trailing blanks
 * and dots, takes what follows a ':' for a stream of the file, and knows a file by a short name too
 * (8.3): the first six characters, or, once those are taken, two and a hash of the name.
 */
#include "object/fsck_private.h"

static int lower(int c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

/* The next byte without moving; 0 at the end: names have no NUL. */
static uint8_t peek(const struct cursor *name)
{
	return cursor_at_end(name) ? 0 : *name->at;
}

/* Takes TEXT, lower case ASCII, in any case. */
static bool take_folded(struct cursor *name, const char *text, size_t len)
{
	struct cursor ahead = *name;
	uint8_t byte;

	for (size_t i = 0; i < len; i++)
		if (!cursor_u8(&ahead, &byte) || lower(byte) != text[i])
			return false;
	*name = ahead;
	return true;
}

#define NOT_UTF8 0 /* HFS+ would spell it out; to us it ends the name */

struct utf8_form {
	uint8_t mask, lead; /* the first byte & mask == lead */
	uint8_t more;       /* bytes that follow */
	uint32_t least;     /* less would have fitted in a shorter form */
};

static bool is_code_point(uint32_t c)
{
	return c <= 0x10ffff && (c < 0xd800 || c > 0xdfff) && c != 0xfffe && c != 0xffff;
}

/* Takes one character; at the end, and where it is malformed, it is NOT_UTF8. */
static uint32_t take_utf8(struct cursor *name)
{
	static const struct utf8_form forms[] = {{0x80, 0x00, 0, 0}, {0xe0, 0xc0, 1, 0x80},
		{0xf0, 0xe0, 2, 0x800}, {0xf8, 0xf0, 3, 0x10000}};
	uint8_t byte;
	size_t i = 0;
	uint32_t c;

	if (!cursor_u8(name, &byte))
		return NOT_UTF8;
	while (i < 4 && (byte & forms[i].mask) != forms[i].lead)
		i++;
	if (i == 4)
		return NOT_UTF8;
	c = byte & (uint8_t)~forms[i].mask;
	for (size_t n = 0; n < forms[i].more; n++) {
		if ((peek(name) & 0xc0) != 0x80 || !cursor_u8(name, &byte))
			return NOT_UTF8;
		c = c << 6 | (byte & 0x3f);
	}
	return c >= forms[i].least && is_code_point(c) ? c : NOT_UTF8;
}

/* Characters that HFS+ does not see: joiners, marks of direction and shape, the zero-width blank.
 */
static bool hfs_ignores(uint32_t c)
{
	return (c >= 0x200c && c <= 0x200f) || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x206a && c <= 0x206f) || c == 0xfeff;
}

static uint32_t take_hfs(struct cursor *name)
{
	uint32_t c;

	do
		c = take_utf8(name);
	while (hfs_ignores(c));
	return c;
}

/* "." and NEEDLE, as HFS+ compares, up to the end or a slash. */
static bool is_hfs_dot(struct cursor name, const char *needle)
{
	uint32_t c;

	if (take_hfs(&name) != '.')
		return false;
	for (; *needle; needle++) {
		c = take_hfs(&name);
		if (c > 127 || lower((int)c) != *needle)
			return false;
	}
	c = take_hfs(&name);
	return c == NOT_UTF8 || c == '/';
}

/* Is there nothing that NTFS sees before the end or one of the bytes ENDS? */
static bool is_ntfs_end(struct cursor name, const char *ends)
{
	while (cursor_literal(&name, ".") || cursor_literal(&name, " "))
		continue;
	return cursor_at_end(&name) || strchr(ends, *name.at);
}

bool name_is_ntfs_dotgit(struct cursor name)
{
	return (take_folded(&name, ".git", 4) || take_folded(&name, "git~1", 5)) &&
	       is_ntfs_end(name, "\\/:");
}

bool name_is_dotgit(struct cursor name)
{
	return is_hfs_dot(name, "git") || name_is_ntfs_dotgit(name);
}

static const struct dot_file_name {
	const char *name; /* without the dot */
	const char *hash; /* how the short name begins when "gitmod~1" to "~4" are taken */
} dot_files[] = {
	[DOT_GITMODULES] = {"gitmodules", "gi7eba"},
	[DOT_GITATTRIBUTES] = {"gitattributes", "gi7d29"},
	[DOT_GITIGNORE] = {"gitignore", "gi250a"},
	[DOT_MAILMAP] = {"mailmap", "maba30"},
};

#define SHORT_NAME_SIZE 8

/* "gitmod~1" to "gitmod~4" */
static bool take_short_name(struct cursor *name, const char *full)
{
	struct cursor ahead = *name;
	uint8_t digit;

	if (!take_folded(&ahead, full, 6) || !cursor_literal(&ahead, "~") ||
		!cursor_u8(&ahead, &digit) || digit < '1' || digit > '4')
		return false;
	*name = ahead;
	return true;
}

/* As much of HASH as the number leaves room for, '~', and the number: eight characters in all. */
static bool take_hashed_name(struct cursor *name, const char *hash)
{
	struct cursor ahead = *name;
	size_t len = 0;
	uint8_t digit;

	while (len < 6 && take_folded(&ahead, hash + len, 1))
		len++;
	if (!cursor_literal(&ahead, "~") || peek(&ahead) == '0')
		return false;
	for (len++; len < SHORT_NAME_SIZE; len++)
		if (!cursor_u8(&ahead, &digit) || digit < '0' || digit > '9')
			return false;
	*name = ahead;
	return true;
}

bool name_is_ntfs_dot_file(struct cursor name, enum dot_file file)
{
	const struct dot_file_name *f = &dot_files[file];
	struct cursor full = name;

	if (cursor_literal(&full, ".") && take_folded(&full, f->name, strlen(f->name)))
		return is_ntfs_end(full, ":");
	return (take_short_name(&name, f->name) || take_hashed_name(&name, f->hash)) &&
	       is_ntfs_end(name, ":");
}

bool name_is_dot_file(struct cursor name, enum dot_file file)
{
	return is_hfs_dot(name, dot_files[file].name) || name_is_ntfs_dot_file(name, file);
}
