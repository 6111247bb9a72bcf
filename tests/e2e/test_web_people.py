"""What people do beside the day's round, as they do it in a browser: a ZIP, a second look, a proof."""

from __future__ import annotations

import json
import re
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from digitizer.accounts import Account, Role
from digitizer.model import Agent
from scripts.day import PASSWORD, Day, Served, browser_page
from scripts.samples.pile import PILE, Item, _leaves
from scripts.samples.sets import Order, produce, rng_for
from storage.accounts import SqlAccounts
from storage.passwords import Argon2Passwords
from tests.e2e.test_web_day import barriers
from tests.e2e.test_web_day import pytestmark as of_a_browser
from tests.servers import oidc
from tests.unit.drawn import words_at

pytestmark = of_a_browser
PEOPLE = {
    "quet": ("Quet", {Role.OPERATOR}),
    "kiem": ("Kiem", {Role.REVIEWER}),
    "duyet": ("Duyet", {Role.REVIEWER}),
    "tra": ("Tra", {Role.CLERK, Role.ARCHIVIST}),
    "soat": ("Soat", {Role.AUDITOR}),
    "quan": ("Quan", set(Role)),
}
FIRST = [
    (150, 150, "ỦY BAN NHÂN DÂN XÃ ĐÔNG"),
    (150, 260, "Số: 125/QĐ-UBND"),
    (480, 420, "QUYẾT ĐỊNH"),
    (150, 560, "Về việc thành lập tổ rà soát tài liệu"),
    (150, 660, "Điều 1. Thành lập tổ rà soát tài liệu lưu trữ của xã;"),
]
SECOND = [(150, 200, "Điều 2. Giao văn phòng thi hành quyết định này."), (150, 300, "Lê Văn Quốc")]
VIETNAMESE = re.compile(
    "[ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE
)


def drawn(path: Path, *pages: list[tuple[int, int, str]]) -> Path:
    images = [Image.fromarray(words_at(each, (1800, 1500))) for each in pages]
    images[0].save(path, save_all=True, append_images=images[1:], resolution=180)
    return path


def certificate(folder: Path) -> Path:
    """A birth certificate as the samples draw it: its class asks for two people."""
    item = next(each for each in PILE if each.stem == "giay-khai-sinh")
    plain = Item(item.stem, item.writers, item.level, item.form)
    produce(Order("khai-sinh", _leaves(plain, (7, 9, 2)), item.level, item.form), folder, rng_for(7, 9, 2, 1))
    return next(each for each in folder.rglob("khai-sinh*") if each.suffix == ".jpg")


def people(served: Served) -> None:
    served.home.mkdir()
    accounts = SqlAccounts(f"sqlite:///{served.home}/catalogue.sqlite")
    known = Argon2Passwords(memory_kib=1024, passes=1).hash(PASSWORD)
    for name, (shown, roles) in PEOPLE.items():
        accounts.save(Account(name, shown, frozenset(roles), None), Agent("software:day"))
        accounts.set_password(name, known, Agent("software:day"))
    accounts.close()


