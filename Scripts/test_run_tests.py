"""The summary line counts every runner, and a runner that dies without a word counts as a failure."""

import pytest
from run_tests import Tally

PASSING = '<testsuite><testcase classname="A" name="a"/><testcase classname="A" name="b"><skipped/></testcase></testsuite>'
FAILING = '<testsuites><testsuite><testcase classname="B" name="c"><failure/><failure/></testcase></testsuite></testsuites>'


@pytest.mark.parametrize(
    ("status", "results", "line", "failed"),
    [
        (0, [PASSING], "1 passed, 0 failed, 1 skipped", []),
        (1, [PASSING, FAILING], "1 passed, 1 failed, 1 skipped", ["B.c"]),
        (1, [PASSING], "1 passed, 1 failed, 1 skipped", ["runner (exit status 1, 2 tests listed)"]),
        (139, [], "0 passed, 1 failed, 0 skipped", ["runner (exit status 139, 0 tests listed)"]),
        (139, [PASSING[:60]], "0 passed, 1 failed, 0 skipped", ["runner (exit status 139, 0 tests listed)"]),
        (0, ["<testsuite/>"], "0 passed, 1 failed, 0 skipped", ["runner (exit status 0, 0 tests listed)"]),
    ],
)
def test_counts(tmp_path, status, results, line, failed):
    files = []
    for number, text in enumerate(results):
        files.append(tmp_path / f"{number}.xml")
        files[-1].write_text(text)
    tally = Tally()
    tally.add_tests("runner", status, files)
    assert tally.line() == line
    assert tally.failed == failed


def test_steps_count_as_one():
    tally = Tally()
    tally.add_step("build", 0)
    tally.add_step("types", 2)
    assert tally.line() == "1 passed, 1 failed, 0 skipped"
    assert tally.failed == ["types (exit status 2)"]
