/* How the engine finds what is sealed: part of quickjs.c by engine-cc.sh. See src/seal.rs. */

#include <stdbool.h>
#include <stdint.h>

struct shunt_seal {
	uintptr_t start;
	uintptr_t length;
	int count;
};

/* Of zeros, by which nothing is sealed, in a program without such a heap: the compiler of bundles. */
__attribute__((weak)) struct shunt_seal shunt_seal;

static inline bool shunt_is_sealed(const void *block)
{
	return (uintptr_t)block - shunt_seal.start < shunt_seal.length;
}

/* Where the references to a block are counted. Those of all sealed ones in one place and in vain: it starts so high that
   nobody takes such a block for unused, or for one to which nobody else refers. */
static inline int *shunt_count_of(int *count)
{
	return shunt_is_sealed(count) ? &shunt_seal.count : count;
}
