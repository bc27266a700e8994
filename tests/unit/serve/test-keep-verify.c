/* SPDX-License-Identifier: ISC */
/* keep_verify: a pack and an idx that lie, in each way that the keeper looks for */
#include <sys/mman.h>
#include <unistd.h>
#include "tests/unit/test.h"
#include "serve/keep_verify.h"
#include "tests/made/pack.h"

#define COUNT 3
#define FANOUT_AT 8
#define OIDS_AT (FANOUT_AT + 1024)
#define CRCS_AT (OIDS_AT + COUNT * 20)
#define OFFSETS_AT (CRCS_AT + COUNT * 4)

static struct buffer pack, idx;
static struct keep_pack claim;

/* The bytes that are hashed again after a lie, so that only the lie is left. */
static void seal(struct buffer *b, size_t len)
{
	b->len = len;
	made_pack_end(b);
}

static void claim_is_true(void)
{
	memset(&claim, 0, sizeof claim);
	memcpy(claim.checksum.id, pack.bytes + pack.len - 20, 20);
	claim.count = COUNT;
	claim.bytes = pack.len;
}

static int make(void **state)
{
	struct idx_entry entries[COUNT] = {0};
	static const char *const contents[COUNT] = {"one", "two", "three"};
	(void)state;

	buffer_reset(&pack);
	buffer_reset(&idx);
	made_pack_start(&pack, COUNT);
	for (size_t i = 0; i < COUNT; i++) {
		struct cursor content = cursor_over_text(contents[i]);
		entries[i].offset = made_pack_whole(&pack, OBJECT_BLOB, content);
		entries[i].oid = made_oid(OBJECT_BLOB, content);
	}
	made_pack_end(&pack);
	claim_is_true();
	assert_ok(idx_format(&idx, entries, COUNT, &hash_sha1, &claim.checksum));
	return 0;
}

static int file_with(const struct buffer *b)
{
	int fd = memfd_create("quarantine", MFD_CLOEXEC);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, b->bytes, b->len, 0), b->len);
	return fd;
}

static const struct fault *verify(void)
{
	int pack_fd = file_with(&pack), idx_fd = file_with(&idx);
	const struct fault *fault;
	struct verified_pack out;

	fault = keep_verify(pack_fd, idx_fd, &claim, &hash_sha1, &out);
	if (!fault) {
		assert_int_equal(cursor_left(&out.pack), pack.len);
		assert_int_equal(cursor_left(&out.idx), idx.len);
	}
	verified_pack_free(&out);
	close(pack_fd);
	close(idx_fd);
	return fault;
}

/* The idx as it is now, under its own right checksum. */
static const struct fault *verify_sealed_idx(void)
{
	seal(&idx, idx.len - 20);
	return verify();
}

static void the_truth_is_believed(void **state)
{
	(void)state;
	assert_ok(verify());
}

static void another_number_of_bytes_is_a_lie(void **state)
{
	(void)state;
	claim.bytes--;
	assert_fault(verify(), &fault_pack_claim);
	claim.bytes += 2;
	assert_fault(verify(), &fault_pack_claim);
	claim.bytes = 0;
	assert_fault(verify(), &fault_pack_claim);
	claim.bytes = UINT64_MAX;
	assert_fault(verify(), &fault_pack_claim);
}

static void another_number_of_objects_is_a_lie(void **state)
{
	(void)state;
	claim.count++;
	assert_fault(verify(), &fault_pack_claim);
	claim.count = UINT32_MAX;
	assert_fault(verify(), &fault_pack_claim);
	claim.count = 0;
	assert_fault(verify(), &fault_pack_claim);
}

static void another_checksum_is_a_lie(void **state)
{
	(void)state;
	claim.checksum.id[0] ^= 1;
	assert_fault(verify(), &fault_pack_claim);
	claim_is_true();
	claim.checksum.id[20] = 1; /* beyond the hash */
	assert_fault(verify(), &fault_pack_claim);
}

static void each_byte_of_the_pack_is_hashed(void **state)
{
	(void)state;
	for (size_t i = 0; i < pack.len; i++) {
		pack.bytes[i] ^= 0x80;
		assert_fault(verify(), &fault_pack_claim);
		pack.bytes[i] ^= 0x80;
	}
}

static void a_header_that_lies_is_not_believed(void **state)
{
	(void)state;
	pack.bytes[11] = COUNT + 1;
	seal(&pack, pack.len - 20);
	claim_is_true();
	assert_fault(verify(), &fault_pack_claim);
}

