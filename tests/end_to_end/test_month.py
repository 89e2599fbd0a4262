"""A branch's month: who is reminded, who comes, what is earned, and what is fixed for ever."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.conftest import ReportFigures
from tests.end_to_end import month_truths as truths
from tests.end_to_end.day_truths import ended_well, hold, nothing_comes_after_newer_news
from tests.end_to_end.month import NIGHTLY, UNBOUND, Month, clock, found
from tests.end_to_end.month_script import SCRIPT
from tests.factories import POLICY


def played(month: Month) -> list[dict[str, int]]:
    """Let the month pass; gives the different states in which its fixed points were seen."""
    for sender in ("m7", "m8", "m9"):  # the official account is open to those who write
        month.say(sender, "可接")
    known, fixed = 0, list[dict[str, int]]()
    for when, number in clock(SCRIPT):
        if number is not None:
            month.play_line(when, *SCRIPT[number][1:])
            continue
        month.step(when, is_nightly=when.time() == NIGHTLY)
        hold(month, month.pushes[known:])
        known = len(month.pushes)
        seen = truths.standings(month)
        if seen and seen not in fixed:
            fixed.append(seen)
    return fixed


def test_a_branch_lives_through_a_month(
    engine: Engine,
    tmp_path: Path,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
    report_figures: ReportFigures,
) -> None:
    month = found(engine, tmp_path, redis_url, monkeypatch)
    fixed = played(month)

    truths.everybody_was_told_once(month)
    truths.the_answers_stand(month)
    truths.each_push_had_its_time(month)
    twice = truths.nobody_read_it_twice(month)
    truths.the_ledger_is_what_was_confirmed(month)
    assert fixed == [truths.november()]

    for name, heading, members in (
        ("刘主任", "近邻社区", truths.COMMUNITY),
        ("陈书记", "第一支部", truths.BRANCH),
    ):
        expected = f"{heading}11月29日回家日小结\n{truths.summed_up(members)}"
        assert month.world.news_of(name).count(expected) == 1, name

    ends = ended_well(month)
    nothing_comes_after_newer_news(month)
    assert truths.whoever_waits(month) == {
        "no channel": {UNBOUND[0]},
        "window closed": {"员7", "员8", "员9", ""},
    }
    assert UNBOUND[0] in month.say("chenshuji", "未送达").text
    balance = sum(hundredths for _, hundredths, _ in truths.EARNED["张三"]) / 100
    assert f"{balance:g} 分" in month.say("zhangsan", "积分").text
    report_figures(
        f"{engine.dialect.name}: a month in {month.steps} steps ({month.twice} of them twice), "
        f"{month.counts['said']} words said, {len(month.pushes)} pushes ({twice} twice, after a "
        f"kill), deliveries {', '.join(f'{count} {end}' for end, count in ends.most_common())}, "
        f"as of {month.world.now.astimezone(POLICY.timezone):%Y-%m-%d}"
    )
