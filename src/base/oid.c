/* SPDX-License-Identifier: ISC */
/* base/oid.c: object names in and out of hex. Any stage; touches memory only. */
#include "base/hash.h"
#include "base/oid.h"

bool oid_is_null(const struct oid *oid)
{
	static const struct oid null_oid;

	return oid_equal(oid, &null_oid);
}

bool cursor_oid(struct cursor *c, const struct hash_algo *algo, struct oid *out)
{
	struct cursor bytes;

	if (!cursor_take(c, algo->size, &bytes))
		return false;
	*out = (struct oid){0};
	memcpy(out->id, bytes.at, algo->size);
	return true;
}

/* 0 to 15, or -1. */
static int hex_value(uint8_t digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	digit |= 0x20;
	return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

bool cursor_oid_hex(struct cursor *c, const struct hash_algo *algo, struct oid *out)
{
	struct cursor digits, ahead = *c;
	struct oid oid = {0};

	if (!cursor_take(&ahead, algo->hexsize, &digits))
		return false;
	for (size_t i = 0; i < algo->size; i++) {
		int high = hex_value(digits.at[2 * i]), low = hex_value(digits.at[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		oid.id[i] = (uint8_t)(high << 4 | low);
	}
	*out = oid;
	*c = ahead;
	return true;
}

char *oid_hex(const struct oid *oid, const struct hash_algo *algo, char out[OID_MAX_HEX + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < algo->size; i++) {
		out[2 * i] = digits[oid->id[i] >> 4];
		out[2 * i + 1] = digits[oid->id[i] & 15];
	}
	out[algo->hexsize] = '\0';
	return out;
}