static void a_pack_of_nothing_but_a_header_is_too_short(void **state)
{
	(void)state;
	pack.len = PACK_HEADER_SIZE + 19;
	claim.bytes = pack.len;
	assert_fault(verify(), &fault_pack_claim);
	pack.len = 0;
	claim.bytes = 0;
	assert_fault(verify(), &fault_pack_claim);
}

/* As many objects as the header says do not fit into so few bytes. */
static void more_objects_than_fit_are_a_lie(void **state)
{
	(void)state;
	buffer_reset(&pack);
	made_pack_start(&pack, 1000);
	made_pack_end(&pack);
	claim_is_true();
	claim.count = 1000;
	assert_fault(verify(), &fault_pack_claim);
}

static void each_byte_of_the_idx_counts(void **state)
{
	(void)state;
	for (size_t i = 0; i < idx.len; i++) {
		idx.bytes[i] ^= 0x40;
		assert_non_null(verify());
		idx.bytes[i] ^= 0x40;
	}
}

static void an_idx_cut_off_or_too_long_is_refused(void **state)
{
	size_t whole = idx.len;
	(void)state;

	for (idx.len = 0; idx.len < whole; idx.len++)
		assert_non_null(verify());
	buffer_byte(&idx, 0);
	assert_non_null(verify());
	for (int i = 0; i < 4096; i++)
		buffer_byte(&idx, 0);
	assert_fault(verify(), &fault_pack_claim);
}

static void the_idx_of_another_pack_is_refused(void **state)
{
	(void)state;
	idx.bytes[idx.len - 40] ^= 1;
	assert_fault(verify_sealed_idx(), &fault_pack_claim);
}

static void names_out_of_order_are_refused(void **state)
{
	uint8_t first[20];
	(void)state;

	memcpy(first, idx.bytes + OIDS_AT, 20);
	memmove(idx.bytes + OIDS_AT, idx.bytes + OIDS_AT + 20, 20);
	memcpy(idx.bytes + OIDS_AT + 20, first, 20);
	assert_fault(verify_sealed_idx(), &fault_idx_format);
}

static void a_name_twice_is_refused(void **state)
{
	(void)state;
	memcpy(idx.bytes + OIDS_AT + 20, idx.bytes + OIDS_AT, 20);
	assert_fault(verify_sealed_idx(), &fault_idx_format);
}

static void an_offset_twice_is_refused(void **state)
{
	(void)state;
	memcpy(idx.bytes + OFFSETS_AT, idx.bytes + OFFSETS_AT + 4, 4);
	assert_fault(verify_sealed_idx(), &fault_idx_format);
}

/* Inside the header of the pack, in its trailer, behind its end, in a table that is not there. */
static void offsets_outside_of_the_entries_are_refused(void **state)
{
	const uint32_t outside[] = {0, 11, (uint32_t)pack.len - 20, (uint32_t)pack.len, 0x7fffffff,
		0x80000000, 0xffffffff};
	(void)state;

	for (size_t i = 0; i < sizeof outside / sizeof *outside; i++) {
		for (int byte = 0; byte < 4; byte++)
			idx.bytes[OFFSETS_AT + byte] = (uint8_t)(outside[i] >> (24 - 8 * byte));
		assert_fault(verify_sealed_idx(), &fault_idx_format);
	}
}

static void a_fan_out_that_lies_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < 256; i++) {
		uint8_t *last = &idx.bytes[FANOUT_AT + i * 4 + 3];
		*last ^= 1;
		assert_non_null(verify_sealed_idx());
		*last ^= 1;
	}
	assert_ok(verify_sealed_idx());
}

#define TEST(name) cmocka_unit_test_setup(name, make)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_truth_is_believed),
		TEST(another_number_of_bytes_is_a_lie),
		TEST(another_number_of_objects_is_a_lie),
		TEST(another_checksum_is_a_lie),
		TEST(each_byte_of_the_pack_is_hashed),
		TEST(a_header_that_lies_is_not_believed),
		TEST(a_pack_of_nothing_but_a_header_is_too_short),
		TEST(more_objects_than_fit_are_a_lie),
		TEST(each_byte_of_the_idx_counts),
		TEST(an_idx_cut_off_or_too_long_is_refused),
		TEST(the_idx_of_another_pack_is_refused),
		TEST(names_out_of_order_are_refused),
		TEST(a_name_twice_is_refused),
		TEST(an_offset_twice_is_refused),
		TEST(offsets_outside_of_the_entries_are_refused),
		TEST(a_fan_out_that_lies_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
