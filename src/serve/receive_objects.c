/* SPDX-License-Identifier: ISC */
/*
 * serve/receive_objects.c: the objects of a push: the pack is indexed into the quarantine, then
 * each new value is asked whether all that it needs is there. Stage parser.
 */
#include "base/mem.h"
#include "serve/connectivity.h"
#include "serve/receive.h"

/* When not everything is whole, so many commands are looked at one by one; of more than these
 * none is taken. */
#define SINGLE_CHECKS_MAX 1024u

static const char *missing_objects(const struct receive *r)
{
	return r->shallow ? "shallow update not allowed" : "missing necessary objects";
}

static void refuse_all(struct receive *r, const char *refusal)
{
	for (size_t i = 0; i < r->count; i++)
		if (!r->commands[i].refusal)
			r->commands[i].refusal = refusal;
}

/* --- the pack --------------------------------------------------------------------------------- */

static bool wants_pack(const struct receive *r)
{
	for (size_t i = 0; i < r->count; i++)
		if (!command_deletes(&r->commands[i]))
			return true;
	return false;
}

/* Faults after which there is nobody to report to. */
static bool connection_failed(const struct fault *fault)
{
	return fault == &fault_hangup || fault == &fault_io || fault == &fault_timeout_idle ||
	       fault == &fault_timeout_session;
}

static const struct fault *note_unpack_error(struct receive *r, const struct fault *fault)
{
	const char *detail = fault_detail(fault);

	r->unpack_error = fault->text;
	r->pack = (struct index_result){0};
	refuse_all(r, "unpacker error");
	if (fault->blame == BLAME_HOST || fault->blame == BLAME_US)
		r->unpack_fault = fault;
	else if (*detail)
		TRY(remark(&r->remarks, "fatal: %s", detail));
	return NULL;
}

static const struct fault *receive_objects_pack(struct receive *r)
{
	const struct index_request request = {
		.stream = r->session->stream,
		.odb = r->odb,
		.algo = r->session->repo->algo,
		.remarks = &r->remarks,
		.pack_fd = FD_QUARANTINE_PACK,
		.idx_fd = FD_QUARANTINE_IDX,
		.bytes_max = r->rules->pack_bytes_max,
	};
	const struct fault *fault = index_pack(&request, &r->pack);

	if (!fault || connection_failed(fault))
		return fault;
	return note_unpack_error(r, fault);
}

/* --- connectivity ----------------------------------------------------------------------------- */

/* Appends what COMMAND needs, if it needs anything. */
static void add_tip(const struct push_command *command, struct oid *tips, size_t *count)
{
	if (!command->refusal && !command_deletes(command))
		tips[(*count)++] = command->new_oid;
}

static const struct fault *check_each(struct receive *r, const struct connectivity *c)
{
	for (size_t i = 0; i < r->count; i++) {
		struct oid tip;
		size_t count = 0;
		bool whole = true;

		add_tip(&r->commands[i], &tip, &count);
		if (count)
			TRY(connectivity_check(c, &tip, 1, &whole));
		if (!whole)
			r->commands[i].refusal = missing_objects(r);
	}
	return NULL;
}

static const struct fault *check_tips(
	struct receive *r, const struct connectivity *c, const struct oid *tips, size_t count)
{
	const char *detail;
	bool whole;

	TRY(connectivity_check(c, tips, count, &whole));
	if (whole)
		return NULL;
	detail = fault_detail(&fault_object_missing);
	if (*detail)
		TRY(remark(&r->remarks, "error: Could not read %s", detail));
	if (count <= SINGLE_CHECKS_MAX)
		return check_each(r, c);
	for (size_t i = 0; i < r->count; i++)
		if (!r->commands[i].refusal && !command_deletes(&r->commands[i]))
			r->commands[i].refusal = missing_objects(r);
	return NULL;
}

static const struct fault *check_connectivity(struct receive *r)
{
	const struct connectivity c = {
		.odb = r->odb,
		.graph = &r->graph,
		.refs = &r->refs,
		.sideband = r->remarks.quiet ? NULL : &r->sideband,
	};
	struct oid *tips = mem_array(r->count, sizeof *tips);
	const struct fault *fault = NULL;
	size_t count = 0;

	if (!tips)
		return &fault_memory;
	for (size_t i = 0; i < r->count; i++)
		add_tip(&r->commands[i], tips, &count);
	if (count)
		fault = check_tips(r, &c, tips, count);
	free(tips);
	return fault;
}

const struct fault *receive_objects(struct receive *r)
{
	if (!wants_pack(r))
		return NULL;
	TRY(receive_objects_pack(r));
	return r->unpack_error ? NULL : check_connectivity(r);
}
