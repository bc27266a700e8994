/* SPDX-License-Identifier: ISC */
/*
 * tests/fuzz/mutate-pack.c: changes a pack so that most of it stays one: the objects before they
 * are deflated, the entries and what they build on, and then sizes, count and trailer are put
 * right again; mostly. Of libFuzzer builds alone.
 */
#include "object/inflate.h"
#include "tests/fuzz/fuzz.h"
#include "tests/made/pack.h"
#include "tests/made/repository.h"

#define ENTRIES_MAX 64
#define CONTENT_MAX 8192
#define NO_BASE ENTRIES_MAX

size_t LLVMFuzzerMutate(uint8_t *bytes, size_t len, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t max, unsigned seed);

struct entry {
	struct pack_entry header;
	size_t offset;
	size_t base; /* of an OFS_DELTA: the number of an entry */
	size_t len;
	size_t claimed; /* added to the size in the header */
	uint8_t content[CONTENT_MAX];
};

struct model {
	struct entry entries[ENTRIES_MAX];
	size_t count;
	uint32_t seed;
};

static uint32_t random_below(struct model *m, uint32_t n)
{
	m->seed = m->seed * 1664525 + 1013904223;
	return n ? (m->seed >> 8) % n : 0;
}

/* --- reading ---------------------------------------------------------------------------------- */

static size_t entry_at(const struct model *m, size_t offset)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->entries[i].offset == offset)
			return i;
	return NO_BASE;
}

static bool read_entry(struct model *m, struct cursor *c, size_t offset)
{
	struct entry *e = &m->entries[m->count];
	struct inflater inflater = {0};
	bool good;

	*e = (struct entry){.offset = offset, .base = NO_BASE};
	if (pack_entry_header(c, &hash_sha1, &e->header, NULL) || e->header.size > CONTENT_MAX)
		return false;
	e->len = (size_t)e->header.size;
	if (e->header.type == OBJECT_OFS_DELTA)
		e->base = entry_at(m, offset - (size_t)e->header.base_distance);
	good = !inflate_whole(&inflater, c, e->content, e->len);
	inflater_free(&inflater);
	m->count += good;
	return good;
}

static void read_pack(struct model *m, const uint8_t *bytes, size_t len)
{
	struct cursor c = cursor_over(bytes, len);
	uint32_t count;

	if (pack_header(&c, &count))
		return;
	while (m->count < ENTRIES_MAX / 2 && m->count < count &&
		read_entry(m, &c, len - cursor_left(&c)))
		continue;
}

/* --- changing --------------------------------------------------------------------------------- */

static struct entry *any(struct model *m)
{
	return &m->entries[random_below(m, (uint32_t)m->count)];
}

static void change_content(struct model *m)
{
	struct entry *e = any(m);

	e->len = LLVMFuzzerMutate(e->content, e->len, CONTENT_MAX);
}

static void change_type(struct model *m)
{
	any(m)->header.type = (enum object_type)random_below(m, 8);
}

static void lie_about_size(struct model *m)
{
	any(m)->claimed = random_below(m, 2) ? 1 : (size_t)random_below(m, 1u << 30) - 5;
}

static void copy_entry(struct model *m)
{
	struct entry *e = any(m);

	m->entries[m->count++] = *e;
}

static void remove_entry(struct model *m)
{
	size_t at = random_below(m, (uint32_t)m->count);

	memmove(&m->entries[at], &m->entries[at + 1], (--m->count - at) * sizeof *m->entries);
}

static void swap_entries(struct model *m)
{
	struct entry *a = any(m), *b = any(m), c = *a;

	*a = *b;
	*b = c;
}

static struct oid some_oid(struct model *m)
{
	const struct made_repository *made = made_repository_names();
	struct entry *e = any(m);

