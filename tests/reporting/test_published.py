"""Figures of the papers: they add up, and a broken file says where."""

import pytest

from engine.core.errors import BadInput
from engine.curation.review.agreement import best, f1
from engine.reporting.economy import API_PRICES, api_cost, expansion_ratio, total
from engine.reporting.published import table, tables


def numbers(cells):
    return [cell for cell in cells if isinstance(cell, int | float)]


def mean(values):
    return sum(values) / len(values)


def test_every_table_names_its_source_and_method():
    for each in tables():
        assert each.title and each.source and each.rows  # noqa: PT018
        assert each.method in {"gsdp", "agenticmath", "flames", "continual"}


@pytest.mark.parametrize(
    ("name", "model", "precise"),
    [
        ("gsdp_main", "GSDP-7B", 54.1),
        ("gsdp_main", "GSDP-8B", 53.24),
        ("gsdp_main", "GSDP-Qwen-7B", 60.4),
        ("gsdp_pre_training", "with GSDP data", 57.1),
    ],
)
def test_gsdp41_gsdp46_averages_are_recomputed(name, model, precise):
    """GSDP-41, GSDP-46: 54.1, 53.24, 60.4 and 57.1 from the single scores."""
    row = table(name).row(model)
    scores = [value for column, value in row.items() if column not in ("model", "average")]
    assert mean(scores) == pytest.approx(precise, abs=0.005)
    assert round(mean(scores), 1) == row["average"]


def test_gsdp46_gain_over_the_start():
    """GSDP-46: 57.1 against 49.2 is +7.9."""
    known = table("gsdp_pre_training").column("average")
    assert known[0] - known[1] == pytest.approx(7.9)


def test_gsdp47_science_gains_give_the_starts():
    """GSDP-47: averages and gains are kept as published; both 7B models start from 45.2 or below."""
    rows = table("gsdp_science").rows
    assert [row[1:] for row in rows] == [(48.3, 5.1), (51.7, 6.5), (53.1, 3.5)]
    assert [round(average - gain, 1) for _, average, gain in rows] == [43.2, 45.2, 49.6]


def test_gsdp32_gsdp45_expansion_is_recomputed_from_seeds_and_items():
    """GSDP-32, GSDP-45: each published ratio follows from its counts."""
    for name, seeds, items, ratio, _ in table("gsdp_data_sets").rows:
        if seeds is not None:
            found = expansion_ratio(items, seeds)
            assert round(found, 1 if ratio < 10 else 0) == ratio, name


def test_gsdp33_gsdp50_prices_are_recomputed():
    """GSDP-33, GSDP-50: cost per item times two million."""
    for name, each, price in table("gsdp_price").rows:
        assert total(each, 2_000_000) == pytest.approx(price)
        if name in API_PRICES:
            assert api_cost(*API_PRICES[name]) == pytest.approx(each)


def test_gsdp30_f1_follows_from_precision_and_recall():
    """GSDP-30: experiment 4 by its own figures; experiment 5 by the labels that experiment 4 implies."""
    judges = table("gsdp_judges")
    assert judges.column("F1") == (0.41, 0.81, 0.87, 0.89, 0.68)
    fourth, fifth = judges.row("Exp.4"), judges.row("Exp.5")
    assert round(f1(fourth["precision"], fourth["recall"]), 2) == fourth["F1"]
    good = fourth["retention"] * fourth["precision"] / fourth["recall"]
    assert round(f1(fifth["precision"], fifth["retention"] * fifth["precision"] / good), 2) == fifth["F1"]


def test_am06_the_published_funnel_is_monotone_behind_the_variants():
    """AM-06: 7,001 seeds give six variants each."""
    kept, variants, passed, selected = table("agenticmath_funnel").column("items")
    assert kept * 6 == variants == 42_006
    assert variants > passed > selected


