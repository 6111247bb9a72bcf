"""I09: a page is proved by a bundle that is checked without this system; every changed byte shows."""

from __future__ import annotations

import hashlib
import io
import json
import subprocess
import sys
import zipfile

import pytest

from digitizer.accounts import Role
from tests.web.sites import NUMBER, person, post, put


@pytest.fixture
def bundle(site, tmp_path):
    document = put(site, "Quyết định 125.pdf", "Số: 125/QĐ-UBND\nhọp\fhai")
    clerk = person(site, Role.CLERK)
    clerk.get(f"/documents/{document}")
    answer = clerk.get(f"/documents/{document}/pages/1/proof.zip")
    assert answer.status_code == 200, answer.text
    folder = tmp_path / "bundle"
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(folder)
    return folder


def check(folder, *more):
    """What the program in the bundle says, run by a Python without our packages."""
    argv = [sys.executable, "-I", "-S", str(folder / "verify.py"), *more]
    done = subprocess.run(argv, capture_output=True, text=True, check=False, cwd="/")
    return done.returncode, done.stdout


def test_i09_the_bundle_proves_itself_without_this_system(site, bundle):
    status, said = check(bundle)
    assert (status, said.count("ok ")) == (0, 5), said
    page = json.loads((bundle / "page.json").read_text())
    assert page["text"] == "Số: 125/QĐ-UBND\nhọp"
    assert page["fields"][0]["box"] == [100, 130, 180, 150]
    assert page["recipe"]["engines"][0]["name"] == "fake"
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert manifest["document"]["path"] == "Quyết định 125.pdf"
    assert (bundle / manifest["document"]["original"]).read_text().startswith("Số: 125")
    events = json.loads((bundle / "events.json").read_text())["events"]
    assert [each["premis"]["eventType"] for each in events] == ["received", "claimed", "digitized"]
    assert "person:clerk" not in (bundle / "events.json").read_text()


def test_i09_the_archive_s_own_trail_confirms_the_seal(site, bundle):
    seal = json.loads((bundle / "seal.json").read_text())
    (kept,) = [e for e in site.archive.catalogue.events() if e.kind == "proved"]
    assert dict(kept.detail)["manifest"] == dict(json.loads(seal["row"][5]))["manifest"]
    assert site.archive.catalogue.verify_events()[1] == seal["hash"]
    assert check(bundle, "--trail", seal["hash"])[0] == 0
    assert check(bundle, "--trail", "0" * 64)[0] == 1


def test_i09_every_changed_byte_is_noticed_and_named(bundle):
    named = sorted(p for p in bundle.rglob("*") if p.is_file())
    tried = 0
    for path in named:
        if path.name in {"verify.py", "README.txt"}:
            continue
        whole = path.read_bytes()
        for place in {0, len(whole) // 3, len(whole) // 2, len(whole) - 2}:
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            status, said = check(bundle)
            assert status == 1, (path, place, said)
            assert "WRONG" in said
            tried += 1
        path.write_bytes(whole)
    assert tried >= 24
    assert check(bundle)[0] == 0


@pytest.mark.parametrize("act", ["taken", "added", "event-out", "manifest-too"])
def test_i09_files_and_events_that_go_or_come_are_noticed(bundle, act):
    if act == "taken":
        next(bundle.glob("derivatives/*")).unlink()
    elif act == "added":
        (bundle / "derivatives/more.txt").write_text("x")
    else:
        events = json.loads((bundle / "events.json").read_text())
        del events["events"][0]
        (bundle / "events.json").write_text(json.dumps(events))
        if act == "manifest-too":  # whoever mends the digests has no seal for it
            manifest = json.loads((bundle / "manifest.json").read_text())
            data = (bundle / "events.json").read_bytes()
            for each in manifest["files"]:
                if each["name"] == "events.json":
                    each |= {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
            (bundle / "manifest.json").write_text(json.dumps(manifest))
    assert check(bundle)[0] == 1


def test_j01_personal_data_goes_into_no_proof_without_a_reason(site):
    document = put(site, "a.pdf", f"giấy mời {NUMBER}")
    clerk = person(site, Role.CLERK)
    path = f"/documents/{document}/pages/1/proof.zip"
    assert clerk.get(path).status_code == 403
    post(clerk, f"/documents/{document}/unmask", reason="trả lời công dân")
    assert clerk.get(path).status_code == 200
    assert clerk.get(path.replace("/1/", "/9/")).status_code == 404
    assert person(site, Role.OPERATOR).get(path).status_code == 403
    assert list(site.archive.scratch.glob("proof-*")) == []
