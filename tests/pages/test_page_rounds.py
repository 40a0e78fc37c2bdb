"""The Rounds page on a real store: empty, two rounds, promoted and rolled back."""

from __future__ import annotations

import time
from pathlib import Path

import orjson

from engine.core import project
from engine.core.project import Project
from engine.core.records import GradedAnswer, RoundEvent
from engine.core.settings import Recipe
from engine.core.settings.training import Evaluating, Looping
from engine.learning.rounds import promotion_state, training_rows
from engine.learning.training.replay import TrainingExample
from engine.runs.journal import Journal
from engine.runs.plan import EvaluatePlan, RoundPlan, save_plan
from engine.runs.status import Status, save_status
from engine.store import Store
from studio.workspace import workspace
from tests.support.command import within

PAGE = Path(__file__).resolve().parents[2] / "pages" / "rounds.py"
ACCURACY = (0.40, 0.52, 0.49)


def two_rounds(root: Path) -> Project:
    """Return a project whose loop has gone through two rounds; the second one fell."""
    made = project.create(root)
    directory = made.runs / "round-0001"
    recipe = Recipe(name="continual", title="Self-play and experts", way="continual", roles={})
    loop = Looping(model="/m0", data="/d")
    save_plan(directory, RoundPlan(id="round-0001", recipe=recipe, total=2, created=1.0, looping=loop))
    save_status(directory, Status(state="finished", started=time.time() - 60, ended=time.time()))
    with Store(made.database) as store:
        for number in (1, 2):
            store.rounds.add([_report(directory, number)])
            for name, right in (("start", 3), ("model", 7)):
                store.ingest(_evaluated(made, f"round-0001-{number}-evaluate-{name}", right))
        store.ingest(directory)
    return made


def _report(directory: Path, number: int) -> RoundEvent:
    folder = directory / "rounds" / str(number)
    for name in ("train", "candidates"):
        training_rows.save(
            folder / f"{name}.jsonl", [TrainingExample(f"{n + number}?", f"answer {n}") for n in range(9)]
        )
    if number == 2:
        (folder / "losses-before.txt").write_text("1.0\n2.0\n3.0\n")
        (folder / "losses-without.txt").write_text("4.0\n2.0\n3.0\n")
    detail = {
        "start": f"/m{number - 1}", "classes": {"fine-tuning": 55, "preference": 27, "discarded": 18},
        "fine_tuning": 50, "pairs": 20, "replay": {"way": "loss", "history": 3 * (number - 1), "share": 0.2},
        "costs": {"sft": {"seconds": 30.0, "usd": 0.0}}, "before": {"held": ACCURACY[number - 1]},
        "accuracy": {"held": ACCURACY[number]}, "study": "both" if number == 1 else "self-play",
    }  # fmt: skip
    return RoundEvent(
        f"R{number}", "round-0001", number, "report", f"/m{number}", orjson.dumps(detail).decode(), at=1.0
    )


def _evaluated(made: Project, name: str, right: int) -> Path:
    directory = made.runs / name
    recipe = Recipe(name="evaluate", title="Evaluation", roles={})
    save_plan(directory, EvaluatePlan(id=name, recipe=recipe, created=1.0, evaluating=Evaluating(model="m")))
    save_status(directory, Status(state="finished"))
    journal = Journal(directory / "journal")
    for n in range(10):
        said = ("q", "1", "t", "1", n < right, "m")
        journal.append(GradedAnswer(name, "held", f"{n}", 0, *said, subject="Ratios <b>" if n % 2 else "Angles"))
    journal.close()
    return directory


def test_an_empty_project_has_one_button(tmp_path, open_page):
    page = open_page(project.create(tmp_path / "empty").root)
    assert not page.exception
    assert [button.label for button in page.main.button] == ["Start the first round"]


def test_cards_say_what_every_round_gained(tmp_path, open_page):
    """CL-39, CL-45: classes, gain, and a round that fell cannot be promoted."""
    page = open_page(two_rounds(tmp_path / "p").root)
    assert not page.exception
    said = " ".join(text.value for text in page.main.markdown)
    assert "**52.0** :green[+12.0]" in said
    assert "**49.0** :red[-3.0]" in said
    assert "Average fell by 3.0" in said
    assert page.button(key="rounds.promote.round-0001.2").disabled
    assert not page.button(key="rounds.promote.round-0001.1").disabled


