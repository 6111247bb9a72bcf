"""Whoever takes personal data whole out of the archive leaves an event; masked exports need none."""

import pytest
from typer.testing import CliRunner

from digitizer.bootstrap import archive_of
from digitizer.cli import app
from digitizer.settings import Settings


@pytest.mark.parametrize("what", ["fields", "training"])
def test_i07_an_unmasked_export_is_noted_and_a_masked_one_is_not(tmp_path, monkeypatch, what):
    home = tmp_path / "archive"
    monkeypatch.setenv("DIGITIZER_HOME", str(home))

    def noted():
        with archive_of(Settings(home=home)) as archive:
            return [(e.kind, e.agent.name, dict(e.detail)) for e in archive.catalogue.events()]

    assert CliRunner().invoke(app, ["export", what]).exit_code == 0
    assert noted() == []
    assert CliRunner().invoke(app, ["export", what, "--unmasked"]).exit_code == 0
    ((kind, agent, detail),) = noted()
    assert (kind, detail) == ("exported", {"what": what, "rows": "0", "masked": "False"})
    assert agent.startswith("person:os/")