	if (e->header.type >= OBJECT_OFS_DELTA || random_below(m, 3) == 0)
		return made->oids[random_below(m, (uint32_t)made->count)];
	return made_oid(
		e->header.type ? e->header.type : OBJECT_BLOB, cursor_over(e->content, e->len));
}

static void change_base(struct model *m)
{
	struct entry *e = any(m);

	e->base = random_below(m, (uint32_t)m->count);
	e->header.base = some_oid(m);
}

static void append_delta(struct model *m, size_t base_len)
{
	struct entry *e = &m->entries[m->count];
	size_t len = random_below(m, (uint32_t)base_len + 1) & 0xffff;
	struct buffer delta = BUFFER_INIT;

	made_delta_start(&delta, base_len, len + 3);
	if (len)
		made_delta_copy(&delta, (uint32_t)(base_len - len), (uint16_t)len);
	made_delta_insert(&delta, "new", 3);
	*e = (struct entry){.len = delta.len, .base = random_below(m, (uint32_t)m->count)};
	memcpy(e->content, delta.bytes, delta.len);
	e->header.base = some_oid(m);
	e->header.type = random_below(m, 2) ? OBJECT_OFS_DELTA : OBJECT_REF_DELTA;
	m->count++;
	buffer_free(&delta);
}

/* A delta upon the last entry, or one that waits for any object. */
static void build_upon(struct model *m)
{
	append_delta(m, m->entries[random_below(m, (uint32_t)m->count)].len);
}

/* An object that names one that is there already. */
static void name_object(struct model *m)
{
	struct entry *e = any(m);
	struct oid oid = some_oid(m);
	char hex[OID_MAX_HEX + 1];

	oid_hex(&oid, &hash_sha1, hex);
	if (e->header.type == OBJECT_TREE && e->len >= 20)
		memcpy(e->content + e->len - 20, oid.id, 20);
	else if (e->len >= 47)
		memcpy(e->content + (e->header.type == OBJECT_TAG ? 7 : 5), hex, 40);
}

typedef void change(struct model *m);

static change *const changes[] = {change_content, change_content, change_content, change_content,
	change_type, lie_about_size, copy_entry, remove_entry, swap_entries, change_base,
	change_base, build_upon, build_upon, name_object, name_object};

/* --- writing ---------------------------------------------------------------------------------- */

static void write_entry(struct model *m, struct buffer *pack, struct entry *e)
{
	e->header.size = e->len + e->claimed;
	if (e->header.type == OBJECT_OFS_DELTA && e->base < m->count)
		e->header.base_distance = pack->len - m->entries[e->base].offset;
	if (!e->header.base_distance)
		e->header.base_distance = 1;
	e->offset = pack->len;
	made_pack_entry(pack, &e->header, cursor_over(e->content, e->len));
}

static void write_pack(struct model *m, struct buffer *pack)
{
	made_pack_start(pack, (uint32_t)m->count + (random_below(m, 50) == 0));
	for (size_t i = 0; i < m->count; i++)
		write_entry(m, pack, &m->entries[i]);
	made_pack_end(pack);
	if (random_below(m, 50) == 0)
		pack->bytes[pack->len - 1] ^= 1;
}

size_t LLVMFuzzerCustomMutator(uint8_t *bytes, size_t len, size_t max, unsigned seed)
{
	static struct model m;
	struct buffer pack = BUFFER_INIT;
	size_t written = 0;

	m.count = 0;
	m.seed = seed;
	read_pack(&m, bytes, len);
	if (!m.count || random_below(&m, 8) == 0)
		return LLVMFuzzerMutate(bytes, len, max);
	for (uint32_t times = 1 + random_below(&m, 3); times && m.count; times--)
		changes[random_below(&m, sizeof changes / sizeof *changes)](&m);
	write_pack(&m, &pack);
	if (pack.len <= max)
		memcpy(bytes, pack.bytes, written = pack.len);
	buffer_free(&pack);
	return written ? written : LLVMFuzzerMutate(bytes, len, max);
}
