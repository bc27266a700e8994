/* SPDX-License-Identifier: ISC */
/*
 * serve/index_check.c: is each object of a push well formed, and is it the one that the repository
 * already has under its name. Stage parser.
 *
 * Syntax as git-fsck(1) judges it: errors refuse the push, warnings are told and, but for a few,
 * accepted.
 */
#include "object/fsck.h"
#include "serve/index_job.h"

const struct fault fault_pack_fsck = {BLAME_PEER, "fsck error in packed object"};
const struct fault fault_collision = {BLAME_PEER, "SHA1 COLLISION FOUND"};

/* --- syntax ----------------------------------------------------------------------------------- */

/*
 * What git-fsck(1) only warns of, and yet has been used to write outside of a work tree or into its
 * .git: refused, as git does with receive.fsckObjects.
 */
static const char *const refused_warnings[] = {
	"emptyName", "fullPathname", "hasDot", "hasDotdot", "hasDotgit"};

static bool refuses(const struct fsck_message *message)
{
	size_t count = sizeof refused_warnings / sizeof *refused_warnings;

	for (size_t i = 0; i < count; i++)
		if (strcmp(message->id, refused_warnings[i]) == 0)
			return true;
	return message->level == FSCK_ERROR;
}

/* A fsck_report. */
static bool report(void *arg, const struct fsck_message *message)
{
	struct index_job *job = arg;
	char hex[OID_MAX_HEX + 1];
	bool error = refuses(message);

	if (message->level == FSCK_IGNORE)
		return true;
	job->refused |= error;
	job->remarked =
		remark(job->request->remarks, "%s: object %s: %s: %s", error ? "error" : "warning",
			oid_hex(job->checked, job->algo, hex), message->id, message->text);
	return !job->remarked;
}

static const struct fault *verdict(const struct index_job *job)
{
	TRY(job->remarked);
	return job->refused ? &fault_pack_fsck : NULL;
}

static void note(struct index_job *job, struct oidmap *map, const struct oid *blob)
{
	uint32_t number;

	if (!job->linked)
		job->linked = oidmap_add(map, blob, &number, NULL);
}

static void note_gitmodules(void *arg, const struct oid *blob)
{
	struct index_job *job = arg;

	note(job, &job->gitmodules, blob);
}

static void note_gitattributes(void *arg, const struct oid *blob)
{
	struct index_job *job = arg;

	note(job, &job->gitattributes, blob);
}

static const struct fault *check_syntax(
	struct index_job *job, const struct oid *oid, enum object_type type, struct cursor content)
{
	const struct fsck_links links = {job, note_gitmodules, note_gitattributes};

	if (type == OBJECT_BLOB)
		return NULL;
	job->checked = oid;
	fsck_object(type, content, job->algo, report, job, &links);
	TRY(job->linked);
	return verdict(job);
}

/* --- collisions ------------------------------------------------------------------------------- */

static const struct fault *collision(const struct index_job *job, const struct oid *oid)
{
	char hex[OID_MAX_HEX + 1];

	return fault_note(
		&fault_collision, "SHA1 COLLISION FOUND WITH %s !", oid_hex(oid, job->algo, hex));
}

static const struct fault *compare_whole(struct index_job *job, const struct oid *oid,
	const struct place *place, enum object_type type, struct cursor content)
{
	struct object object;
	bool same;

	TRY(odb_read_place(job->request->odb, oid, place, &object));
	same = object.type == type && cursor_left(&object.content) == cursor_left(&content) &&
	       memcmp(object.content.at, content.at, cursor_left(&content)) == 0;
	object_release(&object);
	return same ? NULL : collision(job, oid);
}

const struct fault *index_check(
	struct index_job *job, const struct oid *oid, enum object_type type, struct cursor content)
{
	struct place place;
	bool found;

	TRY(check_syntax(job, oid, type, content));
	TRY(odb_find(job->request->odb, oid, &found, &place));
	return found ? compare_whole(job, oid, &place, type, content) : NULL;
}

