// An allocator for the whole process that fails on request: interposed by linking failing_memory.c.
#ifndef BEDROCK_TOKEN_FAILING_MEMORY_H
#define BEDROCK_TOKEN_FAILING_MEMORY_H

// Makes one allocation fail, in any thread, counted from 1 from now on. 0: none fails.
enum { EVERY_ALLOCATION = -1 };
void fail_allocation(long which);

// How many there were since then.
long allocations(void);

// How many blocks are allocated and not freed.
long blocks_in_use(void);

#endif
