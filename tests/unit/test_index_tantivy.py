"""The tantivy body: what lies in its folder, other processes, damage."""

import shutil

import pytest

from digitizer.errors import MissingDependencyError
from digitizer.ports import IndexedPage
from storage.search import TantivyIndex

SECRET = "Nguyễn Văn Bịa sinh năm 1970"


def page(document_id="d1", text=SECRET):
    return IndexedPage(document_id, 1, "F", "b", "c", text)


def test_what_another_instance_committed_is_found(tmp_path):
    reader, writer = TantivyIndex(tmp_path), TantivyIndex(tmp_path)
    assert reader.search("bịa", 1) == ()
    for number in range(3):
        writer.replace(f"d{number}", [page(f"d{number}")])
        writer.commit()
        assert len(reader.search("bịa", 10)) == number + 1
    reader.replace("d9", [page("d9")])
    reader.commit()
    assert len(writer.search("bịa", 10)) == 4


def test_the_index_holds_no_text_to_read_back(tmp_path):
    index = TantivyIndex(tmp_path)
    index.replace("d1", [page()])
    index.commit()
    assert not any(SECRET.encode() in file.read_bytes() for file in tmp_path.iterdir() if file.is_file())


def test_a_damaged_or_foreign_index_is_made_anew(tmp_path):
    index = TantivyIndex(tmp_path)
    index.replace("d1", [page()])
    index.commit()
    del index
    (tmp_path / "meta.json").write_text("{}")
    assert TantivyIndex(tmp_path).pages() == 0


def test_a_removed_index_is_said_to_be_removed(tmp_path):
    index = TantivyIndex(tmp_path / "index")
    shutil.rmtree(tmp_path / "index")
    with pytest.raises(MissingDependencyError, match="removed"):
        index.search("bịa", 1)
    assert TantivyIndex(tmp_path / "index").pages() == 0


def test_one_writer_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.search._WRITER_SECONDS", 0.1)
    one, two = TantivyIndex(tmp_path), TantivyIndex(tmp_path)
    one.replace("d1", [page()])
    with pytest.raises(MissingDependencyError, match="another process"):
        two.replace("d2", [page()])
    one.commit()
    two.replace("d2", [page("d2")])
    two.commit()
    assert one.pages() == 2


def test_half_a_document_is_never_committed(tmp_path):
    index = TantivyIndex(tmp_path)
    index.replace("d1", [page()])
    index.commit()

    def broken():
        yield page(text="mới")
        raise ConnectionError

    with pytest.raises(ConnectionError):
        index.replace("d1", broken())
    index.commit()
    assert (len(index.search("bịa", 5)), len(index.search("mới", 5))) == (1, 0)
    other = TantivyIndex(tmp_path)
    other.replace("d2", [page("d2")])
    other.commit()
    assert index.pages() == 2
