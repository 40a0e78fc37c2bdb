"""Contexts that servers, settings and models tell before anything is asked."""

from __future__ import annotations

import json

from engine.core.project import EngineSpec
from engine.models.model_list import before_start, contexts
from tests.support.abacus_endpoint import WithContexts


def test_contexts_come_from_the_list_of_models_alone():
    """Nothing is asked of a model; paces are no other models, and engines that tell nothing are left out."""
    with WithContexts() as endpoint:
        known = {
            "abacus": EngineSpec(kind="abacus"),
            "local": EngineSpec(base_url=endpoint.url),
            "gone": EngineSpec(base_url="http://127.0.0.1:9/v1"),
        }
        wanted = ["local:abacus-small", "local:other", "abacus:abacus-large@5ms", "gone:m", "nobody:m"]
        assert contexts(known, wanted) == {"local:abacus-small": 2_048}
        assert not endpoint.bodies


def test_a_server_on_demand_is_known_by_its_settings_and_its_model(tmp_path):
    model = tmp_path / "model"
    model.mkdir()
    sizes = {"hidden_size": 64, "num_hidden_layers": 2, "vocab_size": 100, "num_attention_heads": 4}
    config = {**sizes, "intermediate_size": 128, "max_position_embeddings": 4_096}
    (model / "config.json").write_text(json.dumps(config), encoding="utf-8")
    spec = EngineSpec(kind="managed", model=str(model), on_demand=True)
    assert contexts({"mine": spec}, ["mine:mine"]) == {"mine:mine": 4_096}
    shorter = spec.model_copy(update={"max_model_len": 1_024, "lora": ("tuned=/somewhere",)})
    assert contexts({"mine": shorter}, ["mine:mine", "mine:tuned"]) == {"mine:mine": 1_024, "mine:tuned": 1_024}
    assert before_start("mine", spec.model_copy(update={"on_demand": False})) is None
    unknown = EngineSpec(kind="managed", model="someone/model", on_demand=True)
    assert contexts({"mine": unknown}, ["mine:mine"]) == {}
