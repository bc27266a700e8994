/* SPDX-License-Identifier: ISC */
/* tests/made/repository.c: one small repository, made of nothing but the formats. */
#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>
#include "tests/made/pack.h"
#include "tests/made/repository.h"

#define PACKED 7 /* objects of the pack: the first ones */

static struct made_repository made;
static struct buffer pack, idx, refs;
static pid_t maker;

static void must(bool holds)
{
	if (!holds)
		abort();
}

/* --- content ---------------------------------------------------------------------------------- */

static struct idx_entry entries[PACKED];

static struct oid note(enum object_type type, struct cursor content)
{
	must(made.count < MADE_OBJECTS_MAX);
	made.oids[made.count] = made_oid(type, content);
	return made.oids[made.count++];
}

static struct oid pack_whole(enum object_type type, struct cursor content)
{
	entries[made.count].offset = made_pack_whole(&pack, type, content);
	return entries[made.count].oid = note(type, content);
}

/* A blob, and two like it as a delta of each kind; "old" and what is appended to it. */
static void pack_blobs(void)
{
	struct buffer text = BUFFER_INIT, delta = BUFFER_INIT;
	size_t base_len, base_offset;
	struct oid base;

	for (int i = 0; i < 40; i++)
		buffer_format(&text, "line %d of a file\n", i);
	base = pack_whole(OBJECT_BLOB, made_cursor(&text));
	base_offset = (size_t)entries[0].offset;
	for (int i = 0; i < 2; i++) {
		base_len = text.len;
		buffer_text(&text, "more\n");
		buffer_reset(&delta);
		made_delta_start(&delta, base_len, text.len);
		made_delta_copy(&delta, 0, (uint16_t)base_len);
		made_delta_insert(&delta, "more\n", 5);
		entries[made.count].offset =
			i ? made_pack_ref_delta(&pack, &base, made_cursor(&delta))
			  : made_pack_ofs_delta(&pack, base_offset, made_cursor(&delta));
		base = entries[made.count].oid = note(OBJECT_BLOB, made_cursor(&text));
	}
	buffer_free(&text);
	buffer_free(&delta);
}

static void tree_entry(struct buffer *tree, const char *mode_and_name, const struct oid *oid)
{
	buffer_text(tree, mode_and_name);
	buffer_byte(tree, 0);
	buffer_append(tree, oid->id, hash_sha1.size);
}

static struct oid pack_commit(const struct oid *tree, const struct oid *parent, int date)
{
	char hex[OID_MAX_HEX + 1];
	struct buffer text = BUFFER_INIT;
	struct oid oid;

	buffer_format(&text, "tree %s\n", oid_hex(tree, &hash_sha1, hex));
	if (parent)
		buffer_format(&text, "parent %s\n", oid_hex(parent, &hash_sha1, hex));
	buffer_format(&text,
		"author A <a@example.com> %d +0000\ncommitter A <a@example.com> %d +0000\n\nm\n",
		date, date);
	oid = pack_whole(OBJECT_COMMIT, made_cursor(&text));
	buffer_free(&text);
	return oid;
}

static void loose(enum object_type type, struct cursor content);

static struct oid loose_tag(const struct oid *target, const char *type)
{
	char hex[OID_MAX_HEX + 1];
	struct buffer text = BUFFER_INIT;
	struct oid oid;

	buffer_format(&text, "object %s\ntype %s\ntag v1\ntagger A <a@example.com> 9 +0000\n\nt\n",
		oid_hex(target, &hash_sha1, hex), type);
	oid = note(OBJECT_TAG, made_cursor(&text));
	loose(OBJECT_TAG, made_cursor(&text));
	buffer_free(&text);
	return oid;
}

static struct oid pack_history(void)
{
	struct buffer tree = BUFFER_INIT;
	struct oid sub, top, first, second;

	tree_entry(&tree, "100644 a", &made.oids[0]);
	tree_entry(&tree, "100755 b", &made.oids[1]);
	sub = pack_whole(OBJECT_TREE, made_cursor(&tree));
	buffer_reset(&tree);
	tree_entry(&tree, "40000 d", &sub);
	tree_entry(&tree, "100644 f", &made.oids[2]);
	top = pack_whole(OBJECT_TREE, made_cursor(&tree));
	first = pack_commit(&sub, NULL, 1000000000);
	second = pack_commit(&top, &first, 1000000001);
	buffer_free(&tree);
	return second;
}

static void add_ref(const char *name, const struct oid *oid)
{
	char hex[OID_MAX_HEX + 1];

	buffer_format(&refs, "%s %s\n", oid_hex(oid, &hash_sha1, hex), name);
}

/* --- files ------------------------------------------------------------------------------------ */

static bool writing; /* else only names are made */

