/* SPDX-License-Identifier: ISC */
/* serve/pack_send.c: a planned pack onto band 1. Stage fetch; trusts no pack or idx. */
#include <stdlib.h>
#include "base/mem.h"
#include "object/delta_make.h"
#include "object/inflate.h"
#include "serve/pack_send.h"

struct sender {
	struct pack_plan *plan;
	struct sideband *out;
	const struct hash_algo *algo;
	struct hash_ctx trailer;
	bool ofs;
	uint64_t at; /* bytes sent so far */
	struct deflater deflater;
	uint32_t *stack; /* objects that wait for their base */
	size_t stack_cap;
};

static const struct fault *emit(struct sender *s, const void *bytes, size_t len)
{
	s->algo->update(&s->trailer, bytes, len);
	s->at += len;
	return sideband_data(s->out, bytes, len);
}

static const struct fault *emit_header(struct sender *s, const struct pack_entry *entry)
{
	uint8_t header[PACK_ENTRY_HEADER_MAX];
	size_t len = pack_entry_header_format(header, s->plan->repo->algo, entry);

	return emit(s, header, len);
}

/* --- objects that are deflated anew ---------------------------------------------------------- */

static const struct fault *emit_deflated(void *arg, const void *bytes, size_t len)
{
	return emit(arg, bytes, len);
}

static const struct fault *deflate_piece(void *arg, const void *bytes, size_t len)
{
	struct sender *s = arg;

	return deflater_run(&s->deflater, cursor_over(bytes, len), false, emit_deflated, s);
}

static const struct fault *send_repacked(struct sender *s, uint32_t number)
{
	const struct oid *oid = &s->plan->map.oids[number];
	struct planned *planned = &s->plan->list[number];
	struct pack_entry entry = {0};

	TRY(odb_info(s->plan->odb, oid, &entry.type, &entry.size));
	TRY(emit_header(s, &entry));
	TRY(deflater_start(&s->deflater));
	TRY(odb_stream(s->plan->odb, oid, &planned->place, deflate_piece, s));
	return deflater_run(&s->deflater, cursor_over(NULL, 0), true, emit_deflated, s);
}

/* --- objects that go as they are stored ------------------------------------------------------ */

/* Rewrites the header of a stored delta: how its base is named depends on where that went. */
static void name_base(
	const struct sender *s, const struct planned *planned, struct pack_entry *entry)
{
	const struct planned *base = NULL;

	if (planned->base_number != OIDMAP_NONE)
		base = &s->plan->list[planned->base_number];
	if (base && s->ofs) {
		entry->type = OBJECT_OFS_DELTA;
		entry->base_distance = s->at - base->written_at;
	} else if (base) {
		entry->type = OBJECT_REF_DELTA;
		entry->base = s->plan->map.oids[planned->base_number];
	}
}

/* What a thin delta stored with an offset calls its base by. */
static const struct fault *name_thin_base(const struct planned *planned, struct pack_entry *entry)
{
	uint32_t position;

	if (entry->type == OBJECT_REF_DELTA)
		return NULL;
	if (!pack_position_at(
		    planned->place.pack, planned->place.offset - entry->base_distance, &position))
		return &fault_internal; /* it was found when the form was decided */
	idx_oid(&planned->place.pack->idx, position, &entry->base);
	entry->type = OBJECT_REF_DELTA;
	return NULL;
}

static const struct fault *send_stored(struct sender *s, const struct planned *planned)
{
	struct pack_entry entry;
	struct cursor zlib;

	TRY(pack_stored(s->plan->repo, &planned->place, &entry, &zlib));
	if (planned->form == FORM_THIN_DELTA)
		TRY(name_thin_base(planned, &entry));
	else
		name_base(s, planned, &entry);
	TRY(emit_header(s, &entry));
	return emit(s, zlib.at, cursor_left(&zlib));
}

/* --- deltas that we make ------------------------------------------------------------------------
 */

/* What a made delta leans on: what goes too, or what the client has. */
static struct oid made_base(const struct sender *s, uint32_t number)
{
	const struct planned *planned = &s->plan->list[number];

	if (planned->base_number != OIDMAP_NONE)
		return s->plan->map.oids[planned->base_number];
	return *walk_counterpart(s->plan->walk, &s->plan->map.oids[number]);
}

/* Worth it is what saves half of the object: deflated, the rest would be as small. */
static const struct fault *make(struct sender *s, const struct object *object,
	const struct oid *base_oid, struct buffer *delta, bool *made)
{
	struct object base;
	const struct fault *fault = NULL;

	*made = false;
	TRY(odb_read(s->plan->odb, base_oid, &base));
	if (base.type == object->type)
		fault = delta_make(base.content, object->content, cursor_left(&object->content) / 2,
			delta, made);
	object_release(&base);
	return fault;
}

