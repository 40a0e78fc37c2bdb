"""Presets carry the figures that the papers print, and nothing that `Training` does not know."""

from __future__ import annotations

import pytest

from engine.core.errors import BadSetting
from engine.learning.training import presets

PLACES = {"model": "m", "data": "d", "out": "o"}


@pytest.mark.parametrize("name", presets.PRESETS)
def test_every_preset_is_valid_and_says_where_it_comes_from(name):
    training = presets.resolve(name, **PLACES)
    assert presets.PRESETS[name].source
    assert f"-{training.method}" in name or name == "gsdp-pretrain"


def test_gsdp_sft():
    """GSDP-38: 2 epochs, 5e-6, batch 128, length 2048, cosine, 3 % warm-up, ZeRO-3, FlashAttention-2."""
    t = presets.resolve("gsdp-sft", **PLACES)
    assert (t.epochs, t.learning_rate, t.batch_size, t.max_length) == (2, 5e-6, 128, 2048)
    assert (t.scheduler, t.warmup_ratio, t.zero, t.attention) == ("cosine", 0.03, "3", "flash_attention_2")


def test_gsdp_pretraining():
    """GSDP-39: learning rate 2e-5, batch 512, length 4096, the loss over the whole text."""
    t = presets.resolve("gsdp-pretrain", **PLACES)
    assert (t.learning_rate, t.batch_size, t.max_length, t.completion_only) == (2e-5, 512, 4096, False)


@pytest.mark.parametrize(
    ("name", "epochs", "rate", "warmup"),
    [
        ("continual-sft-1", 1, 3e-4, 0.01),
        ("continual-dpo-1", 1, 2e-5, 0.01),
        ("continual-sft-2", 3, 9e-7, 0.03),
        ("continual-dpo-2", 2, 1e-5, 0.02),
    ],
)
def test_continual_learning(name, epochs, rate, warmup):
    """CL-33: the four columns of table 7, clipping at 1, cosine; 2048 is flagged as printed under another name."""
    t = presets.resolve(name, **PLACES)
    assert (t.epochs, t.learning_rate, t.warmup_ratio) == (epochs, rate, warmup)
    assert (t.max_grad_norm, t.scheduler, t.max_length) == (1.0, "cosine", 2048)
    assert "max steps" in presets.PRESETS[name].note


def test_flames_takes_ten_checkpoints_over_five_epochs():
    """FL-32: ten checkpoints, of which one is chosen."""
    t = presets.resolve("flames-sft", **PLACES)
    assert (t.epochs, t.checkpoints, t.device_batch, t.zero) == (5, 10, 4, "3")
    assert "no learning rate" in presets.PRESETS["flames-sft"].note


def test_agenticmath_takes_the_nearest_public_recipe():
    t = presets.resolve("agenticmath-sft", **PLACES)
    assert (t.epochs, t.learning_rate, t.weight_decay, t.max_length, t.zero) == (3, 5e-6, 0.1, 4096, "2")


def test_changes_go_over_the_preset():
    assert presets.resolve("tiny-sft", **PLACES, learning_rate="2e-4").learning_rate == 2e-4


def test_unknown_names_are_refused():
    with pytest.raises(BadSetting, match=r"'huge' is no preset\..*gsdp-sft"):
        presets.of("huge")
    with pytest.raises(BadSetting, match="lr: is not a known setting"):
        presets.resolve("tiny-sft", **PLACES, lr=1)
    with pytest.raises(BadSetting, match=r"learning_rate.*greater than 0"):
        presets.resolve("tiny-sft", **PLACES, learning_rate=-1)
