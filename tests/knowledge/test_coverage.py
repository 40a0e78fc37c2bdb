from engine.knowledge.coverage import coverage, paths
from engine.knowledge.taxonomy import Taxonomy

TREE = Taxonomy.load()


def test_fl12_every_topic_has_a_row():
    """FL-12: the coverage report has a row per topic, in the order of the tree, also where there is no problem."""
    first, second, *_ = paths(TREE)
    report = coverage([first, first, second, f"{first} > Place value"], TREE)
    assert report.taxonomy == TREE.version
    assert [row.path for row in report.rows] == list(paths(TREE))
    assert [row.problems for row in report.rows[:3]] == [3, 1, 0]
    assert [row.share for row in report.rows[:3]] == [0.75, 0.25, 0.0]
    assert [row.id for row in report.rows] == [topic.id for topic in TREE.topics]
    assert report.covered == 2 / len(TREE.topics)
    assert report.missing == paths(TREE)[2:]
    assert report.elsewhere == ()


def test_fl12_paths_of_another_taxonomy_are_counted_apart():
    """FL-12: a version with other topics does not vanish from the report."""
    first = paths(TREE)[0]
    report = coverage([first.upper(), "Alchemy > Gold", "Alchemy > Gold", "Astrology"], TREE)
    assert report.rows[0].problems == 1
    assert [(row.path, row.problems, row.share) for row in report.elsewhere] == [
        ("Alchemy > Gold", 2, 0.5),
        ("Astrology", 1, 0.25),
    ]
    assert sum(row.share for row in report.rows + report.elsewhere) == 1


def test_no_problem_at_all_covers_nothing():
    report = coverage([], TREE)
    assert report.covered == 0
    assert {row.share for row in report.rows} == {0.0}


def test_paths_are_unique_and_follow_the_tree():
    assert len(set(paths(TREE))) == len(TREE.topics)
    for topic, path in zip(TREE.topics, paths(TREE), strict=True):
        assert TREE.path_of(topic.points[0])[:2] == tuple(path.split(" > "))
