#ifndef CATTUNE_VECTORS_H
#define CATTUNE_VECTORS_H

// Eight doubles, which the compiler maps to whatever registers there are. No contraction to fused operations and no reordering: the
// same bits on every processor.
#pragma STDC FP_CONTRACT OFF

typedef double d8 __attribute__((vector_size(64), aligned(8), may_alias));
typedef long long i8 __attribute__((vector_size(64), aligned(8), may_alias));

// The same function for several instruction sets, chosen once at start. Needs the dynamic linker of glibc.
#if defined(__x86_64__) && defined(__GLIBC__)
#define MANY_TARGETS __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define MANY_TARGETS
#endif

#define INLINE static inline __attribute__((always_inline))
// Vectors are handed over by address: by value, they would bind a function to one instruction set.
#define AT(p) (*(d8 *)(p))
#define OF(p) (*(const d8 *)(p))

INLINE double sum_of(const d8 *x) { return (((*x)[0] + (*x)[4]) + ((*x)[2] + (*x)[6])) + (((*x)[1] + (*x)[5]) + ((*x)[3] + (*x)[7])); }

#endif
