"""What is the matter with the cluster while actors work: its head is gone, or every node that has room for one."""

from __future__ import annotations

import asyncio
import logging
import time

from engine.core.settings import Cluster
from engine.execution.ray import cluster as clusters

_log = logging.getLogger(__name__)
EVERY = 2.0
"""Seconds between two looks."""
PATIENCE = 10.0
"""Seconds that a head or a node may be away, as it is when it is started again.

After a minute without its head Ray would end this process.
"""


class ClusterWatch:
    """Looks after one cluster for one phase at a time."""

    def __init__(self, cluster: Cluster) -> None:
        """Nothing is joined yet."""
        self.cluster = cluster
        self.place: tuple[str, int] | None = None
        self.broken = False
        """Whether there is no way back without a person: what Ray holds of the phase never comes then."""
        self._well = time.monotonic()

    async def trouble(self) -> str:
        """Return once there is a reason to stop, and what it is."""
        self._well = time.monotonic()
        while True:
            await asyncio.sleep(EVERY)
            absent = await self.absent()
            if not absent and await self._room():
                self._well = time.monotonic()
            elif time.monotonic() - self._well > PATIENCE:
                self.broken = True
                return self.gone_words() if absent else clusters.EMPTY

    async def absent(self) -> bool:
        """Whether nothing listens any more where the head of the cluster was."""
        return self.place is not None and not await asyncio.to_thread(clusters.answers, self.place, EVERY)

    async def _room(self) -> bool:
        """Whether a node is there for an actor; so it is as long as nothing else is known."""
        if self.place is None:
            return True
        try:
            return await asyncio.to_thread(clusters.room, self.cluster) > 0
        except Exception as error:  # noqa: BLE001 - many kinds, where a head goes away between two calls
            _log.info("the cluster does not tell its nodes: %s", error)
            return True

    def gone_words(self) -> str:
        """Return the sentence about a head that is gone."""
        assert self.place is not None
        return clusters.gone(self.place, self.cluster)
