/* SPDX-License-Identifier: ISC */
/*
 * serve/keeper.c: the process of a push that writes the repository, and reads no client. Stage
 * keeper.
 *
 * It hears what the parser wants, all of it, before it does anything; judges names, rules and
 * values itself; installs the pack; moves the refs; answers. A parser that ends before DONE has
 * asked for nothing.
 */
#include "base/mem.h"
#include "base/oidmap.h"
#include "serve/colleague.h"
#include "serve/keep_verify.h"
#include "serve/push.h"
#include "serve/ref_rules.h"
#include "repo/ref_lock.h"
#include "repo/ref_transaction.h"

/* One UPDATE, and its answer. */
struct wish {
	struct oid old_oid;
	struct oid new_oid;
	char *name;
	enum keep_code code;
	const struct wish *same_as; /* of a symbolic ref: the same wish for what it leads to */
};

struct keeper {
	const struct repo *repo;
	const struct push_rules *rules;
	struct quarantine *quarantine;
	struct outcome *outcome;
	struct ref_moves *moves;
	struct colleague colleague;
	struct keep_pack claim;
	bool has_pack, has_stats, done;
	struct wish *wishes;
	size_t count, cap;
	struct verified_pack pack;
	struct odb *odb;
	struct refs refs;
	struct graph graph;
};

/* --- listening -------------------------------------------------------------------------------- */

static const struct fault *out_of_turn(void)
{
	return fault_note(&fault_keep_message, "a message out of turn");
}

static const struct fault *hear_pack(struct keeper *k, const struct keep_message *m)
{
	if (k->has_pack || k->count || k->has_stats)
		return out_of_turn();
	k->claim = m->pack;
	k->has_pack = true;
	return NULL;
}

static const struct fault *hear_update(struct keeper *k, const struct keep_message *m)
{
	struct wish *wish;

	if (k->has_stats || k->count >= PUSH_COMMANDS_MAX)
		return out_of_turn();
	if (!mem_grow(&k->wishes, k->count, &k->cap, sizeof *k->wishes))
		return &fault_memory;
	wish = &k->wishes[k->count];
	*wish = (struct wish){.old_oid = m->update.old_oid, .new_oid = m->update.new_oid};
	wish->name = mem_text(m->update.name, strlen(m->update.name));
	if (!wish->name)
		return &fault_memory;
	k->count++;
	return NULL;
}

static const struct fault *hear_stats(struct keeper *k, const struct keep_message *m)
{
	if (k->has_stats)
		return out_of_turn();
	k->has_stats = true;
	k->outcome->objects = m->stats.objects;
	k->outcome->pack_bytes = m->stats.bytes;
	k->outcome->refs_refused =
		m->stats.refused < PUSH_COMMANDS_MAX ? m->stats.refused : PUSH_COMMANDS_MAX;
	memcpy(k->outcome->agent, m->stats.agent, sizeof k->outcome->agent);
	return NULL;
}

static const struct fault *hear_done(struct keeper *k, const struct keep_message *m)
{
	(void)m;
	k->done = true;
	return k->has_stats ? NULL : out_of_turn();
}

typedef const struct fault *hearer(struct keeper *k, const struct keep_message *m);

static hearer *const hearers[] = {
	[KEEP_PACK] = hear_pack,
	[KEEP_UPDATE] = hear_update,
	[KEEP_STATS] = hear_stats,
	[KEEP_DONE] = hear_done,
	[KEEP_UNPACKED] = NULL,
	[KEEP_RESULT] = NULL,
};

static const struct fault *listen_to_parser(struct keeper *k)
{
	struct keep_message m;

	while (!k->done) {
		TRY(colleague_receive(&k->colleague, &m));
		TRY(hearers[m.kind] ? hearers[m.kind](k, &m) : out_of_turn());
	}
	return NULL;
}

/* --- judging ---------------------------------------------------------------------------------- */

static bool is_alive(const struct wish *wish)
{
	return !wish->same_as && (wish->code == KEEP_OK || wish->code == KEEP_OK_CORRUPT);
}

static void judge_names(struct keeper *k)
{
	for (size_t i = 0; i < k->count; i++)
		k->wishes[i].code =
			ref_rules_name(k->wishes[i].name, oid_is_null(&k->wishes[i].new_oid));
}