static void write_file(const char *name, const void *bytes, size_t len)
{
	char path[256];
	int fd;

	if (!writing)
		return;
	snprintf(path, sizeof path, "%s/%s", made.path, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	must(fd >= 0 && write(fd, bytes, len) == (ssize_t)len && close(fd) == 0);
}

static void write_text(const char *name, const char *text)
{
	write_file(name, text, strlen(text));
}

static void make_directory(const char *name)
{
	char path[256];

	snprintf(path, sizeof path, "%s/%s", made.path, name);
	must(!writing || mkdir(path, 0755) == 0);
}

/* The zlib stream of a loose object is like that of a pack's entry, with a header inside. */
static void loose(enum object_type type, struct cursor content)
{
	struct buffer plain = BUFFER_INIT, entry = BUFFER_INIT;
	struct oid oid = made_oid(type, content);
	char hex[OID_MAX_HEX + 1], path[128];
	size_t header;

	oid_hex(&oid, &hash_sha1, hex);
	snprintf(path, sizeof path, "objects/%.2s", hex);
	make_directory(path);
	buffer_format(&plain, "%s %zu", object_type_name(type), cursor_left(&content));
	buffer_byte(&plain, 0);
	buffer_append(&plain, content.at, cursor_left(&content));
	made_pack_whole(&entry, OBJECT_BLOB, made_cursor(&plain));
	for (header = 0; entry.bytes[header] & 128; header++)
		continue;
	snprintf(path, sizeof path, "objects/%.2s/%s", hex, hex + 2);
	write_file(path, entry.bytes + header + 1, entry.len - header - 1);
	buffer_free(&plain);
	buffer_free(&entry);
}

static void make_skeleton(void)
{
	static const char *const directories[] = {
		"objects", "objects/pack", "refs", "refs/heads", "refs/tags"};

	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++)
		make_directory(directories[i]);
	write_text("config", "[core]\n\trepositoryformatversion = 0\n\tbare = true\n");
	write_text("HEAD", "ref: refs/heads/main\n");
}

static void write_pack(void)
{
	char name[128], hex[OID_MAX_HEX + 1];
	struct oid checksum;

	memcpy(checksum.id, pack.bytes + pack.len - 20, 20);
	memset(checksum.id + 20, 0, sizeof checksum.id - 20);
	must(!idx_format(&idx, entries, PACKED, &hash_sha1, &checksum));
	oid_hex(&checksum, &hash_sha1, hex);
	snprintf(name, sizeof name, "objects/pack/pack-%s.pack", hex);
	write_file(name, pack.bytes, pack.len);
	snprintf(name, sizeof name, "objects/pack/pack-%s.idx", hex);
	write_file(name, idx.bytes, idx.len);
}

static void make(void)
{
	struct oid tip, tag;

	make_skeleton();
	made_pack_start(&pack, PACKED);
	pack_blobs();
	tip = pack_history();
	made_pack_end(&pack);
	write_pack();
	note(OBJECT_BLOB, cursor_over_text("loose\n"));
	loose(OBJECT_BLOB, cursor_over_text("loose\n"));
	add_ref("refs/heads/main", &tip);
	add_ref("refs/heads/old", &made.oids[5]);
	tag = loose_tag(&tip, "commit");
	tag = loose_tag(&tag, "tag");
	add_ref("refs/tags/v1", &tag);
	write_file("packed-refs", refs.bytes, refs.len);
}

/* --- its life --------------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_all(void)
{
	if (getpid() == maker)
		nftw(made.path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

const struct made_repository *made_repository_names(void)
{
	if (!made.count)
		make();
	return &made;
}

const struct made_repository *made_repository_open(struct repo *repo)
{
	const char *tmp = getenv("TMPDIR");

	made.count = 0;
	buffer_reset(&pack);
	buffer_reset(&idx);
	buffer_reset(&refs);
	snprintf(made.path, sizeof made.path, "%s/gitcell-made-XXXXXX", tmp ? tmp : "/tmp");
	must(mkdtemp(made.path));
	maker = getpid();
	atexit(remove_all);
	writing = true;
	make();
	must(!repo_open(repo, open(made.path, O_PATH | O_DIRECTORY | O_CLOEXEC)));
	return &made;
}

static void empty(const char *name, const char *keep)
{
	char path[128];
	struct dirent *entry;
	DIR *dir;

	snprintf(path, sizeof path, "%s/%s", made.path, name);
	dir = opendir(path);
	must(dir);
	while ((entry = readdir(dir)))
		if (entry->d_name[0] != '.' && (!keep || !strstr(entry->d_name, keep))) {
			snprintf(path, sizeof path, "%s/%s/%.60s", made.path, name, entry->d_name);
			nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
		}
	closedir(dir);
}

void made_repository_restore(void)
{
	char hex[OID_MAX_HEX + 1];
	struct oid checksum = {{0}};

	memcpy(checksum.id, pack.bytes + pack.len - 20, 20);
	empty("objects/pack", oid_hex(&checksum, &hash_sha1, hex));
	empty("refs", "no such name");
	make_directory("refs/heads");
	make_directory("refs/tags");
	write_text("HEAD", "ref: refs/heads/main\n");
	write_file("packed-refs", refs.bytes, refs.len);
}
