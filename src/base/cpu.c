/* SPDX-License-Identifier: ISC */
/*
 * base/cpu.c: asks the processor once. Any stage; touches nothing but a memo of the answer, which
 * is there because cpuid leaves the guest on a virtual machine and costs more than a small hash.
 */
#include "base/cpu.h"

#define KNOWN 1u
#define SHA 2u
#define AVX2 4u

#if defined(__x86_64__)
#include <cpuid.h>

/* Intel SDM, CPUID leaves 1 and 7. */
#define LEAF1_ECX_SSE41 (1u << 19)
#define LEAF1_ECX_OSXSAVE (1u << 27)
#define LEAF7_EBX_AVX2 (1u << 5)
#define LEAF7_EBX_SHA (1u << 29)
#define XCR0_SSE_AND_AVX 6u

static bool kernel_saves_avx(unsigned leaf1_ecx)
{
	unsigned low, high;

	if (!(leaf1_ecx & LEAF1_ECX_OSXSAVE))
		return false;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (low & XCR0_SSE_AND_AVX) == XCR0_SSE_AND_AVX;
}

static unsigned ask(void)
{
	unsigned eax, ebx, ecx, edx, ecx1, found = KNOWN;

	if (!__get_cpuid(1, &eax, &ebx, &ecx1, &edx) ||
		!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx))
		return found;
	if (ebx & LEAF7_EBX_SHA && ecx1 & LEAF1_ECX_SSE41)
		found |= SHA;
	if (ebx & LEAF7_EBX_AVX2 && kernel_saves_avx(ecx1))
		found |= AVX2;
	return found;
}
#else
static unsigned ask(void)
{
	return KNOWN;
}
#endif

static bool has(unsigned feature)
{
	static unsigned memo; /* whoever writes it writes the same */

	if (!memo)
		memo = ask();
	return memo & feature;
}

bool cpu_has_sha(void)
{
	return has(SHA);
}

bool cpu_has_avx2(void)
{
	return has(AVX2);
}
