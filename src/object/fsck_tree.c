/* SPDX-License-Identifier: ISC */
/*
 * object/fsck_tree.c: fsck of trees. Any stage; the tree is hostile; touches memory only.
 *
 * Reads entries itself, because tree_next() refuses some of what is to be reported here. What a
 * tree does wrong is collected over all entries and reported once, at the end.
 */
#include "base/mem.h"
#include "object/fsck_private.h"

#define MODE_TYPE 0170000u
#define MODE_TREE 0040000u
#define MODE_SYMLINK 0120000u
#define MODE_GITLINK 0160000u

#define LONGEST_NAME 4096 /* bytes: largePathname */

struct entry {
	struct cursor name; /* empty before the first entry */
	uint32_t mode;      /* git keeps sixteen bits */
	bool zero_padded;
	struct oid oid;
};

/* Names of files that a directory later on may duplicate. */
struct candidates {
	struct cursor *names;
	size_t count;
	size_t cap;
};

/* Findings in the order in which git tells them. */
enum flag {
	HAS_NULL_OID,
	HAS_SLASH,
	HAS_DOT,
	HAS_DOTDOT,
	HAS_DOTGIT,
	HAS_ZERO_PADDING,
	HAS_BAD_MODE,
	HAS_DUPLICATES,
	NOT_SORTED,
	HAS_LONG_NAME,
	FLAGS,
};

struct tree {
	struct fsck *f;
	struct candidates candidates;
	bool flags[FLAGS];
};

static bool is_octal(uint8_t byte)
{
	return byte >= '0' && byte <= '7';
}

/* Takes one or more octal digits and a blank. */
static bool take_mode(struct cursor *tree, uint32_t *mode)
{
	struct cursor digits;

	if (!cursor_until(tree, ' ', &digits) || cursor_at_end(&digits))
		return false;
	for (*mode = 0; digits.at < digits.end; digits.at++) {
		if (!is_octal(*digits.at))
			return false;
		*mode = (*mode << 3 | (uint32_t)(*digits.at - '0')) & 0xffff;
	}
	return true;
}

static bool take_entry(struct cursor *tree, const struct hash_algo *algo, struct entry *out)
{
	out->zero_padded = cursor_starts(tree, "0");
	return take_mode(tree, &out->mode) && cursor_until(tree, '\0', &out->name) &&
	       !cursor_at_end(&out->name) && cursor_oid(tree, algo, &out->oid);
}

static bool is_type(const struct entry *e, uint32_t type)
{
	return (e->mode & MODE_TYPE) == type;
}

/* Git wrote 0664 in its first days; --strict, as a server has it, no longer takes it. */
static bool is_usual_mode(uint32_t mode)
{
	return mode == 0100644 || mode == 0100755 || mode == MODE_SYMLINK || mode == MODE_TREE ||
	       mode == MODE_GITLINK;
}

static void link_found(struct fsck *f, const struct entry *e, enum dot_file file)
{
	if (!f->links)
		return;
	if (file == DOT_GITMODULES && f->links->gitmodules)
		f->links->gitmodules(f->links->arg, &e->oid);
	if (file == DOT_GITATTRIBUTES && f->links->gitattributes)
		f->links->gitattributes(f->links->arg, &e->oid);
}

static void dot_file_found(struct fsck *f, const struct entry *e, enum dot_file file)
{
	static const enum fsck_id symlink[] = {
		[DOT_GITMODULES] = FSCK_GITMODULES_SYMLINK,
		[DOT_GITATTRIBUTES] = FSCK_GITATTRIBUTES_SYMLINK,
		[DOT_GITIGNORE] = FSCK_GITIGNORE_SYMLINK,
		[DOT_MAILMAP] = FSCK_MAILMAP_SYMLINK,
	};

	if (is_type(e, MODE_SYMLINK))
		fsck_found(f, symlink[file]);
	else
		link_found(f, e, file);
}

