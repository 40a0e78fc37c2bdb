"""What `lemma run` says before it starts: published sizes, contexts that are too short, pairs that need more items."""

from __future__ import annotations

import pytest

from engine.store import Store
from studio.cli import main
from tests.support.abacus_endpoint import WithContexts
from tests.support.command import Said, few_seeds


@pytest.fixture(scope="module")
def home(command, tmp_path_factory):
    """A project with seeds."""
    place = tmp_path_factory.mktemp("expecting")
    project = place / "project"
    assert command("init", project).code == 0
    assert command("seeds", "add", few_seeds(place / "seeds.jsonl", 80), project=project).code == 0
    return project


def _values(plan, *words):
    return plan(*words, "--json").values


@pytest.fixture
def plan(home, capfd, monkeypatch):
    """Plan a run in this process, without the seconds that a start takes; return how it ended and what it said."""
    monkeypatch.setenv("LEMMA_PROJECT", str(home))

    def run(*words):
        capfd.readouterr()
        code = main._run(["run", *map(str, words), "--dry-run"], False)
        return Said(code, *capfd.readouterr())

    return run


def test_fl31_published_sizes_by_command(plan):
    """FL-31: --preset gives the items, --items goes before it, and another method has no such sizes."""
    assert _values(plan, "flames", "--preset", "small")["items"] == 150_000
    assert _values(plan, "flames", "--preset", "XL", "--items", 30)["items"] == 30
    said = plan("agenticmath", "--preset", "small")
    assert said.code == 1
    assert "those of the FLAMES data sets" in said.err
    assert "Known presets: Small, Large, XL" in plan("flames", "--preset", "tiny").err


def test_a_reply_longer_than_the_context_is_told_before_the_run(plan, home):
    """The server's own figure counts; the value offered is one that raises no warning."""
    with WithContexts() as endpoint:
        engines = home / "engines.toml"
        before = engines.read_text(encoding="utf-8")
        engines.write_text(f'[engines.local]\nkind = "openai_compatible"\nbase_url = "{endpoint.url}"\n')
        words = ["agenticmath", "--engine", "*=local:abacus-large", "--engine", "solver=local:abacus-small"]
        asked = ["--set", "sampling.max_tokens=4096"]
        one_model, warned = _values(plan, *words, *asked)["warnings"][2:]
        assert one_model == {"text": "Evaluator and Reviewer are one model. Its mistakes count twice.", "change": ""}
        assert warned["text"].startswith("Solver asks for 4,096 tokens, abacus-small has a context of 2,048.")
        assert warned["change"] == "sampling.max_tokens=1024"
        left = _values(plan, *words, "--set", warned["change"])["warnings"]
        assert {one["change"] for one in left} == {""}, "only what no setting mends is left"
        said = plan(*words, *asked)
        assert "--set sampling.max_tokens=1024" in said.err + said.out
        assert not endpoint.bodies, "nothing is asked of a model, and nothing is paid"
        engines.write_text(before, encoding="utf-8")


def test_a_server_that_is_away_does_not_stand_in_the_way_of_a_plan(plan, home):
    engines = home / "engines.toml"
    before = engines.read_text(encoding="utf-8")
    engines.write_text('[engines.gone]\nkind = "openai_compatible"\nbase_url = "http://127.0.0.1:9/v1"\n')
    assert not any(one["change"] for one in _values(plan, "agenticmath", "--engine", "*=gone:m")["warnings"])
    assert _values(plan, "agenticmath", "--engine", "writer=gone:m")["warnings"] == []
    engines.write_text(before, encoding="utf-8")


def test_am21_pairs_that_need_more_variants_are_told(plan, home):
    """AM-21: runs compare at equal size when each has enough to take its pairs from."""
    words = ["agenticmath", "--items", 60, "--set", "agenticmath.pairs=50"]
    (warned,) = _values(plan, *words)["warnings"]
    assert "50 pairs need about 113 variants" in warned["text"]
    assert warned["change"] == "items=113"
    assert _values(plan, *words, "--set", "agenticmath.review=false")["warnings"] == []


@pytest.mark.parametrize(("share", "heard"), [(0.01, True), (1.0, False)])
def test_fl28_a_run_warns_of_a_filter_that_removes_too_much(command, home, share, heard):
    """FL-28: strict self-consistency loses problems; whether that alarms is the run's own setting."""
    strict = ("--items", 20, "--set", "flames.keep=strict", "--set", f"flames.alarm_share={share}")
    done = command("run", "flames", *strict, "--json", project=home).values
    assert done["funnel"]["kept"] < done["funnel"]["written"]
    assert bool(done["warnings"]) is heard
    assert all(f"The alarm is at {share:.0%}" in line for line in done["warnings"])


def test_items_of_a_dry_run_are_only_looked_at(plan, home):
    """They give the forecast, and the project has no problem more; the run that follows writes the same for good."""
    before = _written(home)
    said = _values(plan, "flames", "--items", 20, "--dry-items", 8)
    assert said["forecast"]["calls"] > 0
    assert _written(home) == before
    with Store(home / "project.duckdb") as store:
        assert store.runs.list(dry=True)


def _written(home):
    with Store(home / "project.duckdb") as store:
        return store.home.funnel().written, len(store.problems.scoreboard())
