"""How an export looks: form of the rows, container, shards, held-out share, balance."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from engine.core.errors import BadSetting
from engine.core.settings import OverlapTiers
from engine.export.balance import BALANCES
from engine.export.split import checked

_ONE_ROW = ("preference", "rl")
EDITION = 2
"""1 wrote scores as 64-bit numbers of 32 bits, 0.55 as 0.550000011920929, and `raw` without the request."""


@dataclass(frozen=True, slots=True)
class FileShape:
    """What a person chooses about the files. BadSetting for what cannot be."""

    format: str = "sft"
    container: str = "jsonl"
    test_share: float = 0.0
    """Share of the families that is held out, 0..0.9."""
    seed: int = 0
    """Decides what is held out, and what a class keeps."""
    shard_rows: int = 0
    """Rows of one file at most; 0 for any number."""
    shard_mb: int = 500
    """A file that has reached so many megabytes (10^6 bytes) is followed by another; 0 for never."""
    balance: str = ""
    """A key of BALANCES; '' for all rows."""
    cap: int = 0
    """Rows of one class at most, where the set is balanced; 0 for the median of the classes."""
    pairs: tuple[str, ...] = ("edits", "refined")
    """What preference pairs are made of."""
    best: int = 0
    """Synthesised problems that join the seeds, the best of them (AM-20); 0 for the problems that were chosen."""
    solutions: int = 1
    """Solutions of each problem at most, a row each, where `best` is asked for."""
    unanswered: bool = False
    """Whether rows go out whose solution ends in no answer; they teach to give none."""
    components: tuple[str, ...] = ()
    """Parts of graph-based data whose union goes out (GSDP-37), of unions.COMPONENTS; none for all problems."""

    strategies: str = ""
    """Whether each keep strategy is a split (FL-27), a size of strategy_sets.SIZES; '' for one set."""
    edition: int = EDITION
    """How rows are written, so that an export of an earlier version can be made again."""
    tiers: OverlapTiers = field(default_factory=OverlapTiers)
    """How rows are held against test problems; what was found stands with them in the manifest, not among the files."""

    @property
    def several(self) -> bool:
        """Whether a problem may go out with several solutions, each named."""
        return bool(self.best or self.strategies)

    @property
    def requests(self) -> bool:
        """Whether rows say what a problem was asked for by."""
        return self.format == "raw" and self.edition > 1

    def __post_init__(self) -> None:
        checked(self.test_share)
        if self.balance and self.balance not in BALANCES:
            raise BadSetting(f"{self.balance} is no class.", where="balance", do=f"Known: {', '.join(BALANCES)}.")
        self._apart()
        if self.several and self.format in _ONE_ROW:
            do = "Use sft, sft-pairs, pretrain or raw."
            raise BadSetting(f"{self.format} has no use for several solutions.", where="data set", do=do)
        if self.best and self.components:
            do = "Ask for one of the two."
            raise BadSetting("seeds and the best problems have no parts of the graph.", where="data set", do=do)
        if self.solutions < 1:
            raise BadSetting(f"{self.solutions} solutions make no data set.", where="data set", do="Give 1 or more.")
        for name in ("shard_rows", "shard_mb", "cap", "best"):
            if getattr(self, name) < 0:
                raise BadSetting(
                    f"{getattr(self, name)} is below 0.", where=name.replace("_", " "), do="Give 0 or more."
                )

    def _apart(self) -> None:
        """Raise BadSetting for what has no place in a set whose splits are strategies."""
        if self.strategies not in ("", "own", "equal"):
            raise BadSetting(f"{self.strategies} is no size.", where="strategies", do="Use own or equal.")
        beside = {"held-out share": self.test_share, "balance": self.balance, "size of a data set": self.best}
        lost = next((name for name, asked in {**beside, "part of the graph": self.components}.items() if asked), "")
        if self.strategies and lost:
            do = "Ask for one of the two."
            raise BadSetting(f"a set with a split for each strategy has no {lost}.", where="strategies", do=do)

    def told(self) -> dict[str, Any]:
        """Return the fields for a manifest; those of preference pairs and of data sets only where they count."""
        unused = {"tiers"} | ({"pairs"} if self.format != "preference" else set())
        unused |= set() if self.best else {"best", "solutions"}
        unused |= set() if self.unanswered else {"unanswered"}
        unused |= set() if self.components else {"components"}
        unused |= set() if self.strategies else {"strategies"}
        unused |= {"edition"} if self.edition == 1 else set()
        fields = asdict(self) | {"pairs": list(self.pairs), "components": list(self.components)}
        return {name: value for name, value in fields.items() if name not in unused}

    @staticmethod
    def of(told: dict[str, Any]) -> FileShape:
        """Return the shape that a manifest tells, the first edition where it tells none; TypeError for unknown ones."""
        lists: dict[str, Any] = {name: tuple(told[name]) for name in ("pairs", "components") if name in told}
        return FileShape(**({"edition": 1} | told | lists))
