"""Settings: their order, and that nothing unknown passes in silence."""

from __future__ import annotations

import pytest

from digitizer.bootstrap import archive_of, jobs_of, limits_of, probes_of
from digitizer.errors import UsageError
from digitizer.services.check import check
from digitizer.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    for name in Settings.names():
        monkeypatch.delenv(f"DIGITIZER_{name.upper()}", raising=False)


def test_flags_come_before_the_environment_before_the_file_before_defaults(tmp_path, monkeypatch):
    (tmp_path / "digitizer.toml").write_text('language = "file"\njobs = 3\nmax_pages = 7\n')
    monkeypatch.setenv("DIGITIZER_LANGUAGE", "env")
    monkeypatch.setenv("DIGITIZER_JOBS", "4")
    settings = load_settings({"language": "flag", "jobs": None}, tmp_path)
    assert (settings.language, settings.jobs, settings.max_pages) == ("flag", 4, 7)
    assert settings.max_bytes == 2_000_000_000
    assert limits_of(settings).max_pages == 7
    assert jobs_of(settings) == 4


def test_an_unknown_name_in_the_file_is_refused_with_the_nearest_right_one(tmp_path):
    (tmp_path / "digitizer.toml").write_text('databse_url = "x"\n')
    with pytest.raises(UsageError, match=r'unknown setting "databse_url": did you mean "database_url"\?'):
        load_settings(folder=tmp_path)


def test_an_unknown_variable_is_refused_with_the_nearest_right_one(tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITIZER_LANGAUGE", "vie")
    with pytest.raises(UsageError, match=r'"DIGITIZER_LANGAUGE": did you mean "DIGITIZER_LANGUAGE"\?'):
        load_settings(folder=tmp_path)


def test_a_name_like_no_other_is_refused_without_a_guess(tmp_path):
    (tmp_path / "digitizer.toml").write_text("zzz = 1\n")
    with pytest.raises(UsageError, match=r'unknown setting "zzz" in digitizer\.toml'):
        load_settings(folder=tmp_path)


@pytest.mark.parametrize(("line", "said"), [("jobs = -1", "jobs"), ('log_level = "loud"', "log_level")])
def test_a_value_that_does_not_fit_is_named(tmp_path, line, said):
    (tmp_path / "digitizer.toml").write_text(line)
    with pytest.raises(UsageError, match=said):
        load_settings(folder=tmp_path)


def test_a_file_that_is_no_toml_is_refused(tmp_path):
    (tmp_path / "digitizer.toml").write_text("= what")
    with pytest.raises(UsageError, match=r"digitizer\.toml cannot be read"):
        load_settings(folder=tmp_path)


def test_a_secret_is_never_shown(tmp_path):
    settings = load_settings({"store_secret_key": "mật", "redis_url": "redis://:mật@h"}, tmp_path)
    assert "mật" not in str(settings.shown())
    assert "mật" not in repr(settings)


def test_a_wrong_secret_is_not_repeated_in_the_error(tmp_path, monkeypatch):
    (tmp_path / "digitizer.toml").write_text("store_secret_key = 12345\n")
    with pytest.raises(UsageError) as caught:
        load_settings(folder=tmp_path)
    assert "12345" not in str(caught.value)


def test_check_makes_no_archive_and_says_so(tmp_path):
    settings = load_settings({"home": tmp_path / "none"}, tmp_path)
    (finding,) = check({"archive": probes_of(settings)["archive"]})
    assert finding.good
    assert "does not exist yet" in finding.line
    assert not (tmp_path / "none").exists()


def test_check_says_what_is_missing(tmp_path):
    settings = load_settings({"tessdata": tmp_path}, tmp_path)
    (finding,) = check({"reader": probes_of(settings)["reader"]})
    assert not finding.good
    assert "vie" in finding.line


def test_an_archive_is_made_on_first_use(tmp_path):
    settings = load_settings({"home": tmp_path / "archive"}, tmp_path)
    with archive_of(settings) as app:
        assert list(app.catalogue.batches()) == []
    assert (tmp_path / "archive" / "masters").is_dir()


def test_a_password_in_the_database_s_address_is_not_shown():
    settings = Settings(database_url="postgresql+psycopg://digitizer:mật khẩu@db.example.vn/digitizer")
    assert (
        settings.shown()["database_url"]
        == "postgresql+psycopg://digitizer:**********@db.example.vn/digitizer"
    )
    assert Settings(database_url="sqlite:///a/b.db").shown()["database_url"] == "sqlite:///a/b.db"
