from pathlib import Path

import pytest

from digitizer.errors import UsageError
from storage.catalogue import SqlCatalogue
from storage.local_disk import need_local_disk

MOUNTS = """22 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 22 0:40 / /srv rw - nfs4 server:/export rw
31 30 254:1 / /srv/disk rw - xfs /dev/vdb rw
32 22 0:41 / /mnt/two\\040words rw - cifs //server/share rw
33 22 0:42 / /mnt/over rw - nfs server:/old rw
34 22 254:2 / /mnt/over rw - ext4 /dev/vdc rw
"""


@pytest.fixture
def mounts(tmp_path):
    path = tmp_path / "mountinfo"
    path.write_text(MOUNTS)
    return path


@pytest.mark.parametrize("file", ["/srv/a/catalogue.sqlite", "/mnt/two words/c.sqlite"])
def test_d19_a_catalogue_on_a_network_share_is_refused(mounts, file):
    with pytest.raises(UsageError, match="network share"):
        need_local_disk(Path(file), mounts)


@pytest.mark.parametrize("file", ["/srv/disk/c.sqlite", "/home/c.sqlite", "/mnt/over/c.sqlite"])
def test_a_disk_of_this_machine_is_good(mounts, file):
    need_local_disk(Path(file), mounts)


def test_where_mounts_are_not_told_nothing_is_refused(tmp_path):
    need_local_disk(tmp_path / "c.sqlite", tmp_path / "no such file")


def test_d19_the_catalogue_asks_before_it_makes_a_file(tmp_path, monkeypatch):
    def refused(_file):
        raise UsageError("on a network share")

    monkeypatch.setattr("storage.dialect.need_local_disk", refused)
    with pytest.raises(UsageError, match="share"):
        SqlCatalogue(f"sqlite:///{tmp_path}/c.sqlite")
    assert not (tmp_path / "c.sqlite").exists()
