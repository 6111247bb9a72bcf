"""H20: whatever fits the OpenAPI description of the routes, the answer is no error of ours."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from digitizer.accounts import Role, Secrecy
from tests.web.sites import ORIGIN, csrf, person, put, site_at

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
SENT = ("method", "url", "params", "data", "json", "files")
#: They end the session that asks.
LEFT_OUT = ("/logout", "/password", "/accounts/{name}", "/accounts/{name}/password", "/login")


def calls(browser, count):
    """`count` made-up calls of every operation."""
    described = browser.get("/openapi.json").json()
    for path in LEFT_OUT:
        described["paths"].pop(path, None)
    for found in schemathesis.openapi.from_dict(described).get_all_operations():
        yield from examples(found.ok().as_strategy(), count)


def examples(strategy, count):
    made = []

    @settings(
        max_examples=count,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        derandomize=True,
        database=None,
    )
    @given(strategy)
    def collect(case):
        made.append(case)

    collect()
    return made


def test_h20_nothing_ends_in_an_error_of_ours(tmp_path):
    with site_at(tmp_path / "archive") as site:
        put(site, "a.pdf", "giấy mời họp")
        browser = person(site, *Role, name="all", fonds=None, clearance=Secrecy.MOST_SECRET)
        own = {**ORIGIN, "x-csrf-token": csrf(browser)}
        asked = 0
        for case in calls(browser, 12):
            sent = case.as_transport_kwargs(base_url="https://localhost")
            try:
                request = browser.build_request(
                    headers=own, **{key: sent[key] for key in SENT if sent.get(key) is not None}
                )
            except (UnicodeError, ValueError, TypeError):
                continue  # nothing that can be sent
            answer = browser.send(request)
            assert answer.status_code < 500, (case.method, case.path, sent)
            asked += 1
        assert asked > 100