def test_fl30_shares_of_the_mixture():
    """FL-30: shares sum to 100 and give the counts of 150,000."""
    mixture = table("flames_mixture")
    assert sum(mixture.column("share")) == 100
    assert [150_000 * share // 100 for share in mixture.column("share")] == list(mixture.column("of 150,000"))


def test_fl29_published_acceptance():
    """FL-29: 349 of 500 are 69.8 %, 68 of 134 are 50.7 %."""
    for _, accepted, of, share in table("flames_solvability").rows:
        assert round(100 * accepted / of, 1) == share


def test_cl16_classes_sum_to_a_hundred():
    """CL-16: shares of 50,000, and what the filters leave of them."""
    classes = table("continual_classes")
    assert sum(classes.column("percent")) == pytest.approx(100)
    for _, percent, samples, kept, about in classes.rows:
        assert round(50_000 * percent / 100) == samples
        if kept is not None:
            assert round(samples * kept / 100, -2) == pytest.approx(about, abs=100)


def test_cl27_the_best_round_is_the_second():
    """CL-27: averages rise to round 2 and then fall; sums of nine scores make whole tenths."""
    rounds = table("continual_rounds")
    averages = rounds.column("average")
    assert averages == (45.933, 52.389, 55.411, 55.044)
    assert rounds.column("round")[averages.index(max(averages))] == 2
    for value in averages:
        assert round(round(value * 9, 1) / 9, 3) == value


def test_cl28_means_of_eight_dimensions():
    """CL-28: each mean is the mean of eight scores with three decimals."""
    means = table("continual_dimensions").column("mean")
    assert means == (8.639, 8.936, 9.401, 9.161)
    assert max(means) == means[2]


def test_cl35_cost_adds_up():
    """CL-35: hours and dollars add up, synthesis is 81 %, and every part pays .8623 dollars an hour."""
    *parts, whole = table("continual_cost").rows
    assert sum(part[2] for part in parts) == pytest.approx(whole[2])
    assert sum(part[3] for part in parts) == pytest.approx(whole[3])
    assert round(100 * parts[1][3] / whole[3]) == 81
    for _, _, hours, dollars in parts:
        assert round(hours * 0.8623, 2) == pytest.approx(dollars, abs=0.011)


def test_cl40_after_two_rounds_every_score_is_higher():
    """CL-40: shown as reference rows."""
    assert all(after > before for _, before, after in table("continual_main").rows)


def test_cl41_ablation_rows():
    """CL-41: what fine-tuning, self-play and agents add."""
    assert table("continual_ablation").row("fine-tuning alone")["CN Middle School"] == 7.9
    assert numbers(table("continual_ablation_scores").rows[0]) == [87.0, 58.0, 87.0, 66.3]
    quality = {(row[0], row[1]): row[2] for row in table("continual_ablation_quality").rows}
    assert quality["both", "LC"] == 9.094
    assert quality["fine-tuning alone", "AA"] == 0.402


def test_cl42_collaboration_rows():
    """CL-42: several experts over one model with roles, and over a vote."""
    assert table("continual_collaboration").column("points") == (5.2, 6.9)


def test_cl43_replay_rows():
    """CL-43: replay by loss is best on four benchmarks and worse on OlympiadBench."""
    assert all(none < every < loss for _, none, every, loss in table("continual_replay").rows)
    assert table("continual_replay_worse").rows == (("OlympiadBench", 20.0, 23.9),)


def test_gsdp31_the_rule_picks_experiment_4_from_the_published_rows():
    """GSDP-31: the best precision among those that keep 40 %."""
    known = [row for row in table("gsdp_judges").rows if row[5] is not None]
    assert max((row for row in known if row[5] >= 0.4), key=lambda row: row[2])[0] == "Exp.4"
    assert best(()) is None


def test_a_broken_file_says_which_table(tmp_path):
    file = tmp_path / "published.toml"
    file.write_text('[odd]\ntitle = "a"\nmethod = "gsdp"\nsource = "b"\ncolumns = ["x"]\nrows = [[1, 2]]\n')
    with pytest.raises(BadInput, match=r"\[odd\].*row 1 has 2 values"):
        tables(file)
    file.write_text('[odd]\ntitle = "a"\n')
    with pytest.raises(BadInput, match=r"lacks 'columns'"):
        tables(file)
