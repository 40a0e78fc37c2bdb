"""What lies in RUN_DIR/training, and the words that worker and trainer leave there for one another.

runs/<id>/training/
├── metrics.jsonl        one line a logged step
├── output.log           what the trainer says
├── stop                 there when the trainer is to save a checkpoint and end
├── lock                 held by the trainer that is at work
├── accelerate.yaml      how many processes, which ZeRO stage
├── zero.json            DeepSpeed's own configuration
├── cache/               tokenised data
└── checkpoints/         checkpoint-<step>
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

RECEIPT = "lemma_training.json"
"""Written into a trained model: how it came about."""


@dataclass(frozen=True, slots=True)
class Folder:
    """The paths of one training."""

    run_dir: Path

    @property
    def root(self) -> Path:
        """The folder itself."""
        return self.run_dir / "training"

    @property
    def metrics(self) -> Path:
        """One JSON object a logged step."""
        return self.root / "metrics.jsonl"

    @property
    def output(self) -> Path:
        """Everything that the trainer prints."""
        return self.root / "output.log"

    @property
    def stop(self) -> Path:
        """There when the trainer is to end early."""
        return self.root / "stop"

    @property
    def lock(self) -> Path:
        """Held by the trainer that is at work."""
        return self.root / "lock"

    @property
    def accelerate(self) -> Path:
        """Configuration of accelerate."""
        return self.root / "accelerate.yaml"

    @property
    def zero(self) -> Path:
        """Configuration of DeepSpeed."""
        return self.root / "zero.json"

    @property
    def cache(self) -> Path:
        """Tokenised data."""
        return self.root / "cache"

    @property
    def checkpoints(self) -> Path:
        """Folder of checkpoint-<step>."""
        return self.root / "checkpoints"

    def make(self) -> None:
        """Make the folders."""
        self.checkpoints.mkdir(parents=True, exist_ok=True)