def told(served: Served, *argv: str) -> str:
    command = [sys.executable, "-m", "digitizer.cli", *argv]
    done = subprocess.run(command, env=served.environment, check=True, capture_output=True, text=True)
    return done.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An archive with a decision of two pages and a birth certificate, brought in by a machine."""
    home = tmp_path_factory.mktemp("people")
    served = Served(home / "archive")
    people(served)
    (home / "in").mkdir()
    drawn(home / "in" / "quyet-dinh.pdf", FIRST, SECOND)
    shutil.copy(certificate(home / "pile"), home / "in" / "khai-sinh.jpg")
    told(served, "ingest", str(home / "in"), "--fonds", "F01", "--batch", "lo-1", "--quiet")
    served.work()
    served.start()
    yield served
    served.kill(signal.SIGTERM)


@pytest.fixture
def day(archive: Served) -> Iterator[Day]:
    with browser_page() as page:
        page.set_default_timeout(30_000)
        yield Day(archive, page)


def document(day: Day, name: str) -> str:
    """The address of a document, from the list of its batch."""
    day.page.goto(f"{day.served.url}/batches/F01/lo-1")
    return str(day.page.get_by_role("link", name=name).get_attribute("href"))


def saved(day: Day, link: str, folder: Path) -> Path:
    """Click a link of a file; where it was saved."""
    with day.page.expect_download() as coming:
        day.page.get_by_role("link", name=link).click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def test_a_zip_is_uploaded_unpacked_read_and_its_members_come_down_again(day, tmp_path):
    page = day.page
    inside = drawn(tmp_path / "bao-cao.pdf", [(150, 300, "Báo cáo tổng kết công tác lưu trữ")])
    with zipfile.ZipFile(tmp_path / "hop-7.zip", "w") as packed:
        packed.write(inside, "tap 1/bao-cao.pdf")
        packed.writestr("ghi-chu.txt", "not a scan")
        packed.writestr("trong.pdf", "")
    day.enter("quet")
    page.goto(f"{day.served.url}/upload")
    page.fill("#fonds", "F01")
    page.fill("#batch", "lo-zip")
    page.set_input_files("#files", [str(tmp_path / "hop-7.zip")])
    page.wait_for_selector("body[data-uploaded='1']")
    row = page.locator("#rows").inner_text()
    assert "đã giải nén" in row, row
    assert "trong.pdf: E-EMPTY" in row
    assert barriers(day) == []
    day.served.work()
    page.goto(f"{day.served.url}/batches/F01/lo-zip")
    page.get_by_role("link", name="hop-7.zip/tap 1/bao-cao.pdf").wait_for()
    day.leave()

    day.enter("tra")
    page.goto(f"{day.served.url}/")
    page.fill("#q", "bao cao tong ket")
    page.locator(".hit h2 a").first.click()
    page.wait_for_selector(".reader[data-ready]")
    assert saved(day, "Bản quét gốc", tmp_path / "down").read_bytes() == inside.read_bytes()
    assert saved(day, "PDF/A", tmp_path / "down").read_bytes().startswith(b"%PDF")
    assert day.errors == []


def test_a_search_is_saved_found_again_on_the_start_page_and_deleted(day):
    page = day.page
    day.enter("tra")
    page.goto(f"{day.served.url}/")
    page.fill("#q", "quyet dinh")
    page.wait_for_selector(".hit mark")
    page.locator(".facets").get_by_role("link", name="F01").click()
    page.wait_for_selector(".facets [aria-current=true]")
    page.fill("#keep", "Quyết định của F01")
    page.keyboard.press("Enter")
    page.wait_for_selector(".saved")
    page.goto(f"{day.served.url}/")
    page.locator(".saved").get_by_role("link", name="Quyết định của F01").click()
    page.wait_for_selector(".hit mark")
    assert page.input_value("#q") == "quyet dinh"
    assert page.locator(".facets [aria-current=true]").inner_text().startswith("F01")
    page.goto(f"{day.served.url}/")
    page.get_by_role("button", name="Quyết định của F01").click()
    page.wait_for_selector(".saved", state="detached")
    assert day.errors == []


def test_papers_are_split_merged_and_split_again_on_the_desk(day):
    page = day.page
    day.enter("kiem")
    address = document(day, "quyet-dinh.pdf")

    def papers() -> list[str]:
        page.goto(f"{day.served.url}{address}")
        return page.locator(".fields h2").all_inner_texts()

    def draw(second: bool, kind: str = "") -> None:
        page.goto(f"{day.served.url}{address}")
        page.locator(".fields").first.get_by_role("link", name="Kiểm tra").click()
        page.wait_for_selector(".reader[data-ready]")
        page.get_by_text("Văn bản và loại trong tệp").click()
        page.get_by_role("checkbox", name="trang 2").set_checked(second)
        if kind:
            page.locator("#class2").select_option(label=kind)
        page.get_by_role("button", name="Chia lại văn bản").click()
        page.wait_for_selector(".reader[data-ready]")

    assert len(papers()) == 1
    draw(True, "Thông báo")
    split = papers()
    assert len(split) == 2
    assert "Thông báo" in split[1]
    draw(False)
    assert len(papers()) == 1
    page.locator(".fields").first.get_by_role("link", name="Kiểm tra").click()
    page.get_by_text("Văn bản và loại trong tệp").click()
    assert barriers(day) == []
    page.get_by_role("button", name="Bỏ lần chia gần nhất").click()
    page.wait_for_selector(".reader[data-ready]")
    assert len(papers()) == 2
    draw(False)
    assert day.errors == []


def test_the_desk_is_usable_before_the_viewer_has_come(day):
    page = day.page
    day.enter("kiem")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.route("**/openseadragon*", hold)
    page.goto(f"{day.served.url}{document(day, 'quyet-dinh.pdf')}")
    page.locator(".fields").first.get_by_role("link", name="Kiểm tra").click()
    field = page.locator("#desk [data-machine]:not([data-box='0,0,0,0'])").first
    field.focus()
    page.keyboard.press("End")
    page.keyboard.type(" ngay")
    assert field.input_value().endswith(" ngay")
    page.locator('[data-do="text"]').click()
    page.locator(".textline").first.wait_for()
    page.locator('[data-do="in"]').click()  # waits for the viewer, and is no error
    assert page.locator(".reader[data-ready]").count() == 0
    for route in held:
        route.continue_()
    page.wait_for_selector(".reader[data-ready]")
    page.wait_for_selector(".mark.field", state="attached")
    assert day.errors == []


def test_who_was_quicker_than_the_desk_s_script_sees_the_place_of_the_field(day):
    page = day.page
    day.enter("kiem")
    held: list[Any] = []

    def hold(route: Any) -> None:
        held.append(route)

    page.goto(f"{day.served.url}{document(day, 'quyet-dinh.pdf')}")
    page.route("**/review*.js*", hold)
    page.locator(".fields").first.get_by_role("link", name="Kiểm tra").click(no_wait_after=True)
    page.locator("#desk [data-machine]:not([data-box='0,0,0,0'])").first.focus()
    for route in held:
        route.continue_()
    assert held
    page.wait_for_selector(".mark.field", state="attached")
    page.unroute("**/review*.js*")


def to_the_certificate(day: Day) -> bool:
    """From the head of the line, put papers off until the certificate comes; whether it comes at all."""
    day.page.goto(f"{day.served.url}/review")
    while day.page.locator("#desk").count():
        day.page.wait_for_selector(".reader[data-ready]")
        if "khai-sinh" in day.page.locator("h1").inner_text():
            return True
        with day.page.expect_navigation():
            day.page.get_by_role("button", name="Để sau").click()
    return False


def keep_all(day: Day) -> None:
    page = day.page
    page.locator("#unmask button").click()
    page.wait_for_selector("#unmask", state="detached")
    page.wait_for_selector(".reader[data-ready]")
    page.keyboard.press("Control+Enter")
    page.locator("#desk[data-sent]").wait_for(state="detached")


def test_a_certificate_is_done_when_two_people_have_kept_it(day):
    page = day.page
    day.enter("kiem")
    address = document(day, "khai-sinh.jpg")
    assert to_the_certificate(day)
    assert "cần hai người" in page.locator(".heading").inner_text()
    keep_all(day)
    assert not to_the_certificate(day)  # one's own look is not followed by one's own second
    page.goto(f"{day.served.url}{address}")
    page.locator(".fields").first.get_by_role("link", name="Kiểm tra").click()
    page.wait_for_selector(".reader[data-ready]")
    assert "người thứ hai" in page.locator("#barred").inner_text()
    assert page.locator("#keep").is_disabled()
    assert barriers(day) == []
    day.leave()

    day.enter("duyet")
    assert to_the_certificate(day)
    assert "kiem" in page.locator(".side .note").first.inner_text()
    keep_all(day)
    assert not to_the_certificate(day)
    day.leave()
    day.enter("kiem")
    assert not to_the_certificate(day)
    assert day.errors == []


def test_a_page_is_proved_to_somebody_who_has_nothing_of_ours(day, tmp_path):
    page = day.page
    day.enter("quan")
    address = document(day, "quyet-dinh.pdf")
    page.goto(f"{day.served.url}{address}?page=2")
    page.wait_for_selector(".reader[data-ready='2']")
    bundle = saved(day, "Chứng thực trang này", tmp_path)
    assert bundle.suffix == ".zip"
    subprocess.run(["unzip", "-q", bundle, "-d", tmp_path / "bundle"], check=True)
    readme = (tmp_path / "bundle/README.txt").read_text("utf-8")
    assert f"unzip {bundle.name} -d bundle && python3 bundle/verify.py" in readme
    page.goto(f"{day.served.url}/audit")
    head = page.locator(".hash").inner_text()

    def check(*more: str) -> subprocess.CompletedProcess[str]:
        argv = [sys.executable, "-I", "-S", "bundle/verify.py", *more]
        return subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert check().returncode == 0, check().stdout
    seal = json.loads((tmp_path / "bundle/seal.json").read_text())["hash"]
    assert check("--trail", seal).returncode == 0
    assert seal == head or seal in page.content()
    assert "Lê Văn Quốc" in json.loads((tmp_path / "bundle/page.json").read_text())["text"]
    original = next((tmp_path / "bundle/original").iterdir())
    original.write_bytes(original.read_bytes()[:-1] + b"?")
    assert (check().returncode, "WRONG" in check().stdout) == (1, True)
    assert day.errors == []


def test_a_worker_is_on_the_status_page_and_marked_when_its_machine_went_away(day):
    page = day.page
    day.enter("quan")
    page.goto(f"{day.served.url}/status")
    argv = [sys.executable, "-m", "digitizer.cli", "work", "--quiet"]
    environment = day.served.environment | {"DIGITIZER_LEASE_SECONDS": "2"}
    crew = subprocess.Popen(argv, env=environment)
    try:
        board = page.locator("section", has_text="Tiến trình đọc")
        board.locator(".tag", has_text="đang chờ").wait_for()  # the page keeps itself up to date
        assert barriers(day) == []
    finally:
        crew.kill()
        crew.wait()
    board.locator(".tag.bad", has_text="không trả lời").wait_for()
    assert "1 late" in told(day.served, "status")
    assert day.errors == []


def leftovers(day: Day) -> list[str]:
    """Words on the page with letters that only Vietnamese has, where the page does not say that they are."""
    script = """() => {
      const found = [], walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
      while (walk.nextNode()) {
        const at = walk.currentNode.parentElement;
        if (!at.closest('[lang=vi], script, style')) found.push(walk.currentNode.data.trim());
      }
      for (const name of ['title', 'aria-label', 'placeholder'])
        for (const e of document.querySelectorAll(`[${name}]`))
          if (!e.closest('[lang=vi]')) found.push(e.getAttribute(name));
      return found;
    }"""
    return [each for each in day.page.evaluate(script) if VIETNAMESE.search(each)]


def test_the_english_switch_changes_every_page_and_back(day):
    page = day.page
    day.enter("quan")
    page.locator(".me summary").click()
    page.get_by_role("button", name="English").click()
    page.wait_for_selector("html[lang=en]")
    menu = page.locator("nav.main a").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    assert len(menu) >= 9
    more = ["/help", "/password", "/rescans", "/inventory", "/batches/F01/lo-1", "/?q=quyet+dinh", "/nowhere"]
    for name in ("quyet-dinh.pdf", "khai-sinh.jpg"):
        more.append(document(day, name))
    left = {}
    for address in [*menu, *more]:
        page.goto(f"{day.served.url}{address}")
        assert page.locator("html").get_attribute("lang") == "en"
        page.wait_for_timeout(300)
        left[address] = leftovers(day)
    assert {address: words for address, words in left.items() if words} == {}
    page.locator(".me summary").click()
    page.get_by_role("button", name="Tiếng Việt").click()
    page.wait_for_selector("html[lang=vi]")
    assert page.locator("nav.main").get_by_role("link", name="Tìm").count() == 1
    assert day.errors == []


TABLE = 'claim = "groups"\n[[grants]]\nvalue = "/luu-tru"\nroles = ["clerk"]\nfonds = ["F01"]\n'
KNOWN = {
    "u-lan": {"name": "Trần Thị Lan", "preferred_username": "lan.tt", "groups": ["/luu-tru"]},
    "u-an": {"name": "An", "preferred_username": "an", "groups": ["/khac"]},
}


def test_somebody_logs_in_and_out_through_their_organisation(archive, tmp_path):
    (tmp_path / "table.toml").write_text(TABLE)
    served = Served(archive.home)  # a second server over the same archive
    with oidc.running(KNOWN, f"{served.url}/login/openid/back") as provider, browser_page() as page:
        served.environment |= {
            "DIGITIZER_OPENID_ISSUER": provider.issuer,
            "DIGITIZER_OPENID_CLIENT": oidc.CLIENT,
            "DIGITIZER_OPENID_SECRET": oidc.SECRET,
            "DIGITIZER_OPENID_TABLE": str(tmp_path / "table.toml"),
        }
        served.start()
        day = Day(served, page)

        def through(name: str) -> None:
            page.get_by_role("link", name="Dùng tài khoản của cơ quan").click()
            page.fill("[name=login]", name)
            page.fill("[name=password]", "any")
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Continue").click()

        try:
            page.goto(f"{served.url}/login?to=/?q=quyet+dinh")
            assert barriers(day) == []
            through("u-lan")
            page.wait_for_selector(".me .who")
            assert page.locator(".me .who").inner_text() == "Trần Thị Lan"
            page.wait_for_selector(".hit mark")
            page.click(".me summary")
            page.click('form[action="/logout"] button')
            page.get_by_role("link", name="Đăng xuất cả ở hệ thống của cơ quan").click()
            page.get_by_role("button", name=re.compile("yes", re.IGNORECASE)).click()
            page.wait_for_selector("#password")
            page.goto(f"{served.url}/")
            assert "/login" in page.url
            through("u-an")
            page.wait_for_selector("[role=alert]")
            assert "chưa được cấp quyền" in page.locator("[role=alert]").inner_text()
            assert barriers(day) == []
            assert day.errors == []
        finally:
            served.kill(signal.SIGTERM)
