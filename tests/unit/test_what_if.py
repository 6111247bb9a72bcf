"""Changes to try: how they are typed, and what they do to a forecast."""

from datetime import date, timedelta

import pytest

from digitizer.errors import UsageError
from digitizer.planning.forecast import Resources, StationRate, what_if
from digitizer.services.what_if import read_change


def test_a_change_is_people_or_scanners_and_shifts():
    assert read_change("received=2:4") == ("received", (Resources(2), Resources(4)))
    assert read_change("checked=3x1:3x2") == ("checked", (Resources(3, 1), Resources(3, 2)))


@pytest.mark.parametrize("text", ["", "scanned=1:2", "read=2", "read=0:1", "read=1:2x0", "read=a:b"])
def test_what_is_no_change_is_refused_with_an_example(text):
    with pytest.raises(UsageError, match="what-if"):
        read_change(text)


def test_twice_the_hands_at_the_bottleneck_help_until_the_next_station_is_the_slowest():
    today = date(2025, 6, 2)
    counts = {today - timedelta(days=n): 100 for n in range(1, 183)}
    rates = [StationRate("read", 100, 210, 0), StationRate("checked", 100, 100, 9000, bottleneck=True)]
    change = {"checked": (Resources(2), Resources(4))}
    then = what_if(rates, change, (counts, 3000), today)
    assert (then.bottleneck, then.gain) == ("read", 1.5)
    assert then.forecast.median == today + timedelta(days=19)
