"""The pages as a reader's browser takes them, opened from disk: what it asks for, how it lays out, what it lets run."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Request, sync_playwright

from governance.policy import Attestation, NotNormative, Text, Waiver
from governance.policy import Version as PolicyVersion
from governance.reports import render, row_file
from governance.reports.exports import export
from governance.reports.facts.history import Past
from governance.reports.facts.proof import Planted, Proof, ProofInputs, Quality, SchemeOutcome
from governance.reports.pages.fonts import Font
from governance.results import Results, Verdict

from .conftest import check, rule, violated

CHROMIUM = Path("/usr/bin/chromium")
OPTIONS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
OPTIONS += ["--disable-background-networking", "--disable-component-update"]
_AXE = find_spec("axe_playwright_python")
AXE = Path(str(_AXE and _AXE.origin)).parent / "axe.min.js"
MOST_FONT = 450_000
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PATHS = [
    f"{folder}{name}.html" for folder in ("", "en/") for name in ("index", "section-1", "section-4", "policy", "proof")
]
WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
OPEN = "() => document.querySelectorAll('details').forEach(one => (one.open = true))"
HOSTILE = "graph TD; A[<img src=x onerror=alert(1)>]\u202e</script><script>alert(2)</script>"
pytestmark = pytest.mark.browser


def whole() -> Results:
    """A run with something in every place of every page."""
    run = violated()
    series = {
        "no-bank-data": ("day:0", "day:3", "day:12", "day:late"),
        "declared": tuple(f"k:{size}" for size in (3, 12, 40)),
    }
    checks = [
        replace(
            one,
            evidence=replace(
                one.evidence,
                facts=tuple((name, 5 + number) for number, name in enumerate(series.get(one.rule, ()), 1)),
            ),
        )
        for one in run.checks
    ]
    tokens = check("restricted", "users/token", clauses=("PP-4-1",))
    flows = (("flow:payments:bank", 400), ("flow:messages:sms", 90), ("flow:messages:email", 60))
    checks.append(replace(tokens, evidence=replace(tokens.evidence, facts=flows)))
    policy = replace(
        run.policy,
        title=Text(f"سیاست {HOSTILE}", f"Policy {HOSTILE}"),
        # As many rules as a whole policy has: the matrix of the proof is as wide as they are many.
        rules=(*run.policy.rules, *(rule(f"a-rule-that-has-a-long-name-{n}", "PP-1-2") for n in range(24))),
        not_normative=(NotNormative("PP-1-0", "1", Text("درآمد.", "An opening."), Text(HOSTILE, HOSTILE)),),
        waivers=(
            Waiver(
                "no-bank-data", "مینا", Text("تا پاک‌سازی", "Until it is cleaned"), "2026-11-01", "2026-11-30", "w", 1
            ),
            Waiver("declared", HOSTILE, Text("تمام", "Over"), "2026-10-01", "2026-10-30", "w", 2),
        ),
        attestations=(
            Attestation("PP-4-1", "مینا", "مسئول امنیت", Text("انجام شد", "Done"), "2026-10-01", "2027-10-01"),
        ),
        history=(
            PolicyVersion("1", "2025-03-21", {"PP-1-1": "a0" * 32}, Text("نخستین متن", "The first text")),
            PolicyVersion("2", "2026-10-01", {"PP-1-1": "a1" * 32, "PP-4-1": "a4" * 32}, Text(HOSTILE, HOSTILE)),
        ),
    )
    return replace(run, policy=policy, checks=tuple(checks), planned=len(checks))


def proof() -> Proof:
    ids = tuple(one.id for one in violated().checks)
    fired = ((ids[0], 1),)
    return Proof(
        ProofInputs("c0" * 32, "5f" * 32, "d0" * 32),
        ids,
        (Planted("free_of", "card", fired, fired), Planted("free_of", HOSTILE, fired, ()), Planted("x", "y", (), ())),
        clean=((ids[1], 2),),
        together=((ids[2], 3, 4),),
        quality=(Quality("iban", "sheba", 40, 40, 80, 1),),
        schemes=(
            SchemeOutcome(
                "aes-256-gcm", "phone", 300, "consistent_with_declared_format", "proven_by_decryption", genuine=True
            ),
        ),
    )


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The pages of such a run on disk, with every file that they link to."""
    folder = tmp_path_factory.mktemp("pages")
    run = whole()
    rows = [one.id for one in run.checks if one.evidence.rows]
    notebooks = ["01_collection.ipynb", "04_security.ipynb"]
    now = Past.of(run)
    verdicts = dict(zip(now.clauses, Verdict, strict=False))
    earlier = [
        replace(now, as_of="2026-08-01T00:00:00+00:00", clauses={}, texts={}, rules={}, found={}),
        replace(now, as_of="2026-09-01T00:00:00+00:00", clauses=verdicts),
        replace(now, as_of="2026-10-01T00:00:00+00:00", rules=dict.fromkeys(now.rules, "passed")),
    ]
    texts = {
        page.path: page.text
        for page in render(
            run, rows=rows, notebooks=notebooks, history=earlier, proof=proof(), digests={HOSTILE: "1a" * 32}
        )
    }
    texts |= {f"exports/{name}": text for name, text in export(run).items()}
    texts |= {f"notebooks/{name}": "{}" for name in notebooks}
    texts |= dict.fromkeys(("results.json", "manifest.json", "attestation.dsse.json"), "{}")
    for one in run.checks:
        lines = [f"{row.reference},{row.problem}\n" for row in one.evidence.rows]
        texts |= {f"rows/{row_file(one.id)}": "reference,problem\n" + "".join(lines)} if lines else {}
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    assert CHROMIUM.exists(), "this test drives chromium; `make system` installs it"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    # axe is injected as a script, which the pages' own policy forbids.
    context = browser.new_context(bypass_csp=True)
    yield context.new_page()
    context.close()


