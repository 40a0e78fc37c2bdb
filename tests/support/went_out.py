"""Which problems an export holds, as its lineage says."""

from engine.export import lineage
from engine.export.formats import Exported


def ids(report: Exported) -> tuple[tuple[str, str], ...]:
    """Return problem id and split of each exported problem, in order."""
    return tuple((line["id"], line["split"]) for line in lineage.read(report.lineage).read_all().to_pylist())