/* On Windows a backslash parts directories: what stands behind one is a name too. */
static void check_behind_backslashes(struct tree *t, const struct entry *e)
{
	struct cursor rest = e->name, dropped;

	while (cursor_until(&rest, '\\', &dropped)) {
		t->flags[HAS_DOTGIT] |= name_is_ntfs_dotgit(rest);
		if (name_is_ntfs_dot_file(rest, DOT_GITMODULES))
			dot_file_found(t->f, e, DOT_GITMODULES);
	}
}

/* Bytes that make a name worth a closer look. */
enum trait {
	SLASH = 1,
	BACKSLASH = 2,
	TILDE = 4,
};

static unsigned traits_of(const struct cursor *name)
{
	static const uint8_t traits[256] = {['/'] = SLASH, ['\\'] = BACKSLASH, ['~'] = TILDE};
	unsigned found = 0;

	for (const uint8_t *p = name->at; p < name->end; p++)
		found |= traits[*p];
	return found;
}

/*
 * Could the name mean something to Git on some file system? All that do begin with a dot or a
 * character that HFS+ does not see, or are a short name with a tilde. This spares most names two
 * dozen comparisons.
 */
static bool might_be_special(const struct cursor *name, unsigned traits)
{
	return *name->at == '.' || *name->at >= 0x80 || traits & TILDE;
}

static void check_name(struct tree *t, const struct entry *e)
{
	const unsigned traits = traits_of(&e->name);

	t->flags[HAS_SLASH] |= (traits & SLASH) != 0;
	t->flags[HAS_LONG_NAME] |= cursor_left(&e->name) > LONGEST_NAME;
	if (traits & BACKSLASH)
		check_behind_backslashes(t, e);
	if (!might_be_special(&e->name, traits))
		return;
	t->flags[HAS_DOT] |= cursor_is(&e->name, ".");
	t->flags[HAS_DOTDOT] |= cursor_is(&e->name, "..");
	t->flags[HAS_DOTGIT] |= name_is_dotgit(e->name);
	for (enum dot_file file = DOT_GITMODULES; file <= DOT_MAILMAP; file++)
		if (name_is_dot_file(e->name, file))
			dot_file_found(t->f, e, file);
}

static bool push(struct candidates *c, struct cursor name)
{
	if (!mem_grow(&c->names, c->count, &c->cap, sizeof *c->names))
		return false;
	c->names[c->count++] = name;
	return true;
}

/* What decides after a common beginning: the next byte, and a directory ends in a slash. */
static uint8_t next_byte(const struct cursor *rest, const struct entry *e)
{
	if (!cursor_at_end(rest))
		return *rest->at;
	return is_type(e, MODE_TREE) ? '/' : 0;
}

static bool sorts_before_slash(uint8_t byte)
{
	return byte && byte < '/';
}

/* Takes NAME from REST, if that begins with it. */
static bool take_prefix(struct cursor *rest, const struct cursor *name)
{
	struct cursor ahead = *rest, prefix;

	if (!cursor_take(&ahead, cursor_left(name), &prefix) ||
		memcmp(prefix.at, name->at, cursor_left(name)) != 0)
		return false;
	*rest = ahead;
	return true;
}

/*
 * Was there a file of the name of DIRECTORY? Between the two may stand names that continue it with
 * bytes below the slash: "a", "a.b", "a/". Those that NAME continues in turn are kept.
 */
static bool was_a_file(struct candidates *c, const struct cursor *directory)
{
	while (c->count) {
		struct cursor rest = *directory;
		if (!take_prefix(&rest, &c->names[c->count - 1])) {
			c->count--;
			continue;
		}
		if (cursor_at_end(&rest)) {
			c->count--;
			return true;
		}
		if (sorts_before_slash(*rest.at))
			return false;
		c->count--;
	}
	return false;
}