def visit(page: Page, report: Path, path: str) -> list[str]:
    """Open a page; what it asked for besides itself, what it said, and what it threw."""
    asked: list[str] = []

    def note(request: Request) -> None:
        if request.url != (report / path).as_uri():
            asked.append(request.url)

    page.on("request", note)
    page.on("console", lambda message: asked.append(message.text))
    page.on("pageerror", lambda error: asked.append(str(error)))
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto((report / path).as_uri())
    return asked


@pytest.mark.parametrize("path", PATHS)
def test_a_page_asks_for_nothing_and_fits_every_width(browser: Browser, report: Path, path: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    asked = visit(page, report, path)
    assert (report / path).stat().st_size < 1_000_000
    for width in (320, 800, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate(WIDE) <= 0, width
        page.evaluate(OPEN)
        assert page.evaluate(WIDE) <= 0, f"{width}, all opened"
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 between the margins of the style sheet
    assert page.evaluate(WIDE) <= 0
    assert page.pdf(format="A4", prefer_css_page_size=True).startswith(b"%PDF-")
    assert asked == []
    context.close()


@pytest.mark.parametrize("path", ["index.html", "en/section-1.html"])
def test_a_page_is_set_in_the_font_that_it_brings(browser: Browser, tmp_path: Path, path: str) -> None:
    fonts = sorted(one for one in Path("/usr/share/fonts").rglob("*.ttf") if one.stat().st_size < MOST_FONT)
    assert fonts, "this test embeds a font of the system; chromium depends on some"
    text = next(one.text for one in render(whole(), font=Font.read(fonts[0])) if one.path == path)
    target = tmp_path / path
    target.parent.mkdir(exist_ok=True)
    target.write_text(text, "utf-8")
    context = browser.new_context()
    page = context.new_page()
    assert visit(page, tmp_path, path) == []
    faces = page.evaluate("async () => { await document.fonts.ready; return [...document.fonts].map(f => f.status); }")
    assert faces == ["loaded"]
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PATHS)
def test_no_rule_of_accessibility_is_broken(page: Page, report: Path, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    visit(page, report, path)
    page.evaluate(OPEN)
    page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})", TAGS
    )
    assert len(found["passes"]) > 15
    told = [
        (one["id"], one["nodes"][0]["html"][:200], one["nodes"][0]["failureSummary"]) for one in found["violations"]
    ]
    assert told == []


