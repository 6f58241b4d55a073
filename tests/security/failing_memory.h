// An allocator for the whole process that fails on request: interposed by linking failing_memory.c.
#ifndef BEDROCK_TOKEN_FAILING_MEMORY_H
#define BEDROCK_TOKEN_FAILING_MEMORY_H

// The allocation that fails, in all threads, counted from 1 from here on. 0: none.
enum { EVERY_ALLOCATION = -1 };
void fail_allocation(long which);

// How many there were since then.
long allocations(void);

// How many blocks are allocated and not freed.
long blocks_in_use(void);

#endif
