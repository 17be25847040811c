/* How the engine finds what is sealed: part of quickjs.c by engine-cc.sh. See src/seal.rs. */

#include <stdbool.h>
#include <stdint.h>

struct shunt_seal {
	uintptr_t end;
	int count;
};

/* Of zeros, by which nothing is sealed, in a program without such a heap: the compiler of bundles. */
__attribute__((weak)) struct shunt_seal shunt_seal;

/* Nothing of the engine's lies below the heap: the program's own variables do, and no block of memory. */
static inline bool shunt_is_sealed(const void *block)
{
	return (uintptr_t)block < shunt_seal.end;
}

/* Where the references to a block are counted. Those of all sealed ones in one place and in vain: it starts so high that
   nobody takes such a block for unused, or for one to which nobody else refers. */
static inline int *shunt_count_of(int *count)
{
	return shunt_is_sealed(count) ? &shunt_seal.count : count;
}

/* In place of the list of all arenas, which serves the end of a runtime alone: to be put into it, an arena writes to the one
   before. Ours never ends, and the compiler of bundles gives its memory back whole. */
#define shunt_list_alone(link) init_list_head(link)

/* Bytes that blocks of one size come from together. A run begins with new ones for each of thirty sizes, of which it fills few. */
#define shunt_arena_size 2048
