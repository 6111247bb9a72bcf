"""H20: whatever fits or does not fit the OpenAPI description, the answer is no error of ours."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from digitizer.accounts import Role, Secrecy
from tests.web.sites import ORIGIN, csrf, person, put, site_at

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with site_at(tmp_path_factory.mktemp("schema") / "archive") as site:
        put(site, "a.pdf", "giấy mời họp")
        yield person(site, *Role, name="all", fonds=None, clearance=Secrecy.MOST_SECRET)


@pytest.fixture(scope="module")
def api(browser):
    schema = browser.get("/openapi.json").json()
    for path in ("/logout", "/password", "/accounts/{name}", "/accounts/{name}/password", "/login"):
        schema["paths"].pop(path, None)  # they end the session that asks
    return schemathesis.openapi.from_dict(schema)


schema = schemathesis.pytest.from_fixture("api")


@schema.parametrize()
@settings(
    max_examples=8,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
    derandomize=True,
    database=None,
)
def test_h20_nothing_ends_in_an_error_of_ours(case, browser):
    headers = {**ORIGIN, "x-csrf-token": csrf(browser), **dict(case.headers or {})}
    sent = case.as_transport_kwargs(base_url="https://localhost")
    sent = {key: value for key, value in sent.items() if key in {"method", "url", "params", "data", "json"}}
    try:
        answer = browser.request(headers=headers, **sent)
    except (UnicodeError, ValueError):
        return  # no client can send it
    assert answer.status_code < 500, (sent, answer.text[:300])
    assert not_a_server_error
