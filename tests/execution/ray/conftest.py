"""One cluster of three nodes for all tests of spread runs; whatever a test killed is there again for the next."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.ray_nodes import RayNodes, ray_nodes


@pytest.fixture(scope="session")
def _three_nodes() -> Iterator[RayNodes]:
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'lemma-studio[ray]'")
    with ray_nodes() as nodes:
        yield nodes


@pytest.fixture
def nodes(_three_nodes: RayNodes) -> RayNodes:
    """The cluster, whole."""
    _three_nodes.mend()
    return _three_nodes


@pytest.fixture
def joined(nodes: RayNodes, monkeypatch: pytest.MonkeyPatch) -> RayNodes:
    """The same, where runs go that name no address."""
    monkeypatch.setenv("RAY_ADDRESS", nodes.address)
    return nodes
