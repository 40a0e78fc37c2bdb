"""Does .9 mean .9? The words of a panel, or of one of its judges, as probabilities beside people's labels.

Only labels that were drawn speak here: a curve of hand-picked rows shows how they were picked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.core.settings.trust import TrustSettings
from engine.curation.trust.calibrators import Calibrator, CalibratorRule, calibrate
from engine.curation.trust.combining import weighted_sum
from engine.curation.trust.folds import folds_of
from engine.curation.trust.intervals import Floats
from engine.curation.trust.judge_scale import SCORE, VERDICT, JudgeScale
from engine.curation.trust.reliability import Reliability, reliability
from engine.reporting.judge_panels import VotedPanel, drawn

SHARE = JudgeScale("rating", 0, 1)
"""Of how many judges say True."""
NOT_RANDOM = "not_random"
STEPS = 50
"""Places at which the calibrated curve is drawn."""
REASONS = {
    "few_of_a_class": "too few labels of one sort, so the score stays as it is",
    "by_labels": "by the number of labels",
    "falling_slope": "more said means less good: the score is worth nothing as it is",
    "surely_better": "better by more than chance on labels that it did not see",
}


@dataclass(frozen=True, slots=True, eq=False)
class PanelReliability:
    """A score beside labels, and what it would be after calibration."""

    found: Reliability
    calibrator: Calibrator | None
    """None where no label was drawn."""
    said: tuple[float, ...]
    """Scores along the axis, and their calibrated probabilities."""
    means: tuple[float, ...]

    @property
    def calibrated(self) -> bool:
        """Whether there is another score to be had than the raw one."""
        return self.calibrator is not None and self.calibrator.method != "raw"


def score_of(panel: VotedPanel, judge: int | None) -> Floats:
    """Return what one judge said of each row, or for None what all said together: a mean of scores or of votes."""
    if judge is not None:
        return np.asarray(panel.said[:, judge])
    weights = np.array(panel.weights) if panel.scored else np.ones(len(panel.judges))
    return weighted_sum(panel.said, weights)


def panel_reliability(
    panel: VotedPanel, judge: int | None = None, settings: TrustSettings | None = None, seed: int = 0
) -> PanelReliability:
    """Hold the score of one judge, or of all together, against the labels that were drawn."""
    known = settings or TrustSettings()
    labels = panel.labels.where(drawn(panel))
    if not len(labels):
        nothing = Reliability((), 0, None, None, None, None, None, None, NOT_RANDOM)
        return PanelReliability(nothing, None, (), ())
    values = score_of(panel, judge)[labels.row]
    good, weights = labels.good > 0, labels.weight
    found = reliability(values, good, weights, seed, settings=known)
    # Shares of votes are levels; the log odds of "all say False" would be a number that nobody said.
    scale = SCORE if panel.scored else SHARE if judge is None else VERDICT
    ids = [panel.ids[int(row)].as_py() for row in labels.row]
    fitted = calibrate(values, good, folds_of(ids, known.folds), scale, weights, CalibratorRule.of(known))
    at = np.array([0.0, 1.0]) if scale is VERDICT else np.linspace(0, 1, STEPS + 1)
    return PanelReliability(found, fitted, tuple(at.tolist()), tuple(fitted.of(at).tolist()))
