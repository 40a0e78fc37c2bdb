import asyncio

import pytest

from engine.core import project
from engine.core.project import EngineSpec
from engine.core.protocol import Probe
from engine.generation import recipes
from engine.models import measured_speed
from engine.planning.forecast import Band, Past, Sample, forecast, save, saved
from engine.planning.speed import measured_line, speed_of
from engine.reporting import doctor
from engine.runs.status import PhaseCount, Status


def test_a_healthy_project_needs_nothing(tmp_path):
    found = list(doctor.checks(project.create(tmp_path / "p")))
    assert [check.name for check in found if check.needed and not check.ok] == []
    assert any(check.name == "engine abacus" and "abacus-large" in check.detail for check in found)


def test_an_endpoint_that_does_not_answer_is_named_with_advice(tmp_path):
    home = project.create(tmp_path / "p")
    project.save_engines(home, {"local": EngineSpec(base_url="http://127.0.0.1:9/v1")})
    (check,) = [check for check in doctor.checks(home) if check.name == "engine local"]
    assert not check.ok
    assert "http://127.0.0.1:9/v1" in check.advice


def test_a_broken_engines_file_is_one_finding_not_a_crash(tmp_path):
    home = project.create(tmp_path / "p")
    home.engines_file.write_text("[engines.x]\nkind = 'magic'\n", encoding="utf-8")
    assert not next(check for check in doctor.checks(home) if check.name == "engines.toml").ok


def _run(done, kept, seconds=10.0, calls=90):
    return Status(done=done, funnel={"kept": kept}, started=100.0, ended=100.0 + seconds, calls=calls, tokens_in=900)


def test_without_history_there_is_no_forecast():
    assert forecast(1000, []) is None
    assert forecast(1000, [_run(2, 1)]) is None


def test_a_forecast_scales_what_earlier_runs_took():
    expected = forecast(1000, [_run(10, 4), _run(10, 6)])
    assert expected.basis == 20
    assert expected.calls == pytest.approx(9000)
    assert expected.seconds == pytest.approx(1000)
    assert expected.kept == pytest.approx(500)
    assert expected.kept_low < 500 < expected.kept_high
    assert expected.tokens_per_kept == pytest.approx(90_000 / 500)


def test_more_history_narrows_the_band():
    few, many = forecast(1000, [_run(10, 5)]), forecast(1000, [_run(1000, 500)])
    assert many.kept_high - many.kept_low < few.kept_high - few.kept_low


def test_bands_tell_how_much_items_differ():
    """Calls and tokens of single items give the spread; even items leave no room."""
    ran = _run(20, 10, calls=180).model_copy(update={"tokens_in": 15_000, "tokens_out": 5_000})
    even = Past(ran, sample=Sample((9,) * 20, (1_000,) * 20, 40.0))
    mixed = Past(ran, sample=Sample((4, 14) * 10, (200, 1_800) * 10, 40.0))
    same, wide = forecast(1000, [even]), forecast(1000, [mixed])
    assert same.calls_band.low == same.calls_band.high == pytest.approx(9000)
    assert wide.calls_band.low < 9000 < wide.calls_band.high
    assert wide.tokens_band.low < 1_000_000 < wide.tokens_band.high


def test_bands_hold_the_figure_where_seeds_are_rated_first():
    """Items of all phases take calls; a forecast counts those of the last one, and its band lies around it."""
    phases = (PhaseCount(name="rate", done=80), PhaseCount(name="write", done=20))
    ran = Status(done=100, phases=phases, funnel={"kept": 10}, calls=260, tokens_in=26_000)
    sample = Sample((1,) * 80 + (8, 10) * 10, (100,) * 80 + (800, 1_000) * 10, 40.0)
    expected = forecast(40, [Past(ran, sample=sample)])
    assert (expected.basis, expected.calls) == (20, pytest.approx(520))
    assert expected.calls_band.low < 520 < expected.calls_band.high
    assert expected.tokens_band.low < 52_000 < expected.tokens_band.high


