"""A run verifies as it was published, and in no other form."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from governance.errors import EvidenceError, KeysError
from governance.sealing import LOG, Log, PublicKey, Verified, read_public_key, verify
from governance.sealing.signing import SignedEnvelope, enclose
from governance.spelling import canonical_json
from tests.conftest import PROJECT

from .conftest import KEY, OTHER_KEY, publish

PEMS: dict[bytes, Path] = {}


@pytest.fixture(autouse=True, scope="module")
def pems(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("signers")
    for key in (KEY, OTHER_KEY):
        PEMS[key] = folder / f"{PublicKey.of(key).id}.pem"
        PEMS[key].write_text(PublicKey.of(key).pem, "utf-8")


def check(run: Path, *, trusted: bytes | None = KEY, unsigned: bool = False) -> Verified:
    """As an auditor who has one public key, or as somebody who accepts any."""
    key = [PEMS[trusted]] if trusted else []
    return verify(run, Log.beside(run), key=key, any_key=not trusted, unsigned=unsigned)


def envelope(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run / "attestation.dsse.json").read_text("utf-8"))
    return found


def statement(run: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(envelope(run)["payload"]))
    return found


def test_a_run_verifies_as_it_was_published(run: Path) -> None:
    found = check(run)
    assert (found.files, found.line, found.lines, found.trusted) == (7, 1, 2, str(PEMS[KEY]))
    assert found.summary["verdict"] == "error"
    assert check(run, trusted=None).signer == PublicKey.of(KEY)


def test_the_statement_is_in_totos_and_its_integers_are_integers(run: Path) -> None:
    found = statement(run)
    assert found["_type"] == "https://in-toto.io/Statement/v1"
    assert [one["name"] for one in found["subject"]] == ["manifest.json", "run.json"]
    assert type(found["predicate"]["summary"]["rows"]) is int
    assert envelope(run)["payloadType"] == "application/vnd.in-toto+json"


def test_the_signature_is_over_the_bytes_that_dsse_prescribes(run: Path) -> None:
    found = envelope(run)
    payload = base64.b64decode(found["payload"])
    kind = found["payloadType"].encode()
    prescribed = b" ".join([b"DSSEv1", str(len(kind)).encode(), kind, str(len(payload)).encode(), payload])
    public = Ed25519PublicKey.from_public_bytes(PublicKey.of(KEY).raw)
    public.verify(base64.b64decode(found["signatures"][0]["sig"]), prescribed)


FILES = ("index.html", "results.json", "rows/a.csv", "manifest.json", "run.json", "attestation.dsse.json")


@pytest.mark.parametrize("name", FILES)
def test_a_flipped_bit_anywhere_is_noticed(run: Path, name: str) -> None:
    path = run / name
    raw = path.read_bytes()
    for position in sorted({*range(0, len(raw), max(1, len(raw) // 60)), len(raw) - 1}):
        path.write_bytes(raw[:position] + bytes([raw[position] ^ 1]) + raw[position + 1 :])
        with pytest.raises(EvidenceError):
            check(run)
    path.write_bytes(raw)
    check(run)


@pytest.mark.parametrize("name", FILES)
def test_a_cut_or_grown_file_is_noticed(run: Path, name: str) -> None:
    raw = (run / name).read_bytes()
    for other in (raw[:-1], b"", raw + b" ", raw + b"\n"):
        (run / name).write_bytes(other)
        with pytest.raises(EvidenceError):
            check(run)


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_noticed(run: Path, name: str) -> None:
    (run / name).unlink()
    with pytest.raises(EvidenceError):
        check(run)


def test_a_file_too_many_is_noticed_whatever_it_is(run: Path, tmp_path: Path) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    (outside / "index.html").write_text("page", "utf-8")
    makers: list[Callable[[Path], object]] = [
        lambda path: path.write_text("x", "utf-8"),
        lambda path: path.symlink_to(outside / "index.html"),
        lambda path: path.symlink_to(outside),
        os.mkfifo,
    ]
    for make in makers:
        for place in (run / "extra", run / "rows" / "b.csv"):
            make(place)
            with pytest.raises(EvidenceError, match="a file too many"):
                check(run)
            place.unlink()
    check(run)


COPIES = Path("notebooks") / ".ipynb_checkpoints"


def test_a_steward_who_opened_a_notebook_undoes_no_proof_and_the_copy_is_named(run: Path) -> None:
    copy = run / COPIES / "04_security-checkpoint.ipynb"
    copy.parent.mkdir()
    copy.write_text("{}", "utf-8")
    found = check(run)
    assert found.files == 7
    assert found.ignored == ("notebooks/.ipynb_checkpoints/04_security-checkpoint.ipynb",)
    (run / "notebooks" / "04_security.ipynb").write_text("{ }\n", "utf-8")
    with pytest.raises(EvidenceError, match=r"found another 'notebooks/04_security\.ipynb'\.$"):
        check(run)


@pytest.mark.parametrize(
    "name",
    [
        COPIES / "04_security.ipynb",
        COPIES / "04_security-checkpoint.html",
        COPIES / "05_rights-checkpoint.ipynb",
        COPIES / "-checkpoint.ipynb",
        COPIES / "deeper" / "04_security-checkpoint.ipynb",
        Path(".ipynb_checkpoints") / "04_security-checkpoint.ipynb",
        Path("rows") / ".ipynb_checkpoints" / "04_security-checkpoint.ipynb",
    ],
    ids=str,
)
def test_what_only_looks_like_such_a_copy_is_a_file_too_many(run: Path, name: Path) -> None:
    path = run / name
    path.parent.mkdir(parents=True)
    path.write_text("{}", "utf-8")
    with pytest.raises(EvidenceError, match="a file too many"):
        check(run)


def test_a_link_in_the_place_of_such_a_copy_is_a_file_too_many(run: Path, tmp_path: Path) -> None:
    (tmp_path / "04_security-checkpoint.ipynb").write_text("{}", "utf-8")
    (run / COPIES).symlink_to(tmp_path)
    with pytest.raises(EvidenceError, match="a file too many"):
        check(run)
    (run / COPIES).unlink()
    (run / COPIES).mkdir()
    (run / COPIES / "04_security-checkpoint.ipynb").symlink_to(run / "notebooks" / "04_security.ipynb")
    with pytest.raises(EvidenceError, match="a file too many"):
        check(run)


def test_a_link_does_not_pass_for_a_file(run: Path, tmp_path: Path) -> None:
    shutil.copy(run / "index.html", tmp_path / "index.html")
    (run / "index.html").unlink()
    (run / "index.html").symlink_to(tmp_path / "index.html")
    with pytest.raises(EvidenceError, match=r"no file 'index.html'"):
        check(run)


def test_a_folder_that_is_a_link_does_not_pass(run: Path, tmp_path: Path) -> None:
    shutil.move(run / "rows", tmp_path / "rows")
    (run / "rows").symlink_to(tmp_path / "rows")
    with pytest.raises(EvidenceError, match=r"a file too many, 'rows'"):
        check(run)


def test_parts_of_two_runs_are_no_run(tmp_path: Path) -> None:
    one, two = publish(tmp_path / "one", "first"), publish(tmp_path / "two", "second")
    for names in (["attestation.dsse.json"], ["manifest.json"], ["manifest.json", "run.json", "index.html"]):
        mixed = tmp_path / "mixed" / "one"
        shutil.copytree(one, mixed)
        for name in names:
            shutil.copy(two / name, mixed / name)
        shutil.copy(tmp_path / LOG, tmp_path / "mixed" / LOG)
        if names == ["manifest.json", "run.json", "index.html"]:
            # Every file but the attestation is the other run's.
            with pytest.raises(EvidenceError, match=r"another 'manifest\.json'"):
                check(mixed)
        else:
            with pytest.raises(EvidenceError):
                check(mixed)
        shutil.rmtree(tmp_path / "mixed")


def test_an_earlier_run_put_back_is_noticed(run: Path, tmp_path: Path) -> None:
    shutil.copytree(run, tmp_path / "kept")
    publish(run, "newer")
    assert check(run).line == 3
    with pytest.raises(EvidenceError, match="expected the name that was attested, 'run', found 'kept'"):
        check(tmp_path / "kept")
    shutil.rmtree(run)
    shutil.move(tmp_path / "kept", run)
    with pytest.raises(EvidenceError, match=r"found an earlier one; line 3 of .* names a later one"):
        check(run)


def signature_of(line: bytes) -> bytes:
    return f'"signature":"{json.loads(line)["signature"]}"'.encode()


def test_a_log_that_lost_or_changed_a_line_is_noticed(tmp_path: Path) -> None:
    runs = [publish(tmp_path / f"run{number}", str(number)) for number in range(4)]
    log = tmp_path / LOG
    lines = log.read_bytes().splitlines(keepends=True)
    for line in lines:
        assert json.loads(line)["format"] == "governance-log/2"
    without = {
        "the last run": lines[:6],
        "the first": lines[1:],
        "one between": [*lines[:1], *lines[2:]],
        "all": [],
        "the order": [lines[1], lines[0], *lines[2:]],
        "a line twice": [*lines, lines[7]],
        "a run twice": [*lines, *lines[6:]],
        "half a line": [*lines[:6], lines[6][:-9]],
        "another verdict": [lines[0].replace(b'"verdict":"error"', b'"verdict":"passed"'), *lines[1:]],
        "a key twice": [*lines[:6], lines[6].replace(b'{"attestation"', b'{"name":"x","attestation"')],
        "no signature": [*lines[:7], re.sub(rb'"signature":"[^"]*"', b'"signature":""', lines[7])],
        "another's signature": [*lines[:7], re.sub(rb'"signature":"[^"]*"', signature_of(lines[1]), lines[7])],
        "no signer": [*lines[:7], re.sub(rb'"(signature|signer)":"[^"]*"', rb'"\1":""', lines[7])],
    }
    for kept in without.values():
        log.write_bytes(b"".join(kept))
        with pytest.raises(EvidenceError, match=r"governance-log\.jsonl"):
            check(runs[3])
    log.write_bytes(b"".join(lines))
    assert [check(run).line for run in runs] == [1, 3, 5, 7]
    log.unlink()
    with pytest.raises(EvidenceError, match="expected the line of this run, found none"):
        check(runs[3])


def test_a_duplicate_key_in_the_attestation_or_the_manifest_is_noticed(run: Path) -> None:
    for name in ("attestation.dsse.json", "manifest.json", "run.json"):
        raw = (run / name).read_text("utf-8")
        (run / name).write_text("{" + raw.split("\n", 2)[1].rstrip(",") + ",\n" + raw.partition("\n")[2], "utf-8")
        with pytest.raises(EvidenceError):
            check(run)
        (run / name).write_text(raw, "utf-8")


def test_another_key_is_not_trusted_and_a_forged_name_does_not_help(run: Path) -> None:
    with pytest.raises(EvidenceError, match="expected the signature of the trusted key"):
        check(run, trusted=OTHER_KEY)
    forged = enclose(statement(run), OTHER_KEY)
    for text in (forged, forged.replace(PublicKey.of(OTHER_KEY).id, PublicKey.of(KEY).id)):
        (run / "attestation.dsse.json").write_text(text, "utf-8")
        for trusted in (KEY, OTHER_KEY, None):
            with pytest.raises(EvidenceError, match="signature"):
                check(run, trusted=trusted)


def test_a_run_without_a_signature_does_not_pass_for_one_with(run: Path) -> None:
    found = envelope(run)
    bare = canonical_json(found | {"signatures": []})
    (run / "attestation.dsse.json").write_text(bare, "utf-8")
    for unsigned in (False, True):
        with pytest.raises(EvidenceError, match="signature"):
            check(run, trusted=None, unsigned=unsigned)
    twice = canonical_json(found | {"signatures": found["signatures"] * 2})
    assert SignedEnvelope.read(twice).signed_by(PublicKey.of(KEY))
    (run / "attestation.dsse.json").write_text(twice, "utf-8")
    with pytest.raises(EvidenceError, match="signature"):
        check(run)


def test_a_run_made_without_keys_says_unsigned(tmp_path: Path) -> None:
    run = publish(tmp_path / "run", key=None)
    assert statement(run)["predicate"]["signer"] == "UNSIGNED"
    for trusted in (None, KEY):
        with pytest.raises(EvidenceError, match="UNSIGNED: the run was made without keys"):
            check(run, trusted=trusted)
    assert check(run, trusted=None, unsigned=True).signer is None
    (run / "index.html").write_text("other", "utf-8")
    with pytest.raises(EvidenceError, match=r"another 'index\.html'"):
        check(run, trusted=None, unsigned=True)


def test_public_keys_are_read_from_pem(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text(PublicKey.of(KEY).pem, "utf-8")
    assert verify(run, Log.beside(run), key=path).signer == read_public_key(path)
    path.write_text("-----BEGIN PUBLIC KEY-----\nx\n-----END PUBLIC KEY-----\n", "utf-8")
    for place in (path, tmp_path / "none"):
        with pytest.raises(KeysError, match="expected an Ed25519 public key in PEM"):
            read_public_key(place)


def test_a_changed_log_is_not_continued(run: Path, tmp_path: Path) -> None:
    log = tmp_path / LOG
    log.write_bytes(log.read_bytes().replace(b'"rows"', b'"rews"') + b"{}\n")
    with pytest.raises(EvidenceError, match=r":2: expected a line that names the digest"):
        publish(run, "again")
    assert (run / "index.html").read_text("utf-8") == "page"


def test_what_a_killed_writer_left_of_a_line_is_removed(run: Path, tmp_path: Path) -> None:
    log = tmp_path / LOG
    whole = log.read_bytes()
    log.write_bytes(whole + whole[:40])
    assert check(run).notes == (
        "the last line is a part of one, which an interrupted report left; the next report removes it",
    )
    publish(tmp_path / "other")
    assert log.read_bytes().startswith(whole + b'{"attestation"')
    check(run)


def test_a_log_that_is_a_link_is_refused(run: Path, tmp_path: Path) -> None:
    (tmp_path / LOG).rename(tmp_path / "moved")
    (tmp_path / LOG).symlink_to(tmp_path / "moved")
    with pytest.raises(EvidenceError, match="expected a log that can be continued, found OSError"):
        publish(run, "again")


PUBLISHER = """
import sys
from pathlib import Path
from tests.sealing.conftest import publish
print("ready", flush=True)
for number in range(int(sys.argv[2])):
    publish(Path(sys.argv[1]), str(number))
