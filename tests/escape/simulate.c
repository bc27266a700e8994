/* SPDX-License-Identifier: ISC */
/* tests/escape/simulate.c: the part of classic BPF that seccomp allows and libseccomp uses. */
#include <string.h>
#include "tests/escape/simulate.h"

struct machine {
	uint32_t accumulator;
	size_t at;
};

static uint32_t load(const struct seccomp_data *call, uint32_t offset)
{
	uint32_t word = 0;

	if (offset <= sizeof *call - sizeof word)
		memcpy(&word, (const char *)call + offset, sizeof word);
	return word;
}

static void jump(struct machine *m, const struct sock_filter *insn)
{
	uint32_t a = m->accumulator, k = insn->k;
	bool taken;

	switch (BPF_OP(insn->code)) {
	case BPF_JA:
		m->at += k;
		return;
	case BPF_JEQ:
		taken = a == k;
		break;
	case BPF_JGT:
		taken = a > k;
		break;
	case BPF_JGE:
		taken = a >= k;
		break;
	default:
		taken = (a & k) != 0; /* BPF_JSET, the only one left */
	}
	m->at += taken ? insn->jt : insn->jf;
}

uint32_t simulate(const struct filter *filter, const struct seccomp_data *call)
{
	struct machine m = {0};

	while (m.at < filter->program_len) {
		const struct sock_filter *insn = &filter->program[m.at++];
		if (insn->code == (BPF_RET | BPF_K))
			return insn->k;
		if (insn->code == (BPF_LD | BPF_W | BPF_ABS))
			m.accumulator = load(call, insn->k);
		else if (insn->code == (BPF_ALU | BPF_AND | BPF_K))
			m.accumulator &= insn->k;
		else if (BPF_CLASS(insn->code) == BPF_JMP && BPF_SRC(insn->code) == BPF_K)
			jump(&m, insn);
		else
			return 0;
	}
	return 0;
}
