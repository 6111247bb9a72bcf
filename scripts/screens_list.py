"""Every page and state of the web application that has its picture, held against the routes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from digitizer.services.rights import rights

__all__ = ["SCREENS", "Screen", "unpictured"]

NO_PAGES = frozenset(
    {
        "/static/{path:path}",
        "/health",
        "/openapi.json",
        "/login/openid",
        "/login/openid/back",
        "/documents/{document_id}/pages/{number}",
        "/documents/{document_id}/pages/{number}/strip.jpg",
        "/documents/{document_id}/pages/{number}/{size}.jpg",
        "/documents/{document_id}/pages/{number}/proof.zip",
        "/documents/{document_id}/files/{kind}",
        "/iiif/{document_id}/manifest",
        "/iiif/{document_id}/{number}",
        "/iiif/{document_id}/{number}/info.json",
        "/iiif/{document_id}/{number}/text",
        "/iiif/{document_id}/{number}/{region}/{size}/0/default.jpg",
        "/uploads/{upload}",
        "/review/training.jsonl",
        "/batches/{fonds}/{batch:path}/balance",
        "/targets/chart/{target}.svg",
        "/targets/report.{kind}",
        "/inventory/template.xlsx",
        "/export.xlsx",
    }
)
"""Routes that answer with a file, data, a way elsewhere or a part of another page."""


@dataclass(frozen=True, slots=True)
class Screen:
    """One picture: the route it shows, its address, who looks, what they do first.

    `address` may name documents of the archive: `{read}`, `{held}`, `{waiting}`.
    """

    name: str
    route: str
    address: str
    who: str = "moi.quyen"
    act: Callable[[Any], None] | None = None
    language: str = "vi"


def unpictured(screens: Iterable[Screen] | None = None) -> list[str]:
    """Routes whose page has no picture yet."""
    shown = {each.route for each in (SCREENS if screens is None else screens)} | NO_PAGES
    return sorted({path for method, path in rights().routes if method == "GET"} - shown)


def _press(*selectors: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        for each in selectors:
            page.locator(each).first.click()

    return act


def _typed(selector: str, text: str, *then: str) -> Callable[[Any], None]:
    def act(page: Any) -> None:
        page.fill(selector, text)
        for each in then:
            page.keyboard.press(each)
        page.wait_for_timeout(900)

    return act


def _wrong_log_in(page: Any) -> None:
    page.fill("#name", "nguyen.van.a")
    page.fill("#password", "không đúng")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")


def _wrong_password(page: Any) -> None:
    page.fill("#old", "không đúng")
    page.fill("#new", "một mật khẩu dài")
    page.fill("#again", "một mật khẩu khác")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")


def _same_account(page: Any) -> None:
    page.fill("#name", "doc")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")


def _wrong_list(page: Any) -> None:
    text = "phông,hồ sơ\nTP-01,không có cột nào đúng\n".encode()
    page.set_input_files("#file", {"name": "muc-luc.csv", "mimeType": "text/csv", "buffer": text})
    page.locator('form[action="/inventory/list"] button').click()
    page.wait_for_selector("[role=alert]")


def _wrong_dossier(page: Any) -> None:
    page.evaluate("document.querySelectorAll('main form').forEach(f => { f.noValidate = true; })")
    page.locator("main form .form-grid input:not([type=hidden])").first.fill("không hợp lệ / mã")
    page.locator('main form button[name="act"]').first.click()
    page.wait_for_selector("[role=alert]")


def _sent(page: Any) -> None:
    page.fill("#fonds", "TP-01")
    page.fill("#batch", "Lô 03/2025")
    files = [
        {"name": "tep-trong.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF\n"},
        {"name": "ghi-chu.txt", "mimeType": "text/plain", "buffer": b"not a scan"},
    ]
    page.set_input_files("#files", files)
    page.wait_for_selector("body[data-uploaded='2']")


def _rescan(page: Any) -> None:
    page.wait_for_selector(".reader[data-ready]")
    page.evaluate("document.querySelectorAll('.side details').forEach(e => { e.open = true; })")


def _asked_again(page: Any) -> None:
    """Ask for a rescan of the first paper, then look at the list."""
    page.wait_for_selector(".reader[data-ready]")
    page.evaluate("document.querySelectorAll('.side details').forEach(e => { e.open = true; })")
    page.fill("#why", "trang bị nhoè, mép phải bị cắt mất dòng cuối")
    page.locator('button[value="rescan"]').click()
    page.wait_for_load_state()
    page.goto(page.url.partition("/review")[0] + "/rescans")


def _text(page: Any) -> None:
    page.wait_for_selector(".reader[data-ready]")
    page.locator('[data-do="text"]').click()


def _everything_open(page: Any) -> None:
    page.wait_for_selector(".reader[data-ready]")
    page.evaluate("document.querySelectorAll('main details').forEach(e => { e.open = true; })")


def _large_form(page: Any) -> None:
    page.evaluate(
        "() => { const f = document.createElement('form'); f.method = 'post'; f.action = '/searches';"
        "const t = document.createElement('textarea'); t.name = 'name'; t.value = 'x'.repeat(1100000);"
        "f.append(t); document.body.append(f); f.submit(); }"
    )
    page.wait_for_selector("text=too large")


_DOCUMENT = "/documents/{document_id}"
_BATCH = "/batches/{fonds}/{batch:path}"
_FONDS = "/inventory/{fonds}"
_DOSSIER = "/inventory/{fonds}/dossier"
_ADDED = "/batches/TP-01/L%C3%B4%2001%2F2025"

SCREENS: tuple[Screen, ...] = (
    Screen("log-in", "/login", "/login", ""),
    Screen("log-in-english", "/login", "/login", "", language="en"),
    Screen("log-in-wrong", "/login", "/login", "", _wrong_log_in),
    Screen("first-password", "/password", "/password", "moi.vao"),
    Screen("password", "/password", "/password"),
    Screen("password-wrong", "/password", "/password", "moi.vao", _wrong_password),
    Screen("find", "/", "/"),
    Screen("find-english", "/", "/", language="en"),
    Screen("find-menu", "/", "/", act=_press(".me summary")),
    Screen("results", "/", "/?q=quyet+dinh"),
    Screen("results-english", "/", "/?q=quyet+dinh", language="en"),
    Screen("results-typed", "/", "/", act=_typed("#q", "cộng hoà", "ArrowDown")),
    Screen("results-filtered", "/", "/?q=quyet+dinh&fonds=TP-01&from=1990&to=2026"),
    Screen("results-none", "/", "/?q=khong+co+gi+nhu+the+nay+ca&fonds=SNV"),
    Screen("document", _DOCUMENT, "/documents/{read}?q=cong+hoa"),
    Screen("document-english", _DOCUMENT, "/documents/{read}", language="en"),
    Screen("document-text", _DOCUMENT, "/documents/{read}", act=_text),
    Screen("document-open", _DOCUMENT, "/documents/{read}", act=_everything_open),
    Screen("document-masked", _DOCUMENT, "/documents/{masked}", "doc"),
    Screen("document-waiting", _DOCUMENT, "/documents/{waiting}"),
    Screen("document-held", _DOCUMENT, "/documents/{held}"),
    Screen("upload", "/upload", "/upload"),
    Screen("upload-sent", "/upload", "/upload", act=_sent),
    Screen("review", "/review", "/review"),
    Screen("review-english", "/review", "/review", language="en"),
    Screen("review-masked", "/review", "/review?document={masked}"),
    Screen("review-open", "/review", "/review", act=_rescan),
    Screen("review-text", "/review", "/review", act=_text),
    Screen("review-none", "/review", "/review", "chua.giao"),
    Screen("rescans", "/rescans", "/review", act=_asked_again),
    Screen("rescans-none", "/rescans", "/rescans", "chua.giao"),
    Screen("batches", "/batches", "/batches"),
    Screen("batches-none", "/batches", "/batches", "chua.giao"),
    Screen("batch", _BATCH, _ADDED),
    Screen("batch-facts", _BATCH, _ADDED, act=_press(".balance summary")),
    Screen("batch-held", _BATCH, "/batches/TP-01/L%C3%B4%2002%2F2025"),
    Screen("failures", "/failures/{code}", "/failures/E-TIMEOUT"),
    Screen("failures-none", "/failures/{code}", "/failures/E-MALFORMED"),
    Screen("status", "/status", "/status"),
    Screen("status-english", "/status", "/status", language="en"),
    Screen("status-none", "/status", "/status", "chua.giao"),
    Screen("targets", "/targets", "/targets?freeze=%C4%91%E1%BA%A7u+n%C4%83m+2025"),
    Screen("targets-english", "/targets", "/targets", language="en"),
    Screen("targets-none", "/targets", "/targets", "chua.giao"),
    Screen("lots", "/lots", "/lots"),
    Screen("lots-open", "/lots", "/lots", act=_press("main details summary")),
    Screen("lots-none", "/lots", "/lots", "chua.giao"),
    Screen("lot", "/lots/lot", "/lots/lot?name=L%C3%B4+nghi%E1%BB%87m+thu+s%E1%BB%91+1"),
    Screen("inventory", "/inventory", "/inventory"),
    Screen("inventory-wrong", "/inventory", "/inventory", act=_wrong_list),
    Screen("inventory-none", "/inventory", "/inventory", "chua.giao"),
    Screen("fonds", _FONDS, "/inventory/TP-01"),
    Screen("fonds-open", _FONDS, "/inventory/TP-01", act=_press("main details summary")),
    Screen("fonds-empty", _FONDS, "/inventory/SNV"),
    Screen("dossier", _DOSSIER, "/inventory/TP-01/dossier?code=H18.0003"),
    Screen("dossier-new", _DOSSIER, "/inventory/TP-01/dossier"),
    Screen("dossier-wrong", _DOSSIER, "/inventory/TP-01/dossier", act=_wrong_dossier),
    Screen("audit", "/audit", "/audit"),
    Screen("audit-none", "/audit", "/audit?about=account:khong.co"),
    Screen("accounts", "/accounts", "/accounts"),
    Screen("accounts-wrong", "/accounts", "/accounts", act=_same_account),
    Screen("account", "/accounts/{name}", "/accounts/quet"),
    Screen("account-own", "/accounts/{name}", "/accounts/moi.quyen"),
    Screen("help", "/help", "/help"),
    Screen("error-403", "/audit", "/audit", "doc"),
    Screen("error-404", _DOCUMENT, "/documents/khong-co"),
    Screen("error-413", "/", "/", act=_large_form),
    Screen("error-422", "/", "/?offset=-1"),
)