/* The hash of a name is its key in a map that is there for oids. */
static void name_key(const char *name, struct oid *out)
{
	struct hash_ctx ctx;

	hash_sha256.init(&ctx);
	hash_sha256.update(&ctx, name, strlen(name));
	if (!hash_sha256.final(&ctx, out))
		*out = (struct oid){{0}};
}

/* The wishes' names, with the wishes' numbers; *ONCE if no name comes twice. */
static const struct fault *collect_names(const struct keeper *k, struct oidmap *names, bool *once)
{
	*once = true;
	for (size_t i = 0; i < k->count && *once; i++) {
		uint32_t number;
		struct oid key;

		name_key(k->wishes[i].name, &key);
		TRY(oidmap_add(names, &key, &number, once));
	}
	return NULL;
}

/* A push may name a symbolic ref and what it leads to, if it wants the same of both. */
static void judge_alias(struct wish *alias, struct wish *target)
{
	if (oid_equal(&alias->old_oid, &target->old_oid) &&
		oid_equal(&alias->new_oid, &target->new_oid))
		alias->same_as = target;
	else
		alias->code = target->code = KEEP_INCONSISTENT_ALIAS;
}

static void judge_aliases(struct keeper *k, const struct oidmap *names)
{
	for (size_t i = 0; i < k->count; i++) {
		const struct ref *ref = refs_find(&k->refs, k->wishes[i].name);
		uint32_t number;
		struct oid key;

		if (!ref || !ref->symref || !is_alive(&k->wishes[i]))
			continue;
		name_key(ref->symref, &key);
		number = oidmap_find(names, &key);
		if (number != OIDMAP_NONE)
			judge_alias(&k->wishes[i], &k->wishes[number]);
	}
}

/* One ref twice, and the whole push is refused, as git does. */
static const struct fault *judge_together(struct keeper *k)
{
	struct oidmap names = OIDMAP_INIT;
	const struct fault *fault;
	bool once;

	fault = collect_names(k, &names, &once);
	if (!fault && once)
		judge_aliases(k, &names);
	for (size_t i = 0; i < k->count && !once; i++)
		k->wishes[i].code = KEEP_DUPLICATE;
	oidmap_free(&names);
	return fault;
}

static const struct fault *judge_rules(struct keeper *k)
{
	const struct ref_rules rules = {k->repo, &k->refs, k->odb, &k->graph};

	for (size_t i = 0; i < k->count; i++) {
		struct wish *wish = &k->wishes[i];
		if (is_alive(wish))
			TRY(ref_rules_judge(
				&rules, wish->name, &wish->old_oid, &wish->new_oid, &wish->code));
	}
	return NULL;
}

static const struct fault *judge(struct keeper *k)
{
	TRY(refs_load(&k->refs, k->repo));
	TRY(odb_open(&k->odb, k->repo));
	graph_init(&k->graph, k->odb, k->repo->algo);
	if (k->has_pack)
		TRY(odb_add_pack(k->odb, k->pack.pack, k->pack.idx));
	judge_names(k);
	TRY(judge_together(k));
	return judge_rules(k);
}

/* --- acting ----------------------------------------------------------------------------------- */

static const struct fault *verify(struct keeper *k)
{
	if (!k->has_pack)
		return NULL;
	if (k->rules->pack_bytes_max && k->claim.bytes > k->rules->pack_bytes_max)
		return fault_note(&fault_pack_claim, "over the limit of the policy");
	return keep_verify(
		FD_QUARANTINE_PACK, FD_QUARANTINE_IDX, &k->claim, k->repo->algo, &k->pack);
}

static bool needs_pack(const struct keeper *k)
{
	for (size_t i = 0; i < k->count && k->has_pack; i++)
		if (is_alive(&k->wishes[i]) && !oid_is_null(&k->wishes[i].new_oid))
			return true;
	return false;
}

static const struct fault *note_move(struct keeper *k, const struct ref_update *update)
{
	struct ref_moves *moves = k->moves;
	struct ref_move *move;

	k->outcome->refs_moved++;
	if (!mem_grow(&moves->list, moves->count, &moves->cap, sizeof *moves->list))
		return &fault_memory;
	move = &moves->list[moves->count++];
	move->old_oid = update->old_oid;
	move->new_oid = update->new_oid;
	memcpy(move->name, update->name, strlen(update->name) + 1);
	return NULL;
}

