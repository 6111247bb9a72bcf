"""Forecasts: the interval holds the truth of simulated histories; rates, bottleneck and what-if add up."""

from datetime import date, timedelta

import pytest

from digitizer.inventory import DayCount
from digitizer.planning.forecast import Resources, forecast, required_a_day, station_rates, what_if
from digitizer.planning.histories import coverage

TODAY = date(2025, 11, 3)


def every_day(count, days=140):
    return {TODAY - timedelta(days=n): count for n in range(1, days + 1)}


def test_the_interval_holds_the_truth_in_nine_of_ten_histories():
    assert coverage(60, seed=7, seen_weeks=26).share >= 0.9
    assert coverage(60, seed=8, seen_weeks=8).share >= 0.85  # the full run of the bench holds 0.9 here too


def test_steady_work_ends_on_its_day():
    found = forecast(every_day(100), 1000, TODAY, due=date(2025, 11, 12))
    assert found.earliest == found.median == found.latest == TODAY + timedelta(days=9)
    assert (found.a_day, found.chance) == (100.0, 1.0)


def test_what_is_done_needs_no_forecast_and_what_stands_still_has_none():
    assert forecast(every_day(100), 0, TODAY).median == TODAY
    assert forecast({}, 10, TODAY).median is None
    assert forecast(every_day(100, days=20), 10, TODAY).median is None  # less than four weeks


def test_beyond_the_horizon_there_is_no_day():
    assert forecast(every_day(1), 10**9, TODAY, due=date(2026, 1, 1)).median is None


def test_required_pages_count_working_days():
    assert required_a_day(100, date(2025, 12, 1), date(2025, 12, 14)) == 10.0
    assert required_a_day(100, date(2025, 12, 2), date(2025, 12, 1)) is None


def counts(station, pages, weeks=8):
    days = (TODAY - timedelta(days=n) for n in range(1, 7 * weeks + 1))
    return [DayCount(day.isoformat(), station, 1, pages, 0, 0) for day in days]


def chain():
    speeds = {"received": 100, "read": 90, "checked": 40, "described": 40, "accepted": 39}
    return station_rates([each for name, pages in speeds.items() for each in counts(name, pages)], TODAY)


def test_the_bottleneck_is_where_work_piles_up():
    rates = chain()
    assert [rate.station for rate in rates if rate.bottleneck] == ["checked"]
    assert rates[2].waiting == (90 - 40) * 56


def test_more_hands_at_the_bottleneck_move_it_on():
    rates = chain()
    found = what_if(rates, {"checked": (Resources(2), Resources(4))}, (every_day(39), 3900), TODAY)
    assert found.bottleneck != "checked"
    assert 1.0 <= found.gain < 2.0
    twice = {
        name: (Resources(2, 1), Resources(2, 2))
        for name in ("received", "read", "checked", "described", "accepted")
    }
    assert what_if(rates, twice, (every_day(39), 3900), TODAY).gain == pytest.approx(2.0)