"""


def publisher(out: Path, times: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, str(out), str(times)], stdout=subprocess.PIPE, cwd=PROJECT
    )


@pytest.mark.slow
def test_a_killed_report_leaves_a_run_that_verifies_or_none(tmp_path: Path) -> None:
    run = tmp_path / "run"
    for moment in range(12):
        with publisher(run, 100_000) as process:
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(0.002 + 0.0037 * moment)
            os.kill(process.pid, signal.SIGKILL)
        if run.exists():
            check(run)
        for partial in tmp_path.glob(".run.*.partial"):
            if not (partial / "run" / "attestation.dsse.json").exists():
                with pytest.raises(EvidenceError, match="incomplete"):
                    check(partial / "run")
    publish(run)
    check(run)


@pytest.mark.slow
def test_reports_at_the_same_time_lose_no_line(tmp_path: Path) -> None:
    processes = [publisher(tmp_path / f"run{number}", 10) for number in range(4)]
    assert [process.wait() for process in processes] == [0] * 4
    for process in processes:
        assert process.stdout is not None
        process.stdout.close()
    entries = Log(tmp_path / LOG).read().entries
    assert sorted(entry.name for entry in entries) == sorted(f"run{number}" for number in range(4) for _ in range(10))
    assert {check(tmp_path / f"run{number}").lines for number in range(4)} == {80}
