"""The pages as a browser lays them out: nothing is wider than the screen, however long the names are."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from governance.results import Results

from .conftest import pages

CHROMIUM = shutil.which("chromium") or ""
OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--allow-file-access-from-files",
    "--virtual-time-budget=4000",
    "--dump-dom",
]
MEASURE = """<!doctype html><p id="told"></p>{frames}<script>
addEventListener("load", () => {{
  const pages = [...document.querySelectorAll("iframe")].map(frame => frame.contentDocument);
  pages.forEach(page => page.querySelectorAll("details").forEach(one => (one.open = true)));
  const wide = pages.filter(({{documentElement: page}}) => page.scrollWidth > page.clientWidth).length;
  told.textContent = `measured ${{pages.length}} wide ${{wide}}`;
}});
</script>"""


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 800])
def test_no_page_is_wider_than_the_screen(run: Results, width: int, tmp_path: Path) -> None:
    assert CHROMIUM, "this test drives chromium; `make system` installs it"
    found = pages(run)
    for page in found:
        (tmp_path / page.path).parent.mkdir(exist_ok=True)
        (tmp_path / page.path).write_text(page.text, encoding="utf-8")
    frames = "".join(
        f'<iframe src="{page.path}" style="width:{width}px;height:900px;border:0"></iframe>' for page in found
    )
    (tmp_path / "measure.html").write_text(MEASURE.format(frames=frames), encoding="utf-8")
    command = [CHROMIUM, *OPTIONS, f"--user-data-dir={tmp_path / 'profile'}", (tmp_path / "measure.html").as_uri()]
    told = subprocess.run(command, capture_output=True, check=True, text=True, timeout=120).stdout
    assert re.findall(r">(measured [0-9]+ wide [0-9]+)<", told) == [f"measured {len(found)} wide 0"]
