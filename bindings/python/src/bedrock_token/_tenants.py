"""Tokens for many tenants."""

from collections import OrderedDict
from collections.abc import Hashable
from contextlib import suppress
from time import time
from typing import Callable, Generic, TypeVar

from ._provider import Provider

Key = TypeVar("Key", bound=Hashable)

#: Seconds between two looks for tokens that have ended.
_SWEEP_EVERY = 60


class Tenants(Generic[Key]):
    """Keeps a Provider for each of many tenants, up to a limit.

    Args:
        new_provider: Called with a key for the Provider of a tenant that is not kept. Threads may
            call it at the same time. If that is for the same tenant, they get the same Provider.
        limit: How many are kept.

    A key tells tenants apart: a name, or a tuple that has the region or the service too. A tenant
    is forgotten when its token has ended without anybody asking for another. At the limit, the
    tenant is forgotten that nobody has asked for longest. Any thread may use it at the same time.
    """

    def __init__(self, new_provider: Callable[[Key], Provider], limit: int = 1000) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._new_provider = new_provider
        self._limit = limit
        self._providers: OrderedDict[Key, Provider] = OrderedDict()  # by use, the last one last
        self._swept = time()

    def provider(self, key: Key) -> Provider:
        """The tenant's Provider. Ask again for the next token rather than keep it, since a tenant
        that nobody asks for is forgotten."""
        self._sweep()
        provider = self._providers.get(key)
        if provider is None:
            provider = self._providers.setdefault(key, self._new_provider(key))
        # Without a lock, which the child of a fork() could find locked. So another thread may have
        # dropped the key since.
        with suppress(KeyError):
            self._providers.move_to_end(key)
            while len(self._providers) > self._limit:
                self._providers.popitem(last=False)
        return provider

    def forget(self, key: Key) -> None:
        """Drops a tenant, because its access was taken away, say. Its Provider goes on to work for
        those that have it."""
        self._providers.pop(key, None)

    def __len__(self) -> int:
        return len(self._providers)

    def _sweep(self) -> None:
        now = time()
        if abs(now - self._swept) < _SWEEP_EVERY:
            return
        self._swept = now
        for key, provider in list(self._providers.items()):
            if provider._has_ended():
                self._providers.pop(key, None)
