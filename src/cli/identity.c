/* SPDX-License-Identifier: ISC */
/* cli/identity.c: memory to a struct; every byte is a stranger's. */
#include <stdlib.h>
#include "base/mem.h"
#include "cli/identity.h"
#include "wire/pkt.h"

const struct fault fault_identity = {BLAME_PEER, "the server did not say who you are"};

static const struct fault *bad_line(struct cursor line)
{
	size_t len = cursor_left(&line);

	return fault_note(
		&fault_identity, "%.*s", (int)(len < 300 ? len : 300), (const char *)line.at);
}

static bool take_id(struct cursor *c, uint32_t *out)
{
	uint64_t number;

	if (!cursor_decimal(c, UINT32_MAX, &number))
		return false;
	*out = (uint32_t)number;
	return true;
}

/* "N" or "N NAME" */
static bool take_group(struct cursor c, struct identity_group *group)
{
	group->name[0] = '\0';
	if (!take_id(&c, &group->gid))
		return false;
	return cursor_at_end(&c) ||
	       (cursor_literal(&c, " ") && cursor_copy_text(&c, group->name, sizeof group->name));
}

static const struct fault *add_group(struct identity *identity, struct cursor c, struct cursor line)
{
	if (!mem_grow(&identity->groups, identity->group_count, &identity->group_cap,
		    sizeof *identity->groups))
		return &fault_memory;
	if (!take_group(c, &identity->groups[identity->group_count]))
		return bad_line(line);
	identity->group_count++;
	return NULL;
}

static const struct fault *read_line(struct identity *identity, struct cursor line)
{
	struct {
		const char *key;
		char *room;
	} texts[] = {
		{"kind ", identity->kind},
		{"user ", identity->user},
		{"address ", identity->address},
	};
	struct cursor c;

	cursor_chomp(&line);
	c = line;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (cursor_literal(&c, texts[i].key))
			return cursor_copy_text(&c, texts[i].room, IDENTITY_TEXT_MAX + 1)
				       ? NULL
				       : bad_line(line);
	if (cursor_literal(&c, "group "))
		return add_group(identity, c, line);
	if (cursor_literal(&c, "uid ")) {
		identity->has_uid = take_id(&c, &identity->uid) && cursor_at_end(&c);
		return identity->has_uid ? NULL : bad_line(line);
	}
	return cursor_starts(&line, "ERR ") ? bad_line(line) : NULL;
}

static const struct fault *take_pkt(struct cursor *c, enum pkt_kind *kind, struct cursor *data)
{
	struct cursor digits;
	size_t len;

	*data = cursor_over(NULL, 0);
	if (!cursor_take(c, 4, &digits))
		return fault_note(&fault_identity, "the answer is cut off");
	TRY(pkt_header(digits.at, kind, &len));
	if (*kind == PKT_DATA && !cursor_take(c, len, data))
		return fault_note(&fault_identity, "the answer is cut off");
	return NULL;
}

const struct fault *identity_read(struct identity *identity, struct cursor answer)
{
	enum pkt_kind kind = PKT_DATA;
	struct cursor line;

	while (kind == PKT_DATA) {
		TRY(take_pkt(&answer, &kind, &line));
		if (kind == PKT_DATA)
			TRY(read_line(identity, line));
	}
	if (kind != PKT_FLUSH || !cursor_at_end(&answer) || !identity->kind[0])
		return fault_note(&fault_identity, "the answer is of another kind");
	return NULL;
}

void identity_free(struct identity *identity)
{
	free(identity->groups);
	*identity = (struct identity){0};
}