/* The stored entry of a blob, inflated in step with the one it is compared with. */
struct comparison {
	struct index_job *job;
	struct cursor zlib;
	bool same;
};

/* An object_sink. */
static const struct fault *compare_piece(void *arg, const void *bytes, size_t len)
{
	struct comparison *c = arg;
	struct cursor theirs = cursor_over(bytes, len), piece;
	bool done = false;

	while (c->same && !cursor_at_end(&theirs)) {
		size_t room = cursor_left(&theirs) < PIECE_MAX ? cursor_left(&theirs) : PIECE_MAX;
		TRY(inflater_run(&c->job->inflater, &c->zlib, c->job->piece, &room, &done));
		c->same = room > 0 && cursor_take(&theirs, room, &piece) &&
			  memcmp(piece.at, c->job->piece, room) == 0;
	}
	return NULL;
}

static const struct fault *compare_streamed(
	struct index_job *job, uint32_t record, const struct place *place)
{
	const struct oid *oid = &job->entries[record].oid;
	struct comparison c = {.job = job, .same = true};
	struct pack_entry entry;
	enum object_type type;
	uint64_t size;

	TRY(index_stored(job, record, &entry, &c.zlib));
	TRY(odb_info(job->request->odb, oid, &type, &size));
	if (type != OBJECT_BLOB || size != entry.size)
		return collision(job, oid);
	TRY(inflater_start(&job->inflater));
	TRY(odb_stream(job->request->odb, oid, place, compare_piece, &c));
	return c.same ? NULL : collision(job, oid);
}

const struct fault *index_check_streamed(struct index_job *job)
{
	struct place place;
	bool found;

	for (uint32_t i = 0; i < job->count; i++) {
		if (job->records[i].is_delta || job->records[i].type != OBJECT_BLOB)
			continue;
		TRY(odb_find(job->request->odb, &job->entries[i].oid, &found, &place));
		if (found)
			TRY(compare_streamed(job, i, &place));
	}
	return NULL;
}

/* --- blobs with a meaning --------------------------------------------------------------------- */

/* What is said of a blob that some tree links to, by git-fsck(1)'s ids. */
struct link_rules {
	const char *missing, *not_blob, *large;
	void (*check)(struct cursor content, fsck_report *report, void *arg);
};

static const struct link_rules gitmodules_rules = {
	"gitmodulesMissing", "gitmodulesBlob", "gitmodulesLarge", fsck_gitmodules};
static const struct link_rules gitattributes_rules = {
	"gitattributesMissing", "gitattributesBlob", "gitattributesLarge", fsck_gitattributes};

static const struct fault *report_id(struct index_job *job, const char *id)
{
	const struct fsck_message *message = fsck_message_by_id(id);

	if (!message)
		return fault_note(&fault_internal, "no message %s", id);
	report(job, message);
	return verdict(job);
}

static const struct fault *check_link(
	struct index_job *job, const struct link_rules *rules, const struct oid *oid)
{
	struct odb *odb = job->request->odb;
	struct object object;
	struct place place;
	enum object_type type;
	uint64_t size;
	bool found;

	job->checked = oid;
	TRY(odb_find(odb, oid, &found, &place));
	if (!found)
		return report_id(job, rules->missing);
	TRY(odb_info(odb, oid, &type, &size));
	if (type != OBJECT_BLOB)
		return report_id(job, rules->not_blob);
	if (size > FSCK_BLOB_MAX)
		return report_id(job, rules->large);
	TRY(odb_read_place(odb, oid, &place, &object));
	rules->check(object.content, report, job);
	object_release(&object);
	return verdict(job);
}

const struct fault *index_check_links(struct index_job *job)
{
	for (uint32_t i = 0; i < job->gitmodules.count; i++)
		TRY(check_link(job, &gitmodules_rules, &job->gitmodules.oids[i]));
	for (uint32_t i = 0; i < job->gitattributes.count; i++)
		TRY(check_link(job, &gitattributes_rules, &job->gitattributes.oids[i]));
	return NULL;
}
