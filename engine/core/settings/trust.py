"""When a number about a kept set may be shown, how wide its interval is, and what a guarantee asks for."""

from __future__ import annotations

from engine.core.settings.base import Settings, chosen, published


class TrustSettings(Settings):
    """Limits of the estimators of precision and recall; a project has one set of them, no plan holds any."""

    confidence: float = published(0.95, "Brown, Cai and DasGupta 2001", "P", gt=0.5, lt=1)
    """How sure an interval is, from both sides."""

    least_labels: int = chosen(10, ge=2)
    """Random labels among the kept rows below which no interval is drawn."""
    rough_labels: int = chosen(30, ge=2)
    """Random labels below which an interval is called rough."""
    least_kish: float = chosen(10.0, gt=1)
    """Size that unequal weights must be worth at least (Kish)."""
    rough_kish: float = chosen(25.0, gt=1)
    """Size that weights must be worth for an interval that is not rough."""
    largest_weight: float = chosen(0.2, gt=0, le=1)
    """Share of all weight that one label may carry."""
    unreachable: float = chosen(0.05, ge=0, le=1)
    """Share of the kept rows that no draw could reach, from which nothing is said of the kept set."""
    stale: float = chosen(0.02, ge=0, le=1)
    """Share of labels whose row was edited since, from which nothing is said."""
    recall_good: int = chosen(20, ge=1)
    """Good rows among the random labels that recall needs."""
    recall_outside: int = chosen(10, ge=1)
    """Random labels outside the kept set that recall needs."""
    f1_good: int = chosen(30, ge=1)
    """Good rows among the random labels that F1 and accuracy need."""
    fresh_draw: int = chosen(50, ge=10)
    """Labels of a fresh draw: the price of a ledger that cannot be used."""
    undecided: float = chosen(0.05, ge=0, le=1)
    """Share of drawn rows left undecided from which the worst case is shown."""
    resamples: int = chosen(2000, ge=200)
    """Draws of a bootstrap."""

    few_class: int = chosen(10, ge=1)
    """Labels of the rarer verdict below which a variance is hardly known: no gain by weights is believed."""
    some_class: int = chosen(30, ge=1)
    """Labels of the rarer verdict from which a variance is well known."""
    cap_few: float = chosen(1.0, ge=1)
    """Effective labels by Kish size at most, with few labels of the rarer verdict."""
    cap_some: float = chosen(1.5, ge=1)
    """The same with some."""
    cap_many: float = chosen(3.0, ge=1)
    """The same with many."""

    gate_labels: int = published(40, "Mani et al. 2025: PPI++ needs labels", "I", ge=3)
    """Labels among the kept rows from which judges may narrow an interval."""
    gate_class: int = chosen(5, ge=1)
    """Labels of either verdict that this needs."""
    gate_correlation: float = chosen(2.0, ge=0)
    """Standard errors that the correlation of judges and labels must be away from none."""
    most_explained: float = chosen(0.9, ge=0, lt=1)
    """Share of the variance that judges can be believed to explain."""
    folds: int = chosen(5, ge=2)
    """Parts of the labels that a judge's combination is fitted without, in turn."""
    balance: float = chosen(3.0, gt=0)
    """Standard errors by which the labelled rows may differ from the kept ones in any score."""
    balance_many: float = chosen(4.0, gt=0)
    """The same where many scores are looked at."""
    many_columns: int = chosen(10, ge=1)
    """How many scores are many."""
    drift: float = chosen(3.0, gt=0)
    """Expected sizes by which the sum of weights may miss the number of kept rows."""

    cell_labels: int = chosen(2, ge=2)
    """Labels of a stratum within the kept set below which it joins its neighbour."""
    cell_unseen: float = chosen(0.05, ge=0, le=1)
    """Share of the kept set that such a stratum may be of without any label."""
    post_labels: int = chosen(5, ge=2)
    """Labels in every stratum that strata chosen after the draw need."""
    stratum_labels: int = chosen(5, ge=1)
    """Labels that each stratum gets of the next ones."""

    concept_groups: int = chosen(5, ge=2)
    """Concepts with labels from which they lend each other strength."""
    concept_labels: int = chosen(30, ge=1)
    """Labels over all concepts that this needs."""
    prior_strength: float = chosen(10.0, gt=0)
    """Labels that concepts are worth to each other before any is read: the middle of a wide guess."""
    prior_spread: float = chosen(1.5, gt=0)
    """Width of that guess, in logarithms."""
    flagged: float = chosen(0.9, gt=0.5, lt=1)
    """How sure it must be that a concept is below the target before it is flagged."""

    slider_error: float = chosen(0.1, gt=0, lt=0.5)
    """How often a limit that was chosen by its bound may miss the target."""
    certificate_error: float = chosen(0.05, gt=0, lt=0.5)
    """How often a certificate may be wrong."""
    audit_target: float = chosen(0.95, gt=0, lt=1)
    """Share of good rows that an audit is to prove, unless another is asked for."""
    audit_rows: int = chosen(2000, ge=50)
    """Rows that are put in order for an audit whose meter may fill at any of them."""
    exported_unread: float = chosen(0.05, ge=0, le=1)
    """Share of exported rows by which a set may differ from the measured one in rows that nobody read."""
    ticks: int = chosen(40, ge=2, le=200)
    """Limits that a band is made for."""
    tick_labels: int = chosen(20, ge=2)
    """Labels from which a limit has a bound."""
    tick_kish: float = chosen(25.0, gt=1)
    """The same for unequal weights."""
    calibrations: int = chosen(1000, ge=100)
    """Draws that make a band hold at all limits at once."""
    block: int = chosen(25, ge=5)
    """Labels of similar score that share a rate in these draws."""
    fewest_blocks: int = chosen(4, ge=1)
    """Such blocks at least."""
    most_blocks: int = chosen(20, ge=1)
    """Such blocks at most."""
    safety: float = chosen(0.75, gt=0, le=1)
    """Part of the calibrated error that a band spends."""
    band_cap: float = chosen(1.5, ge=1)
    """Effective labels by Kish size at most, in a band."""
    strict_shares: tuple[float, ...] = chosen((0.05, 0.1, 0.2, 0.3, 0.4, 0.55, 0.75, 1.0))
    """Kept shares that the strict test looks at."""
    strict_start: float = chosen(6.0, gt=0)
    """A sequence of tests begins with this many labels for each bad row that would be allowed in one."""

    panel_retention: float = published(0.4, "GSDP 3.8, Table 4", "P", ge=0, le=1)
    """Share of the rows that a set of judges must keep to be chosen."""
    judge_class: int = chosen(10, ge=1)
    """Good rows, and bad rows, below which nothing is said of a judge and its scores stay as they are."""
    judge_widest: float = chosen(0.15, gt=0, lt=0.5)
    """Half the width of an interval around one half from which on it says nothing of a judge."""
    judge_unread: float = chosen(0.5, gt=0, le=1)
    """Share of replies that cannot be read from which on a judge is no judge."""
    calibration_bin: int = chosen(20, ge=5)
    """Labels that a bin of the reliability curve is planned for."""
    calibration_bins: int = chosen(10, ge=2, le=50)
    """Such bins at most."""
    beta_from: int = chosen(400, ge=20)
    """Labels from which beta calibration takes the place of the logistic line."""
    isotonic_from: int = chosen(1000, ge=20)
    """Labels from which steps are tried in its place."""

    stop_labels: int = chosen(50, ge=10)
    """Random labels before which no rule may stop the labelling."""
    batch: int = chosen(40, ge=20, le=100)
    """Labels of a batch."""
    first_batch: int = chosen(60, ge=50)
    """Labels of the first batch."""
    sure_precision: float = chosen(0.85, gt=0, lt=1)
    """Precision of the kept set from which a draw looks less at doubtful rows: most doubt is in the bulk by then."""
    sure_control: float = chosen(0.5, ge=0.2, le=1)
    """Share of a draw that is uniform from there on."""
    power: float = chosen(0.8, gt=0, lt=1)
    """How likely an audit of the forecast size succeeds."""
    compare_labels: int = chosen(5, ge=2)
    """Labels in each part of a comparison of two policies."""
    least_skill: float = chosen(0.5, gt=0, le=1)
    """Sensitivity and specificity of a curator, less one, from which verdicts can be corrected."""
    gold_bad: int = chosen(20, ge=1)
    """Bad gold rows that the correction needs."""