def test_more_calls_in_flight_may_make_it_faster():
    """As fast as concurrency allows at best, no faster than before at worst."""
    one = Past(_run(20, 10, 20.0), sample=Sample((9,) * 20, (1_000,) * 20, 80.0))
    expected = forecast(1000, [one], concurrency=64)
    assert expected.seconds_band.high == pytest.approx(1000)
    assert expected.seconds_band.low == pytest.approx(1000 * 4 / 64)
    assert expected.seconds_band.low < expected.seconds < expected.seconds_band.high


def test_rented_hardware_is_paid_by_the_hour():
    """GSDP-33, CL-35: hours times the rate, beside what tokens cost."""
    status = _run(20, 10, 20.0).model_copy(update={"cost": 3.0 + 20 / 3600 * 36})
    expected = forecast(40, [Past(status, usd_per_hour=36.0, gpus=1)])
    assert expected.cost == pytest.approx(6.0 + 40 / 3600 * 36)
    assert expected.gpu_hours == pytest.approx(40 / 3600)
    assert expected.gpu_hours_per_kept == pytest.approx(40 / 3600 / 20)


def test_a_forecast_is_kept_with_its_run(tmp_path):
    expected = forecast(1000, [Past(_run(20, 10), sample=Sample((4, 14) * 10, (200, 1_800) * 10, 40.0))], 64)
    save(tmp_path, expected)
    assert saved(tmp_path) == expected
    assert saved(tmp_path / "none") is None


def test_the_probe_of_the_embedded_engine_needs_no_model_name():
    from engine.models.registry import make

    assert asyncio.run(make("abacus", EngineSpec(kind="abacus")).probe("")).ok


def test_a_slower_engine_than_before_makes_a_forecast_longer_and_a_faster_one_does_not():
    """What a measurement found now is held against the time that earlier runs took."""
    phase = PhaseCount(name="write", done=40, total=40, seconds=100.0)
    past = [Status(done=40, calls=80, tokens_out=8_000, phases=(phase,))]
    plain = forecast(80, past)
    assert plain is not None
    assert (plain.seconds, plain.seconds_band) == (200.0, None)
    slower = forecast(80, past, speed=16.0)
    assert slower is not None
    assert slower.seconds_band == Band(200.0, 1000.0)
    assert 200.0 < slower.seconds < 1000.0
    assert forecast(80, past, speed=1000.0) == plain


def test_the_speed_of_a_measurement_is_kept_for_the_one_model_at_its_address(tmp_path):
    home, spec = project.create(tmp_path / "p"), EngineSpec(base_url="http://127.0.0.1:9/v1")
    project.save_engines(home, {"local": spec})
    recipe = recipes.load("gsdp")
    alone = recipe.model_copy(update={"roles": dict.fromkeys(recipe.roles, "local:tiny")})
    assert (speed_of(home, alone), measured_line(home, alone)) == (0.0, "")
    measured_speed.keep(home, "local", spec, "tiny", Probe(True, "", tokens_per_second=2.0))
    measured_speed.keep(home, "local", spec, "tiny", Probe(True, "", tokens_per_second=0.0))
    assert speed_of(home, alone) == 2.0
    assert "local:tiny answered 2 tokens a second" in measured_line(home, alone)
    assert measured_line(home, alone).endswith("1,000 tokens of replies take 8 min.")
    mixed = alone.model_copy(update={"roles": {**alone.roles, "writer": "abacus:abacus-large"}})
    assert speed_of(home, mixed) == 0.0, "several models: nothing can be said of the whole"
    project.save_engines(home, {"local": EngineSpec(base_url="http://127.0.0.1:10/v1")})
    assert speed_of(home, alone) == 0.0, "another server may stand there"
    home.speeds_file.write_text("{nonsense")
    assert measured_speed.known(home) == []
