"""A benchmark says of each of its limits whether it was kept, and ends with 1 where one was not."""

import pytest

from benchmarks.limits import at_least, at_most, end


def test_kept_limits_are_printed_and_end_nothing(capsys):
    end(at_most("waiting", 1.5, 1.5, "{:.1f} s"), at_least("kept", 0.99, 0.99, "{:.1%}"))
    assert capsys.readouterr().out.splitlines() == [
        "within the limit: waiting 1.5 s, at most 1.5 s",
        "within the limit: kept 99.0%, at least 99.0%",
    ]


@pytest.mark.parametrize(
    "missed", [at_most("it", 1.51, 1.5), at_least("it", 0.98, 0.99), at_most("it", float("nan"), 1)]
)
def test_one_missed_limit_ends_the_program_with_1_after_all_were_printed(capsys, missed):
    with pytest.raises(SystemExit) as ended:
        end(missed, at_most("other", 1, 2))
    assert ended.value.code == 1
    beyond, within = capsys.readouterr().out.splitlines()
    assert beyond.startswith("beyond the limit: it") and within.startswith("within the limit: other")
