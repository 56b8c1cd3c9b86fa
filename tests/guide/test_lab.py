"""JupyterLab opens at the welcome notebook and asks nobody whether it may fetch news; stewards explore a section."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

from tests.conftest import PROJECT, WorldRun
from tests.sealing.conftest import publish

pytestmark = pytest.mark.slow
CHROMIUM = shutil.which("chromium") or ""
AGAIN = "بررسی دوباره"
STEP_MS = 60_000  # machines are shared; how fast a check is for the benchmarks to say


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, planted_run: WorldRun) -> Iterator[str]:
    """The address of a JupyterLab started by `governance lab` on a project with a report and its data."""
    folder = tmp_path_factory.mktemp("lab")
    project, dataset = folder / "project", planted_run.dataset
    for part in ("notebooks", "expectations"):
        shutil.copytree(PROJECT / part, project / part)
    (project / "build").mkdir()
    publish(project / "build" / "report", results=planted_run.results)
    (project / "build" / "demo").symlink_to(dataset.data.parent)
    options = ["--no-browser", "--allow-root", "--ServerApp.port=0", "--IdentityProvider.token=t"]
    options.append("--LabApp.expose_app_in_browser=True")
    environment = {**os.environ, "JUPYTER_RUNTIME_DIR": str(folder / "runtime"), "HOME": str(folder)}
    command = [sys.executable, "-m", "governance", "lab", "--project", str(project), *options]
    with subprocess.Popen(command, cwd=PROJECT, env=environment, stderr=subprocess.DEVNULL) as process:
        try:
            found: list[Path] = []
            for _ in range(300):
                found = list((folder / "runtime").glob("jpserver-*.json"))
                if found:
                    break
                time.sleep(0.2)
            assert found, "JupyterLab did not start within a minute"
            yield str(json.loads(found[0].read_text("utf-8"))["url"])
        finally:
            process.terminate()


def get(address: str) -> bytes:
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310  an address on this machine
        return bytes(answer.read())


def test_lab_opens_at_the_welcome_notebook_without_asking_for_news(lab: str) -> None:
    assert shutil.which("jupyter", path=str(Path(sys.executable).parent)), "JupyterLab is installed with the package"
    notebook = json.loads(get(f"{lab}api/contents/notebooks/00_welcome.ipynb?token=t"))
    assert notebook["type"] == "notebook"
    page = get(f"{lab}lab?token=t").decode()
    assert "/lab/tree/notebooks/00_welcome.ipynb" in page or "00_welcome" in get(f"{lab}?token=t").decode()
    settings = json.loads(get(f"{lab}lab/api/settings/@jupyterlab/apputils-extension:notification?token=t"))
    assert settings["schema"]["properties"]["fetchNews"]["default"] == "false"


@pytest.fixture
def page(lab: str, tmp_path: Path) -> Iterator[Page]:
    """A page of a browser that is allowed to talk to this JupyterLab and to nobody else."""
    assert CHROMIUM, "this test drives chromium; `make system` installs it"
    outside: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1400, "height": 1500})
        page.set_default_timeout(STEP_MS)
        own = (lab, "data:", "blob:")
        page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(own) else None)
        yield page
        page.screenshot(path=tmp_path / "lab.png")
        browser.close()
    assert outside == []


def run_all(page: Page, lab: str, name: str) -> None:
    page.goto(f"{lab}lab/tree/notebooks/{name}.ipynb?token=t&reset")
    page.wait_for_selector(".jp-Notebook .jp-Cell")
    # Before the kernel is there, the command asks which one to take.
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.evaluate("() => void window.jupyterapp.commands.execute('notebook:run-all-cells')")


@pytest.mark.browser
def test_the_welcome_shows_the_last_verdicts_and_the_ways_on(lab: str, page: Page, planted_run: WorldRun) -> None:
    run_all(page, lab, "00_welcome")
    for section in planted_run.results.policy.sections:
        link = page.locator(".jp-OutputArea a", has_text=section.title["fa"]).first
        link.wait_for()
        assert f"{section.id.zfill(2)}_" in (link.get_attribute("href") or "")
    assert page.locator(".jp-OutputArea svg, .jp-OutputArea canvas").count() > 0
    assert page.get_by_text("Jupyter news").count() == 0


@pytest.mark.browser
def test_a_steward_explores_a_section_and_checks_again(lab: str, page: Page) -> None:
    run_all(page, lab, "04_security")
    again = page.get_by_role("button", name=AGAIN)
    again.scroll_into_view_if_needed()
    clause, check = page.locator(".widget-dropdown select").all()[:2]
    assert "restricted-encrypted" in check.inner_text()
    clause.select_option(label=next(text for text in clause.inner_text().splitlines() if "KP-4-3" in text))
    page.wait_for_function("(select) => select.innerText.includes('authorised-access')", arg=check.element_handle())
    # The worst check of a clause is chosen first, which may be another rule's.
    check.select_option(label=next(text for text in check.inner_text().splitlines() if "authorised-access" in text))
    page.locator(".jp-OutputArea-output", has_text="kind: authorised").last.wait_for()
    page.locator(".widget-text input").first.fill("no such reference")
    for _ in range(2):
        again.click()
        page.locator(".jp-OutputArea-output", has_text="ثانیه سنجیده شد").last.wait_for()
        page.wait_for_function("(button) => !button.disabled", arg=again.element_handle())
