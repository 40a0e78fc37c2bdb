import pytest
from pydantic import ValidationError

from engine.core.errors import BadSetting
from engine.core.settings import DualFilter, Judging, Mixture, Recipe, RecipeSettings, explain

PUBLISHED = {
    ("agenticmath", "seed_limit"): 3,
    ("agenticmath", "review_limit"): 4.5,
    ("agenticmath", "rounds"): 3,
    ("agenticmath", "variants"): 6,
    ("curation", "min_confidence"): 0.5,
    ("curation", "neighbours"): 10,
    ("curation", "epochs"): 51,
    ("filter", "merge_at"): 0.90,
    ("filter", "ask_from"): 0.70,
    ("judging", "keep_at"): 0.85,
    ("continual", "min_difficulty"): 0.3,
    ("decontamination", "share"): 0.95,
    ("decontamination", "n"): 8,
    ("flames", "shares"): {
        "suggester_editor": 50,
        "iqc": 20,
        "taxonomy_key_concepts": 20,
        "distraction_insertion": 10,
    },
    ("extraction", "limit"): 10,
}


@pytest.mark.parametrize(("key", "value"), PUBLISHED.items())
def test_x07_published_defaults_are_settings_with_source_and_grade(key, value):
    """X-07: every threshold is a parameter with the paper's value as default, shown with source and grade."""
    section, name = key
    settings = getattr(RecipeSettings(), section)
    assert getattr(settings, name) == value
    extra = type(settings).model_fields[name].json_schema_extra
    assert extra["source"]
    assert extra["grade"] in {"S", "R", "P", "N"}


def _sections():
    return [type(getattr(RecipeSettings(), name)) for name in RecipeSettings.model_fields]


@pytest.mark.parametrize("section", _sections(), ids=lambda s: s.__name__)
def test_every_setting_has_a_sentence_for_the_form(section):
    for name, field in section.model_fields.items():
        assert field.description, f"{section.__name__}.{name} has no sentence"
        assert field.description.endswith(".")


def test_gsdp07_thresholds_are_adjustable_but_ordered():
    """GSDP-07: the thresholds of the dual filter are adjustable."""
    assert DualFilter(merge_at=0.95, ask_from=0.6).merge_at == 0.95
    with pytest.raises(ValidationError):
        DualFilter(merge_at=0.6, ask_from=0.7)


def test_gsdp29_three_judges_by_default():
    """GSDP-29: the judge set is a setting, three judges by default."""
    assert len(Judging().weights) == 3
    assert Judging(weights={"judge_a": 1, "judge_d": 2}).weights["judge_d"] == 2


def test_shares_must_add_up_to_a_hundred():
    with pytest.raises(ValidationError, match="105, not 100"):
        Mixture(one_hop=30)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"roles": {}, "title": "t", "name": "n", "colour": 1}, "colour: is not a known setting (got 1)"),
        (
            {"roles": {}, "title": "t", "name": "n", "settings": {"judging": {"keep_at": 2}}},
            "settings.judging.keep_at: Input should be less than or equal to 1 (got 2)",
        ),
        ({"roles": {}, "name": "n"}, "title: Field required"),
    ],
)
def test_a_bad_setting_is_one_clear_line(body, message):
    with pytest.raises(ValidationError) as caught:
        Recipe.model_validate(body)
    assert str(explain(caught.value, where="recipe n")) == f"recipe n: {message}"
    assert isinstance(explain(caught.value), BadSetting)
