"""What is left out for its length is left out in one way only, and comes back with `--trust`."""

from __future__ import annotations

from pathlib import Path

import pytest

SUITE = """
    import pytest

    @pytest.mark.quick(colour=["red"])
    @pytest.mark.quick(colour=["blue"], size=[1])
    @pytest.mark.parametrize("size", [1, 2])
    @pytest.mark.parametrize("colour", ["red", "blue", "green"])
    def test_a_colour_of_a_size(colour, size): ...

    @pytest.mark.thorough
    def test_much(): ...

    def test_little(trust): print("all" if trust else "some")
"""


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    pytester.makeconftest((Path(__file__).parent / "trust.py").read_text(encoding="utf-8"))
    pytester.makepyfile(test_suite=SUITE)
    return pytester


def run(suite: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return suite.runpytest_inprocess("-p", "no:cacheprovider", "-s", "-W", "ignore", *arguments)


def test_the_quick_cases_run_alone(suite: pytest.Pytester) -> None:
    found = run(suite)
    found.assert_outcomes(passed=4, deselected=4)
    found.stdout.fnmatch_lines("*some*")


def test_with_trust_everything_runs(suite: pytest.Pytester) -> None:
    found = run(suite, "--trust")
    found.assert_outcomes(passed=8)
    found.stdout.fnmatch_lines("*all*")


def test_what_is_asked_for_by_name_runs(suite: pytest.Pytester) -> None:
    run(suite, "test_suite.py::test_much").assert_outcomes(passed=1)
    run(suite, "test_suite.py::test_a_colour_of_a_size[green-2]").assert_outcomes(passed=1)


def test_a_mark_that_leaves_nothing_of_its_test_is_refused(suite: pytest.Pytester) -> None:
    suite.makepyfile(
        test_suite=SUITE.replace('colour=["red"]', 'colour=["rad"]').replace('"blue"], size', '"bla"], size')
    )
    assert run(suite).ret == pytest.ExitCode.USAGE_ERROR
