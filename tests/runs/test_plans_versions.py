"""Plans of other versions stay readable."""

import orjson
import pytest

from engine.core.errors import BadInput
from engine.generation.recipes import load
from engine.runs.plan import Plan, load_plan, save_plan


def test_a_plan_with_settings_that_this_version_does_not_know_is_read_without_them(tmp_path):
    """A run of an older or newer version: its history, its trace and its page must not break."""
    save_plan(tmp_path, Plan(id="r", kind="generate", recipe=load("gsdp")))
    path = tmp_path / "plan.json"
    said = orjson.loads(path.read_bytes())
    said["recipe"]["settings"]["flames"]["suggester_editor"] = 50.0
    said["recipe"]["settings"]["weather"] = {"sun": True}
    said["colour"] = "blue"
    path.write_bytes(orjson.dumps(said))
    assert load_plan(tmp_path) == Plan(id="r", kind="generate", recipe=load("gsdp"))


def test_a_value_that_is_wrong_is_still_an_error(tmp_path):
    save_plan(tmp_path, Plan(id="r", kind="generate", recipe=load("gsdp")))
    path = tmp_path / "plan.json"
    said = orjson.loads(path.read_bytes())
    said["recipe"]["settings"]["judging"]["keep_at"] = 7
    said["colour"] = "blue"
    path.write_bytes(orjson.dumps(said))
    with pytest.raises(BadInput, match="keep_at"):
        load_plan(tmp_path)
