"""The report in a browser: it opens offline without a complaint, filters, drills down, and shows text as text."""

from __future__ import annotations

import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from goalsmith.audit.run import Request
from tests.audits import run, write_csv

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SCRIPT = "<script>alert(1)</script> <b>Aisha</b> will add & subtract in 8 of 10 items."


@pytest.fixture(scope="module")
def page(asked: Request, audited: dict[str, Any]) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1200, "height": 900})
        opened.said = []
        opened.asked = []
        opened.on("console", lambda message: opened.said.append(message.text))
        opened.on("pageerror", lambda error: opened.said.append(str(error)))
        opened.on("dialog", lambda dialog: (opened.said.append("a dialog"), dialog.dismiss()))
        opened.on("request", lambda request: opened.asked.append(request.url))
        opened.goto((asked.out / "report.html").as_uri())
        yield opened
        browser.close()


def shown(page: Any) -> list[str]:
    texts: list[str] = page.locator(".goal:not([hidden]) summary .words").all_inner_texts()
    return texts


def test_it_opens_without_a_complaint_or_a_request(page: Any) -> None:
    assert page.title() == "Goal audit"
    assert page.said == []
    assert len(page.asked) == 1
    assert page.asked[0].startswith("file:")


def test_a_goal_with_html_in_it_shows_as_text(page: Any) -> None:
    assert SCRIPT in shown(page)
    assert page.locator("#list b", has_text=re.compile("^Aisha$")).count() == 0


def test_filters_narrow_the_list_and_reset(page: Any) -> None:
    every = shown(page)
    assert page.locator("#count").inner_text() == f"{len(every)} statements"
    page.select_option("#f-code", "G03")
    assert shown(page) == ["Aisha will receive speech therapy 30 minutes a week."]
    assert page.locator("#count").inner_text() == "1 statement"
    assert page.locator(".grouphead:not([hidden])").all_inner_texts() == ["North › Elm"]
    page.click("#filter button[type=reset]")
    page.locator("#count", has_text=f"{len(every)} statements").wait_for()
    page.fill("#f-words", "BREAK in 4 of 5")
    assert shown(page) == ["When upset, she will ask for a break in 4 of 5 cases."]
    page.click("#filter button[type=reset]")
    page.locator("#count", has_text=f"{len(every)} statements").wait_for()


def test_a_school_leads_to_its_goals_and_a_goal_to_its_findings(page: Any) -> None:
    page.click("#groups a:text-is('Elm')")
    assert page.locator(".grouphead:not([hidden])").all_inner_texts() == ["North › Elm"]
    goal = page.locator(".goal:not([hidden])", has_text="Aisha will receive")
    goal.locator("summary").click()
    assert goal.locator(".findings li").first.is_visible()
    assert "This is a service, not a goal" in goal.locator(".findings").inner_text()
    page.click("#filter button[type=reset]")


def test_marks_and_rewrites_are_shown(page: Any) -> None:
    goal = page.locator(".goal", has_text="Maya will improve her reading.")
    goal.locator("summary").click()
    assert goal.locator(".part.learner").inner_text().startswith("Maya")
    assert "M01 is not held against it" in goal.inner_text()
    assert goal.locator(".rewrite mark").count() > 0


def test_tables_sort(page: Any) -> None:
    page.click("#groups thead button:has-text('goals')")
    column = page.locator("#groups tbody tr td:nth-child(2)").all_inner_texts()
    assert [int(cell) for cell in column] == sorted(int(cell) for cell in column)
    assert page.locator("#groups th[aria-sort=ascending]").count() == 1


def test_it_prints_with_the_goals_open(page: Any, tmp_path: Path) -> None:
    made = page.pdf(format="Letter")
    assert made.startswith(b"%PDF")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".goal:not([open])").count() == 0
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")


class _Outline(HTMLParser):
    """What a screen reader goes by: headings, labelled pictures, header cells, labels."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_it_can_be_heard(asked: Request, audited: dict[str, Any]) -> None:
    """Headings go down one step at a time, charts and tables are named, header cells have a scope."""
    outline = _Outline()
    text = (asked.out / "report.html").read_text(encoding="utf-8")
    outline.feed(text)
    tags = outline.tags
    levels = [int(tag[1]) for tag, _ in tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert dict(tags)["html"]["lang"] == "en"
    charts = [attrs for _, attrs in tags if attrs.get("class") == "chart"]
    assert len(charts) == 3
    assert all(attrs["role"] == "img" and attrs["aria-label"] for attrs in charts)
    assert all(attrs.get("scope") for tag, attrs in tags if tag == "th")
    assert sum(tag == "table" for tag, _ in tags) == sum(tag == "caption" for tag, _ in tags)
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)


def test_a_bank_without_goals_or_groups_still_has_a_report(asked: Request, tmp_path: Path) -> None:
    bank = write_csv(
        tmp_path / "b.csv", [["Annual Goal"], ["Aisha will receive speech therapy 30 minutes a week."]]
    )
    made = run(replace(asked, paths=[bank], previous=None, out=tmp_path / "out", workers=1))
    text = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert made["bank"]["goals"] == 0
    assert "there are no rates" in text
    assert 'id="groups"' not in text
