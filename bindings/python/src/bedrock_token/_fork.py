"""Tells the threads of this process from those that a fork() left behind in the parent."""

import os

#: How many forks lie between this process and the first one.
generation = 0


def _after_fork() -> None:
    global generation
    generation += 1


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