@pytest.mark.parametrize("path", PATHS)
def test_every_link_leads_somewhere(page: Page, report: Path, path: str) -> None:
    visit(page, report, path)
    links: list[str] = page.evaluate("() => [...document.querySelectorAll('a[href]')].map(one => one.href)")
    ids = {name: set(_ids(page, report, name)) for name in PATHS}
    for link in links:
        if link.startswith("https://"):
            assert link == whole().policy.published.url
            continue
        target, _, anchor = link.partition("#")
        name = target.removeprefix(report.as_uri() + "/")
        assert (report / _unquoted(name)).is_file(), link
        assert not anchor or _unquoted(anchor) in ids[name], link


def _unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name)


_known: dict[Path, list[str]] = {}


def _ids(page: Page, report: Path, name: str) -> list[str]:
    if report / name not in _known:
        other = page.context.new_page()
        other.goto((report / name).as_uri())
        _known[report / name] = other.evaluate("() => [...document.querySelectorAll('[id]')].map(one => one.id)")
        other.close()
    return _known[report / name]


@pytest.mark.parametrize("path", ["section-1.html", "en/section-1.html"])
def test_rows_are_filtered_and_the_file_has_them_all(browser: Browser, report: Path, path: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    visit(page, report, path)
    page.evaluate(OPEN)
    field = page.locator("input[type=search]").first
    rows = page.locator("table.rows").first.locator("tbody tr")
    told = page.locator("output").first
    assert rows.count() == 200
    reference = rows.nth(7).locator("th").inner_text()
    field.fill(reference.lower())
    assert rows.locator("visible=true").count() == 1
    assert told.inner_text() in {"1", "۱"}
    field.fill("nothing of the kind")
    assert rows.locator("visible=true").count() == 0
    field.fill("")
    assert rows.locator("visible=true").count() == 200
    # A file from disk is opened, not downloaded: what stands there is what the page says.
    address = page.locator("table.rows caption a").first.get_attribute("href")
    assert address is not None
    with (report / path).parent.joinpath(_unquoted(address)).open(encoding="utf-8", newline="") as file:
        found = [row["reference"] for row in csv.DictReader(file)]
    assert len(found) == 312
    assert reference in found
    context.close()


def test_without_scripts_no_filter_is_offered(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((report / "section-1.html").as_uri())
    assert page.locator("input[type=search]").locator("visible=true").count() == 0
    context.close()


def test_what_is_not_ours_does_not_run(browser: Browser, report: Path) -> None:
    """Were a name ever to get out of its escaping, the policy of the page would still stop it."""
    context = browser.new_context()
    page = context.new_page()
    target = report / "en" / "broken.html"
    text = (report / "en" / "section-1.html").read_text("utf-8")
    target.write_text(text.replace("<h1>", "<script>document.title='ran'</script><img src=x onerror=1><h1>"), "utf-8")
    asked = visit(page, report, "en/broken.html")
    assert page.title() != "ran"
    assert any("Content Security Policy" in line for line in asked)
    target.unlink()
    context.close()


@pytest.mark.parametrize("path", ["index.html", "en/index.html", "policy.html", "en/policy.html"])
def test_hostile_titles_stay_text(page: Page, report: Path, path: str) -> None:
    visit(page, report, path)
    assert page.locator("main img, .mermaid").count() == 0
    assert page.locator("script").count() == 0
    shown = page.locator("body").inner_text()
    assert "<img src=x onerror=alert(1)>" in shown
    assert "\\u202e" in shown
    assert not set("\u202e\u2066") & set(page.content())