static const struct fault *emit_made(
	struct sender *s, uint32_t number, const struct oid *base, const struct buffer *delta)
{
	struct pack_entry entry = {.type = OBJECT_REF_DELTA, .size = delta->len, .base = *base};

	name_base(s, &s->plan->list[number], &entry);
	TRY(emit_header(s, &entry));
	TRY(deflater_start(&s->deflater));
	return deflater_run(
		&s->deflater, cursor_over(delta->bytes, delta->len), true, emit_deflated, s);
}

static const struct fault *try_made(struct sender *s, uint32_t number, bool *made)
{
	struct oid base = made_base(s, number);
	struct buffer delta = BUFFER_INIT;
	struct object object;
	enum object_type type;
	const struct fault *fault;
	uint64_t size;

	*made = false;
	TRY(odb_info(s->plan->odb, &s->plan->map.oids[number], &type, &size));
	if (size > DELTA_MAKE_MAX)
		return NULL;
	TRY(odb_info(s->plan->odb, &base, &type, &size));
	if (size > DELTA_MAKE_MAX)
		return NULL;
	TRY(odb_read(s->plan->odb, &s->plan->map.oids[number], &object));
	fault = make(s, &object, &base, &delta, made);
	object_release(&object);
	if (!fault && *made)
		fault = emit_made(s, number, &base, &delta);
	buffer_free(&delta);
	return fault;
}

static const struct fault *send_made(struct sender *s, uint32_t number)
{
	struct planned *planned = &s->plan->list[number];
	bool made;

	TRY(try_made(s, number, &made));
	s->plan->made += made;
	if (made)
		return NULL;
	planned->base_number = OIDMAP_NONE;
	s->plan->reused += planned->instead == FORM_WHOLE;
	return planned->instead == FORM_WHOLE ? send_stored(s, planned) : send_repacked(s, number);
}

/* --- order ----------------------------------------------------------------------------------- */

static const struct fault *send_now(struct sender *s, uint32_t number)
{
	struct planned *planned = &s->plan->list[number];

	planned->written_at = s->at;
	if (planned->form == FORM_MADE_DELTA)
		return send_made(s, number);
	return planned->form == FORM_REPACK ? send_repacked(s, number) : send_stored(s, planned);
}

/* Copies of deltas in several packs can form a circle; whoever closes it goes whole. */
static void break_circle(struct sender *s, struct planned *planned)
{
	bool stored = planned->form == FORM_DELTA;

	planned->form = FORM_REPACK;
	planned->base_number = OIDMAP_NONE;
	s->plan->deltas -= stored;
	s->plan->reused -= stored;
}

static const struct fault *send_bases_first(struct sender *s, uint32_t number)
{
	size_t depth = 0;

	for (;;) {
		struct planned *planned = &s->plan->list[number];
		struct planned *base = planned->base_number != OIDMAP_NONE
					       ? &s->plan->list[planned->base_number]
					       : NULL;

		if (base && base->writing) {
			break_circle(s, planned);
		} else if (base && base->written_at == PLAN_NOT_WRITTEN) {
			planned->writing = 1;
			if (!mem_grow(&s->stack, depth, &s->stack_cap, sizeof *s->stack))
				return &fault_memory;
			s->stack[depth++] = number;
			number = planned->base_number;
			continue;
		}
		TRY(send_now(s, number));
		planned->writing = 0;
		if (!depth)
			return NULL;
		number = s->stack[--depth];
	}
}

static const struct fault *send_all(struct sender *s)
{
	uint8_t header[PACK_HEADER_SIZE];
	struct oid trailer;

	pack_header_format(header, s->plan->map.count);
	TRY(emit(s, header, sizeof header));
	for (uint32_t i = 0; i < s->plan->map.count; i++) {
		uint32_t number = s->plan->order[i];

		if (s->plan->list[number].written_at == PLAN_NOT_WRITTEN)
			TRY(send_bases_first(s, number));
	}
	if (!s->algo->final(&s->trailer, &trailer))
		return &fault_internal;
	s->at += s->algo->size;
	return sideband_data(s->out, trailer.id, s->algo->size);
}

const struct fault *pack_send(
	struct pack_plan *plan, struct sideband *out, bool ofs, uint64_t *bytes)
{
	struct sender s = {.plan = plan, .out = out, .algo = plan->repo->algo->plain, .ofs = ofs};
	const struct fault *fault;

	s.algo->init(&s.trailer);
	fault = send_all(&s);
	deflater_free(&s.deflater);
	free(s.stack);
	*bytes = s.at;
	return fault;
}
