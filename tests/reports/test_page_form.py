"""Every page is one well-formed file that runs nothing and asks nobody for anything."""

from __future__ import annotations

import base64
import hashlib
import posixpath
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from governance import reports
from governance.reports import Page, render, row_file
from governance.reports.exports import EXPORTS
from governance.reports.language.safe_names import visible
from governance.results import Results

from . import conftest
from .conftest import HOSTILE_TABLES, violated
from .page import read

SCRIPT = Path(reports.__file__).parent / "pages" / "templates" / "filter.js"
NOTEBOOKS = ("00_welcome.ipynb", "01_collection.ipynb", "04_security.ipynb")


def pages(run: Results, language: str = "fa") -> tuple[Page, ...]:
    return conftest.pages(run, tuple(check.id for check in run.checks), NOTEBOOKS, language)


def test_both_languages_have_the_same_pages() -> None:
    top = {"index.html", "section-1.html", "section-4.html", "policy.html", "proof.html"}
    assert {page.path for page in pages(violated())} == top | {f"en/{name}" for name in top}
    assert {page.path for page in pages(violated(), "en")} == top | {f"fa/{name}" for name in top}


def test_html_is_well_formed(run: Results) -> None:
    for page in pages(run):
        found = read(page.text)
        assert page.text.startswith("<!doctype html>\n")
        assert not found.problems
        assert not found.unclosed
        assert len(found.ids) == len(set(found.ids)), page.path


def test_nothing_runs_and_nothing_is_loaded(run: Results) -> None:
    for page in pages(run):
        found = read(page.text)
        content = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
        scripts = re.findall("<script>(.*?)</script>", page.text, re.DOTALL)
        scripted = "section" in page.path or "register" in page.path
        if scripted:
            # One script, our own file, and the browser is told that nothing else may run.
            assert scripts == [SCRIPT.read_text("utf-8")]
            digest = base64.b64encode(hashlib.sha256(scripts[0].encode()).digest()).decode()
            content += f"; script-src 'sha256-{digest}'"
        assert len(found.all("script")) == len(scripts) == scripted
        assert {"http-equiv": "Content-Security-Policy", "content": content} in found.all("meta")
        assert not [element for element in found.elements if element.tag in {"link", "img", "iframe", "object"}]
        for element in found.elements:
            assert not [name for name in element.attributes if name.startswith("on")]
            for name in ("src", "href", "xlink:href", "action"):
                address = element.attributes.get(name, "")
                assert ":" not in address or address == run.policy.published.url
            assert "url(" not in element.attributes.get("style", "")
        assert "@import" not in page.text
        assert "url(" not in page.text


def test_a_published_address_that_is_no_web_page_is_no_link() -> None:
    run = violated()
    published = replace(run.policy.published, url="javascript:alert(1)")
    for page in pages(replace(run, policy=replace(run.policy, published=published))):
        assert "javascript:" not in page.text


def test_links_lead_to_pages_anchors_and_files_of_the_run(run: Results) -> None:
    anchors = {page.path: set(read(page.text).ids) for page in pages(run)}
    files = {"results.json", "manifest.json", "attestation.dsse.json", *(f"exports/{name}" for name in EXPORTS)}
    files |= {*(f"notebooks/{name}" for name in NOTEBOOKS)}
    files |= {f"rows/{row_file(check.id)}" for check in run.checks}
    for page in pages(run):
        for link in [*read(page.text).all("a"), *read(page.text).all("use")]:
            if link["href"] == run.policy.published.url:
                continue
            path, _, anchor = link["href"].partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(page.path), path)) if path else page.path
            assert target in files or target in anchors, link
            assert not anchor or anchor in anchors[target], link


def test_a_reader_who_cannot_see_finds_the_way(run: Results) -> None:
    for page in pages(run):
        found = read(page.text)
        language = "en" if page.path.startswith("en/") else "fa"
        assert found.all("html") == [{"lang": language, "dir": "ltr" if language == "en" else "rtl"}]
        headings = [int(element.tag[1]) for element in found.elements if element.tag in {"h1", "h2", "h3", "h4"}]
        assert headings[0] == 1
        assert headings.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(headings))
        assert len(found.all("table")) == len(found.all("caption"))
        assert all("scope" in cell for cell in found.all("th"))
        for element in found.elements:
            label = element.attributes.get("aria-labelledby")
            assert label is None or label in found.ids
            if element.attributes.get("class") == "scroll":
                assert element.attributes["tabindex"] == "0"
                assert element.attributes["role"] == "region"
                assert label
        assert {"class": "skip", "href": "#main"} in found.all("a")
        for drawing in found.all("svg"):
            assert drawing.get("aria-hidden") == "true" or (drawing["role"] == "img" and drawing["aria-label"])


def test_hostile_names_are_shown_and_do_nothing() -> None:
    for page in pages(violated()):
        assert not set("\u202e\u2066\t") & set(page.text)
        assert "<script>alert" not in page.text
        if page.path.endswith("index.html"):
            assert {visible(name) for name in HOSTILE_TABLES} <= set(read(page.text).codes)


def test_each_sheet_of_paper_says_which_policy_and_when_and_no_name_gets_out_of_its_quotes() -> None:
    run = violated()
    for page in render(run):
        assert '@top-center { content: "example 1 · 2026-11-22T04:30:00Z · 5f5f5f5f5f5f5f5f"; }' in page.text
    hostile = replace(run.policy, id='e"}</style><script>\\', version="1;\n2\u202e", digest="</style>" + "5f" * 28)
    for page in render(replace(run, policy=hostile)):
        assert 'content: "estylescript 12 · 2026-11-22T04:30:00Z · style5f5f5f5f"; }' in page.text
