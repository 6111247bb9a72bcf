import pytest

from tests.web.sites import site_at


@pytest.fixture
def site(tmp_path):
    with site_at(tmp_path / "archive") as site:
        yield site