def test_promoting_and_rolling_back(tmp_path, open_page):
    page = open_page(two_rounds(tmp_path / "p").root)
    page.button(key="rounds.promote.round-0001.1").click().run()
    store = workspace().store
    assert promotion_state.current(store.rounds.events()).model == "/m1"
    page.button(key="rounds.back.round-0001.1").click().run()
    assert promotion_state.current(store.rounds.events()) is None
    assert "Rolled back" in " ".join(text.value for text in page.main.markdown)


def test_another_limit_replays_other_items(tmp_path, open_page):
    """CL-23: the mean is the published limit; the slider shows what another one would do."""
    page = open_page(two_rounds(tmp_path / "p").root)
    said = " ".join(text.value for text in page.main.markdown)
    assert "Replays **2** of 3 items: 1 by loss, 1 more" in said
    page.slider(key="rounds.mu").set_value(0.5).run()
    assert "Replays **3** of 3 items" in " ".join(text.value for text in page.main.markdown)


def test_a_start_without_a_model_says_so(tmp_path, open_page):
    page = open_page(two_rounds(tmp_path / "p").root)
    page.button(key="rounds.start.open").click().run()
    assert not page.exception


def test_cl36_the_ledger_says_which_study_a_round_was(tmp_path, open_page):
    """CL-36: who examined the samples, in the ledger, on the card and where two rounds are compared."""
    page = open_page(two_rounds(tmp_path / "p").root)
    ledger = next(frame.value for frame in page.main.dataframe if "Examined by" in frame.value)
    assert ledger["Examined by"].tolist() == ["Self-play and experts", "Self-play only"]
    assert any("pairs · self-play only" in text.value for text in page.main.caption)
    page.button(key="rounds.compare.open").click().run()
    assert not page.exception
    assert any("examined by: self\\-play only" in text.value or "examined by: self-play only" in text.value
               for text in page.caption)  # fmt: skip


def test_cl36_a_study_and_the_best_checkpoint_are_chosen_where_a_round_starts(tmp_path, open_page):
    page = open_page(two_rounds(tmp_path / "p").root)
    page.button(key="rounds.start.open").click().run()
    assert not page.exception
    box = next(box for box in page.selectbox if box.label == "Samples are examined by")
    assert len(box.options) == 4
    assert any("best checkpoint" in toggle.label for toggle in page.toggle)


def test_fl35_what_next_stands_beside_the_rules(tmp_path, open_page):
    """FL-35: a round that gained nothing from more data is told to look at its solutions."""
    page = open_page(two_rounds(tmp_path / "p").root)
    said = " ".join(text.value for text in page.main.markdown)
    assert "What next" in said
    assert "a stronger solver helps more than more problems" in said


def test_cl45_a_round_is_skipped_on_its_card_and_by_command(tmp_path, open_page):
    """CL-45: a skipped round says so, is not offered again, and its card has no second Skip."""
    made = two_rounds(tmp_path / "p")
    said = within("round", "skip", "--number", 1, "--json", project=made.root).values
    assert said == {"round": 1, "run": "round-0001", "state": "skipped"}
    page = open_page(made.root)
    assert not [button for button in page.button if button.key == "rounds.skip.round-0001.1"]
    page.button(key="rounds.skip.round-0001.2").click().run()
    assert not page.exception
    assert [event.number for event in workspace().store.rounds.events() if event.act == "skip"] == [1, 2]
    assert not [button for button in page.button if str(button.key).startswith("rounds.skip")]


def test_cl45_what_happens_after_a_fall_is_chosen_where_a_round_starts(tmp_path, open_page):
    page = open_page(two_rounds(tmp_path / "p").root)
    page.button(key="rounds.start.open").click().run()
    box = next(box for box in page.selectbox if box.label == "After a round that fell")
    assert (box.options[0], len(box.options)) == ("Stop", 2)
