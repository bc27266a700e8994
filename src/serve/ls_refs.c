/* SPDX-License-Identifier: ISC */
/*
 * serve/ls_refs.c: the ls-refs command of gitprotocol-v2(5). Stage fetch.
 */
#include "serve/ref_prefixes.h"
#include "serve/upload.h"

struct ls_refs {
	struct upload *upload;
	bool peel, symrefs, unborn;
	struct ref_prefixes prefixes;
	struct buffer out;
};

static void take_argument(struct ls_refs *ls, const struct v2_argument *argument)
{
	if (argument->kind == ARG_PEEL)
		ls->peel = true;
	else if (argument->kind == ARG_SYMREFS)
		ls->symrefs = true;
	else if (argument->kind == ARG_UNBORN)
		ls->unborn = true;
	else
		ref_prefixes_add(&ls->prefixes, argument->value);
}

static const struct fault *read_arguments(struct ls_refs *ls)
{
	struct v2_argument argument;
	struct pkt pkt;

	for (;;) {
		TRY(stream_read_pkt(ls->upload->session->stream, &pkt));
		if (pkt.kind == PKT_FLUSH)
			return NULL;
		if (pkt.kind != PKT_DATA)
			return &fault_hangup;
		TRY(v2_argument_parse(
			V2_LS_REFS, pkt.data, ls->upload->session->repo->algo, &argument));
		take_argument(ls, &argument);
	}
}

static void format_line(struct ls_refs *ls, const struct oid *oid, const char *name,
	const char *symref, const struct oid *peeled)
{
	const struct hash_algo *algo = ls->upload->session->repo->algo;
	char hex[OID_MAX_HEX + 1], symref_part[REFNAME_MAX + 32] = "", peeled_part[96] = "";

	if (ls->symrefs && symref)
		snprintf(symref_part, sizeof symref_part, " symref-target:%s", symref);
	if (ls->peel && peeled)
		snprintf(peeled_part, sizeof peeled_part, " peeled:%s", oid_hex(peeled, algo, hex));
	pkt_format(&ls->out, "%s %s%s%s\n", oid ? oid_hex(oid, algo, hex) : "unborn", name,
		symref_part, peeled_part);
}

static void format_head(struct ls_refs *ls)
{
	const struct refs *refs = &ls->upload->refs;
	const char *target = refs->head_is_symref ? refs->head_symref : NULL;

	if (!ref_prefixes_match(&ls->prefixes, "HEAD"))
		return;
	if (refs->head_born)
		format_line(ls, &refs->head, "HEAD", target, NULL);
	else if (ls->unborn && ls->symrefs && target)
		format_line(ls, NULL, "HEAD", target, NULL);
}

static const struct fault *drain(struct ls_refs *ls, size_t threshold)
{
	if (ls->out.len >= threshold) {
		TRY(stream_write_buffer(ls->upload->session->stream, &ls->out));
		buffer_reset(&ls->out);
	}
	return buffer_check(&ls->out);
}

static const struct fault *format_ref(struct ls_refs *ls, struct ref *ref)
{
	if (!ref_prefixes_match(&ls->prefixes, ref->name))
		return NULL;
	if (ls->peel)
		TRY(ref_peel(ref, ls->upload->odb, ls->upload->session->repo->algo));
	format_line(
		ls, &ref->oid, ref->name, ref->symref, ref->peel == PEEL_TAG ? &ref->peeled : NULL);
	return drain(ls, STREAM_BUFFER);
}

static const struct fault *answer(struct ls_refs *ls)
{
	struct refs *refs = &ls->upload->refs;

	format_head(ls);
	for (size_t i = 0; i < refs->count; i++)
		TRY(format_ref(ls, &refs->list[i]));
	pkt_flush(&ls->out);
	return drain(ls, 0);
}

const struct fault *upload_ls_refs(struct upload *upload, bool arguments)
{
	struct ls_refs ls = {.upload = upload, .prefixes = REF_PREFIXES_INIT};
	const struct fault *fault = arguments ? read_arguments(&ls) : NULL;

	if (!fault)
		fault = ref_prefixes_settle(&ls.prefixes);
	if (!fault)
		fault = answer(&ls);
	ref_prefixes_free(&ls.prefixes);
	buffer_free(&ls.out);
	return fault;
}