/* Two neighbours, the names of which are the same as far as the shorter goes. False: no memory. */
static bool check_continuation(struct tree *t, const struct entry *before, const struct entry *e,
	const struct cursor *rest_before, const struct cursor *rest)
{
	uint8_t c1 = next_byte(rest_before, before), c2 = next_byte(rest, e);

	if (cursor_at_end(rest_before) && cursor_at_end(rest)) {
		t->flags[HAS_DUPLICATES] = true;
		return true;
	}
	if (!c1 && sorts_before_slash(c2)) {
		if (!push(&t->candidates, before->name))
			return false;
	} else if (c2 == '/' && sorts_before_slash(c1) && was_a_file(&t->candidates, &e->name)) {
		t->flags[HAS_DUPLICATES] = true;
		return true;
	}
	t->flags[NOT_SORTED] |= c1 >= c2;
	return true;
}

static bool check_order(struct tree *t, const struct entry *before, const struct entry *e)
{
	struct cursor rest_before = before->name, rest = e->name, a, b;
	size_t len = cursor_left(&rest_before);
	int order;

	if (!len)
		return true;
	if (cursor_left(&rest) < len)
		len = cursor_left(&rest);
	if (!cursor_take(&rest_before, len, &a) || !cursor_take(&rest, len, &b))
		return false;
	order = memcmp(a.at, b.at, len);
	t->flags[NOT_SORTED] |= order > 0;
	return order || check_continuation(t, before, e, &rest_before, &rest);
}

/* As git does it: an entry behind which nothing sensible follows is not judged to the end. */
static bool check_entries(struct tree *t, struct cursor rest)
{
	struct entry before = {0}, e, next;

	if (cursor_at_end(&rest))
		return true;
	if (!take_entry(&rest, t->f->algo, &e))
		return false;
	for (bool more = true; more; before = e, e = next) {
		more = !cursor_at_end(&rest);
		t->flags[HAS_NULL_OID] |= oid_is_null(&e.oid);
		t->flags[HAS_ZERO_PADDING] |= e.zero_padded;
		check_name(t, &e);
		next = e;
		if (more && !take_entry(&rest, t->f->algo, &next))
			return false;
		t->flags[HAS_BAD_MODE] |= !is_usual_mode(e.mode);
		if (!check_order(t, &before, &e))
			return false;
	}
	return true;
}

/* Does the last entry end where the tree ends? Asked first, so that nothing is said of the others.
 */
static bool has_an_end(struct cursor content, const struct hash_algo *algo)
{
	struct cursor nul;
	size_t len = cursor_left(&content);

	if (!len)
		return true;
	return len >= algo->size + 3 && cursor_skip(&content, len - algo->size - 1) &&
	       cursor_take(&content, 1, &nul) && *nul.at == '\0';
}

void fsck_tree(struct fsck *f, struct cursor content)
{
	static const enum fsck_id ids[FLAGS] = {
		[HAS_NULL_OID] = FSCK_NULL_SHA1,
		[HAS_SLASH] = FSCK_FULL_PATHNAME,
		[HAS_DOT] = FSCK_HAS_DOT,
		[HAS_DOTDOT] = FSCK_HAS_DOTDOT,
		[HAS_DOTGIT] = FSCK_HAS_DOTGIT,
		[HAS_ZERO_PADDING] = FSCK_ZERO_PADDED_FILEMODE,
		[HAS_BAD_MODE] = FSCK_BAD_FILEMODE,
		[HAS_DUPLICATES] = FSCK_DUPLICATE_ENTRIES,
		[NOT_SORTED] = FSCK_TREE_NOT_SORTED,
		[HAS_LONG_NAME] = FSCK_LARGE_PATHNAME,
	};
	struct tree t = {.f = f};

	/* Where memory ends the examination, the tree cannot be vouched for either. */
	if (!has_an_end(content, f->algo) || !check_entries(&t, content))
		fsck_found(f, FSCK_BAD_TREE);
	for (size_t i = 0; i < FLAGS; i++)
		if (t.flags[i])
			fsck_found(f, ids[i]);
	free(t.candidates.names);
}
