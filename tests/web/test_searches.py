"""Saved searches: one's own, run again with today's rights, no words in the trail."""

from digitizer.accounts import Role
from digitizer.saved_searches import SavedSearch
from tests.web.sites import BY, ORIGIN, csrf, person, post, put


def saved(site, name):
    return site.books.searches.of(name)


def test_a_search_is_saved_run_again_and_deleted(site):
    put(site, "a.pdf", "giấy mời họp")
    clerk = person(site, Role.CLERK)
    assert "/searches" in clerk.get("/?q=giay moi&fonds=F01").text
    kept = post(clerk, "/searches", name=" Giấy  mời ", address="q=giay+moi&fonds=F01&evil=x")
    assert kept.headers["location"] == "/?q=giay+moi&fonds=F01"
    (search,) = saved(site, "clerk")
    assert (search.name, search.address) == ("Giấy mời", "q=giay+moi&fonds=F01")
    home = clerk.get("/").text
    assert "Giấy mời" in home
    assert "q=giay+moi&amp;fonds=F01" in home
    assert "1 trang" in clerk.get(f"/?{search.address}").text
    assert post(clerk, f"/searches/{search.id}/delete").status_code == 303
    assert saved(site, "clerk") == ()


def test_h02_h03_nobody_sees_or_deletes_another_s_search(site):
    clerk = person(site, Role.CLERK)
    post(clerk, "/searches", name="vụ Sậy", address="q=Say")
    other = person(site, Role.ARCHIVIST)
    assert "vụ Sậy" not in other.get("/").text
    (search,) = saved(site, "clerk")
    assert post(other, f"/searches/{search.id}/delete").status_code == 404
    assert len(saved(site, "clerk")) == 1
    assert "Say" not in str(list(site.archive.catalogue.events()))


def test_h03_a_saved_search_shows_what_one_may_see_today(site):
    put(site, "a.pdf", "giấy mời", fonds="F02")
    clerk = person(site, Role.CLERK, fonds=frozenset({"F01", "F02"}))
    post(clerk, "/searches", name="mời", address="q=giay+moi&fonds=F02")
    (search,) = saved(site, "clerk")
    assert "1 trang" in clerk.get(f"/?{search.address}").text
    later = person(site, Role.CLERK, fonds=frozenset({"F01"}))
    assert "0 trang" in later.get(f"/?{search.address}").text


def test_h07_h08_names_are_shown_as_text_and_forms_must_be_ours(site):
    clerk = person(site, Role.CLERK)
    assert clerk.post("/searches", data={"name": "x", "address": "q=x"}, headers=ORIGIN).status_code == 403
    post(clerk, "/searches", name="<img src=x onerror=alert(1)>", address='q="><script>alert(1)</script>')
    home = clerk.get("/").text
    assert "<img src=x" not in home
    assert "<script>alert" not in home


def test_what_cannot_be_kept_is_said(site):
    clerk = person(site, Role.CLERK)
    token = csrf(clerk)
    for name, address in (("", "q=x"), ("x", ""), ("x", "evil=1"), ("a\nb" * 90, "q=x"), ("x", "&" * 1500)):
        data = {"csrf": token, "name": name, "address": address}
        assert clerk.post("/searches", data=data, headers=ORIGIN).status_code == 422, (name, address)
    for number in range(100):
        search = SavedSearch(f"i{number}", "clerk", f"n{number}", "q=x")
        site.books.searches.save(search, BY)
    assert post(clerk, "/searches", name="more", address="q=x").status_code == 422
    assert post(clerk, "/searches", name="n7", address="q=y").status_code == 303