static const struct fault *take_answers(struct keeper *k, const struct ref_update *updates)
{
	const struct fault *fault = NULL;
	size_t next = 0;

	for (size_t i = 0; i < k->count; i++) {
		struct wish *wish = &k->wishes[i];
		const struct ref_update *update = &updates[next];

		if (!is_alive(wish))
			continue;
		next++;
		if (update->refusal)
			wish->code = keep_code_of(update->refusal);
		else if (!fault)
			fault = note_move(k, update);
		if (update->unsure)
			wish->code = KEEP_OK_UNSURE;
	}
	return fault;
}

static const struct fault *move_none(struct keeper *k, const struct fault *fault)
{
	for (size_t i = 0; i < k->count; i++)
		if (is_alive(&k->wishes[i]))
			k->wishes[i].code = KEEP_FAILED;
	return fault;
}

/* A fault of the host still leaves an answer for each ref. */
static const struct fault *move_refs(struct keeper *k)
{
	struct ref_update *updates = mem_array(k->count, sizeof *updates);
	const struct fault *fault = NULL, *noted;
	size_t count = 0;

	if (!updates)
		return move_none(k, &fault_memory);
	for (size_t i = 0; i < k->count; i++)
		if (is_alive(&k->wishes[i]))
			updates[count++] = (struct ref_update){.name = k->wishes[i].name,
				.old_oid = k->wishes[i].old_oid,
				.new_oid = k->wishes[i].new_oid};
	if (count)
		fault = ref_transaction(k->repo, updates, count);
	else
		ref_guard_sweep();
	noted = take_answers(k, updates);
	free(updates);
	return fault ? fault : noted;
}

/* --- answering -------------------------------------------------------------------------------- */

static const struct fault *answer_unpacked(struct keeper *k, enum keep_code code)
{
	const struct keep_message m = {.kind = KEEP_UNPACKED, .code = code};

	TRY(colleague_send(&k->colleague, &m));
	return colleague_flush(&k->colleague);
}

static const struct fault *answer_results(struct keeper *k)
{
	struct keep_message m = {.kind = KEEP_RESULT};

	for (size_t i = 0; i < k->count; i++) {
		m.code = k->wishes[i].same_as ? k->wishes[i].same_as->code : k->wishes[i].code;
		k->outcome->refs_refused += keep_code_refusal(m.code) != NULL;
		TRY(colleague_send(&k->colleague, &m));
	}
	return colleague_flush(&k->colleague);
}

/* FAULT keeps the pack out: the parser is told, and nothing else happens. */
static const struct fault *refuse(struct keeper *k, enum keep_code code, const struct fault *fault)
{
	k->outcome->refs_refused += (unsigned)k->count;
	TRY(answer_unpacked(k, code));
	return fault;
}

static const struct fault *serve(struct keeper *k)
{
	const struct fault *fault, *answered;

	TRY(listen_to_parser(k));
	fault = verify(k);
	if (fault)
		return refuse(k, KEEP_PACK_REFUSED, fault);
	fault = judge(k);
	if (fault)
		return refuse(k, KEEP_NOT_JUDGED, fault);
	if (needs_pack(k))
		fault = quarantine_install(k->quarantine, &k->claim.checksum, k->repo->algo);
	if (fault)
		return refuse(k, KEEP_PACK_NOT_INSTALLED, fault);
	fault = move_refs(k);
	TRY(answer_unpacked(k, KEEP_OK));
	answered = answer_results(k);
	return fault ? fault : answered;
}

static void keeper_free(struct keeper *k)
{
	for (size_t i = 0; i < k->count; i++)
		free(k->wishes[i].name);
	free(k->wishes);
	refs_free(&k->refs);
	if (k->odb) {
		graph_free(&k->graph);
		odb_close(k->odb);
	}
	verified_pack_free(&k->pack);
	colleague_free(&k->colleague);
	quarantine_remove(k->quarantine);
	free(k);
}

const struct fault *keeper(const struct repo *repo, const struct push_rules *rules,
	struct quarantine *quarantine, struct outcome *outcome, struct ref_moves *moves)
{
	struct keeper *k = mem_array(1, sizeof *k);
	const struct fault *fault;

	if (!k) {
		quarantine_remove(quarantine);
		return &fault_memory;
	}
	k->repo = repo;
	k->rules = rules;
	k->quarantine = quarantine;
	k->outcome = outcome;
	k->moves = moves;
	colleague_init(&k->colleague, FD_COLLEAGUE);
	fault = serve(k);
	keeper_free(k);
	return fault;
}
