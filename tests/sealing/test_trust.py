"""A green exit code needs a signer whom somebody vouches for, and the run that was asked for."""

from __future__ import annotations

import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from governance.encryption.keys import load_keys
from governance.errors import EvidenceError, GovernanceError, UsageError
from governance.sealing import Log, PublicKey, Verified, historic_keys, verify
from governance.sealing.signing import SignedEnvelope, enclose
from governance.sealing.trust import TrustedKey, trusted_keys
from tests.commands import Done, govern

from .conftest import KEY, OTHER_KEY, STARTED, publish

NOW = datetime.fromisoformat(STARTED) + timedelta(hours=5)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return publish(tmp_path / "made" / "run")


def pem(folder: Path, key: bytes) -> Path:
    path = folder / f"{key[0]}.pem"
    path.write_text(PublicKey.of(key).pem, "utf-8")
    return path


def signers(folder: Path, key: bytes, since: str = "2026-01-01", until: str = "2026-12-31") -> Path:
    path = folder / "trusted_signers.yaml"
    raw = PublicKey.of(key).raw.hex()
    path.write_text(
        f'signers:\n  - {{name: The CI, public_key: "{raw}", since: "{since}", until: "{until}"}}\n', "utf-8"
    )
    return path


def code(call: object) -> int:
    """The exit code that the command line would end with."""
    assert callable(call)
    try:
        call()
    except GovernanceError as error:
        return error.exit_code
    return 0


@pytest.mark.parametrize("trusting", ["key", "environment", "file"])
def test_a_trusted_signer_is_needed_and_named(
    run: Path, tmp_path: Path, trusting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_signer(key: bytes) -> Verified:
        if trusting == "environment":
            monkeypatch.setenv("GOVERNANCE_TRUSTED_KEYS", f"{pem(tmp_path, key)}{os.pathsep}")
            return verify(run)
        return verify(run, key=pem(tmp_path, key)) if trusting == "key" else verify(run, trust=signers(tmp_path, key))

    with pytest.raises(EvidenceError, match="expected the signature of the trusted key, found that of"):
        with_signer(OTHER_KEY)
    with pytest.raises(EvidenceError, match="--any-key"):
        verify(run)
    found = with_signer(KEY)
    assert found.signer == PublicKey.of(KEY)
    assert {"key": ".pem", "environment": "GOVERNANCE_TRUSTED_KEYS", "file": "SHA-256"}[trusting] in found.trusted


def test_the_signing_key_of_a_key_file_is_trusted_alone(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    assert govern("keys", "new", "--out", path).code == 0
    (own,) = trusted_keys(run, keys=path)
    assert own == TrustedKey(PublicKey.of(load_keys(path).signing_key), str(path))
    with pytest.raises(EvidenceError, match="expected the signature of the trusted key, found that of"):
        verify(run, keys=path)
    mine = publish(tmp_path / "mine" / "run", key=load_keys(path).signing_key)
    assert verify(mine, keys=path).trusted == str(path)


def test_any_key_is_accepted_by_name_only(run: Path) -> None:
    assert code(lambda: verify(run)) == 4
    found = verify(run, any_key=True)
    assert (found.signer, found.trusted) == (PublicKey.of(KEY), "")
    assert code(lambda: verify(run, any_key=True, key=pem(run.parent, OTHER_KEY))) == 4


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        ("2026-11-22", "2026-11-22", True),
        ("2026-11-23", "2027-11-22", False),
        ("2025-11-22", "2026-11-21", False),
    ],
)
def test_a_signature_counts_on_the_days_of_its_key(
    run: Path, tmp_path: Path, since: str, until: str, *, holds: bool
) -> None:
    trust = signers(tmp_path, KEY, since, until)
    if holds:
        assert verify(run, trust=trust).trusted
    else:
        # A key that counted once does not count as any key either.
        for any_key in (False, True):
            with pytest.raises(EvidenceError, match=f"of the days {since} to {until}"):
                verify(run, trust=trust, any_key=any_key)


def test_a_run_that_does_not_say_when_it_was_made_counts_on_no_day(tmp_path: Path) -> None:
    run = publish(tmp_path / "made" / "run", started=None)
    with pytest.raises(EvidenceError, match="found one of no known day"):
        verify(run, trust=signers(tmp_path, KEY))


def test_a_file_of_signers_in_or_beside_the_run_is_never_used(run: Path) -> None:
    (run.parent / "expectations").mkdir()
    for folder in (run.parent, run.parent / "expectations", run):
        with pytest.raises(UsageError, match="apart from the run"):
            verify(run, trust=signers(folder, KEY))


def test_a_wrong_file_of_signers_names_every_problem(run: Path, tmp_path: Path) -> None:
    (tmp_path / "trusted_signers.yaml").write_text('signers:\n  - {name: x, public_key: "zz"}\n', "utf-8")
    with pytest.raises(GovernanceError, match=r"trusted_signers\.yaml:2.*64 small hex") as error:
        verify(run, trust=tmp_path / "trusted_signers.yaml")
    assert error.value.exit_code == 3


def test_an_unsigned_run_is_accepted_by_name_only(tmp_path: Path) -> None:
    run = publish(tmp_path / "run", key=None)
    assert code(lambda: verify(run)) == 4
    assert code(lambda: verify(run, any_key=True)) == 4
    assert verify(run, unsigned=True).signer is None
    # Whoever says who must have signed means it.
    assert code(lambda: verify(run, unsigned=True, key=pem(tmp_path, KEY))) == 4


def test_an_earlier_run_with_its_log_shows_against_a_kept_head_and_against_its_age(run: Path, tmp_path: Path) -> None:
    trust = signers(tmp_path, KEY)
    kept, log = run.parent / "kept", Log.beside(run)
    shutil.copytree(run, kept)
    earlier = log.path.read_bytes()
    publish(run, "newer")
    head = verify(run, trust=trust).head
    (tmp_path / "head.txt").write_text(f"log: line 3 of 4, head {head}\n", "utf-8")
    heads = (head, str(tmp_path / "head.txt"), str(shutil.copy(log.path, tmp_path / "kept.jsonl")))
    for given in heads:
        assert verify(run, trust=trust, head=given).head == head
    shutil.rmtree(run)
    kept.rename(run)
    log.path.write_bytes(earlier)
    assert verify(run, trust=trust).notes == ()
    for given in heads:
        with pytest.raises(EvidenceError, match="a log that continues the head"):
            verify(run, trust=trust, head=given)
    with pytest.raises(EvidenceError, match="at most 4 hours ago"):
        verify(run, trust=trust, max_age=timedelta(hours=4), now=NOW)
    assert verify(run, trust=trust, max_age=timedelta(hours=6), now=NOW)
    with pytest.raises(EvidenceError, match="at most 3 days ago"):
        verify(run, trust=trust, max_age=timedelta(days=3), now=NOW - timedelta(days=1))


@pytest.mark.parametrize(
    ("made", "longest", "holds"),
    [
        (timedelta(hours=-4), timedelta(hours=4), True),
        (timedelta(hours=-4, seconds=-1), timedelta(hours=4), False),
        (timedelta(minutes=5), timedelta(hours=4), True),  # by another clock
        (timedelta(minutes=5, seconds=1), timedelta(hours=4), False),
        (timedelta(days=-3), timedelta(days=3), True),
        (timedelta(days=-3, seconds=-1), timedelta(days=3), False),
    ],
)
def test_an_age_is_that_of_the_attested_start(run: Path, made: timedelta, longest: timedelta, *, holds: bool) -> None:
    now = datetime.fromisoformat(STARTED) - made
    if holds:
        assert verify(run, any_key=True, max_age=longest, now=now).line == 1
        return
    spelled = "3 days" if longest.days else "4 hours"
    with pytest.raises(EvidenceError, match=f"expected a run of at most {spelled} ago, found one of 2026-11-22T09:00"):
        verify(run, any_key=True, max_age=longest, now=now)


def test_an_age_needs_the_time_and_a_run_that_says_when_it_was_made(run: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="expected the present time"):
        verify(run, any_key=True, max_age=timedelta(days=1))
    timeless = publish(tmp_path / "timeless", started=None)
    assert verify(timeless, any_key=True).line == 1
    with pytest.raises(EvidenceError, match="expected a run that says when it was made"):
        verify(timeless, any_key=True, max_age=timedelta(days=1), now=NOW)


def test_who_names_a_key_file_accepts_no_other_key_and_no_unsigned_run(run: Path, tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    assert govern("keys", "new", "--out", path).code == 0
    assert code(lambda: verify(run, any_key=True, keys=path)) == 4
    assert code(lambda: verify(publish(tmp_path / "bare" / "run", key=None), unsigned=True, keys=path)) == 4


def resealed(run: Path, changes: dict[str, object], key: bytes | None = KEY) -> None:
    """Put another statement in the place of a run's, signed well."""
    path = run / "attestation.dsse.json"
    statement = SignedEnvelope.read(path.read_text("utf-8")).statement()
    path.write_text(enclose(statement | changes, key), "utf-8")


TWICE = [{"name": "manifest.json", "digest": {"sha256": "a"}}, {"name": "run.json", "digest": {"sha256": "b"}}]


@pytest.mark.parametrize(
    "changes",
    [
        {"_type": "https://in-toto.io/Statement/v2"},
        {"predicateType": "https://governance.invalid/attestation/assessment/v2"},
        {"more": 1},
        {"subject": TWICE[:1]},
        {"subject": [*TWICE, TWICE[0]]},
        {"subject": [*TWICE, {"name": "x", "digest": {"sha256": "a"}}]},
        {"subject": None},
        {"predicate": {"signer": PublicKey.of(KEY).raw.hex()}},
        {"predicate": []},
    ],
)
def test_a_signed_statement_of_another_form_attests_nothing(run: Path, changes: dict[str, object]) -> None:
    resealed(run, changes)
    with pytest.raises(EvidenceError, match=r"attestation\.dsse\.json: expected an attestation of ours"):
        verify(run, any_key=True)


def test_a_run_that_names_a_signer_is_not_unsigned_nor_one_with_a_signature(run: Path, tmp_path: Path) -> None:
    resealed(run, {}, None)
    unsigned = publish(tmp_path / "bare" / "run", key=None)
    resealed(unsigned, {}, KEY)
    for one in (run, unsigned):
        with pytest.raises(EvidenceError, match="expected the signature of the key that it names"):
            verify(one, any_key=True, unsigned=True)


@pytest.mark.parametrize("named", [True, False])
def test_history_is_of_ones_own_lines_and_those_of_the_policys_signers(tmp_path: Path, *, named: bool) -> None:
    trust = signers(tmp_path, OTHER_KEY) if named else tmp_path / "none.yaml"
    assert historic_keys(KEY, trust) == {PublicKey.of(KEY), *([PublicKey.of(OTHER_KEY)] if named else [])}


def test_a_head_that_is_none_is_a_usage_error(run: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for given in ("abc", str(tmp_path / "pipe"), str(run)):
        with pytest.raises(UsageError, match="expected the head of a log"):
            verify(run, any_key=True, head=given)


def test_an_earlier_run_put_back_under_the_present_log_is_a_replay(run: Path, tmp_path: Path) -> None:
    log = Log.beside(run).path
    shutil.copytree(run, tmp_path / "kept")
    publish(run, "newer")
    shutil.rmtree(run)
    shutil.move(tmp_path / "kept", run)
    whole = log.read_bytes()
    with pytest.raises(EvidenceError, match="this one was put back"):
        verify(run, any_key=True)
    # Without the line that closes the newer run, that one counts as interrupted.
    log.write_bytes(whole[: whole[:-1].rindex(b"\n") + 1])
    (note,) = verify(run, any_key=True).notes
    assert "line 3 is of a later report of this name that was interrupted" in note


def test_a_run_under_another_name_or_behind_a_link_is_refused(run: Path) -> None:
    copy = run.parent / "old"
    shutil.copytree(run, copy)
    with pytest.raises(EvidenceError, match="expected the name that was attested, 'run', found 'old'"):
        verify(copy, any_key=True)
    (run.parent / "link").symlink_to(run)
    with pytest.raises(EvidenceError, match="found a link"):
        verify(run.parent / "link", any_key=True)


def test_a_run_can_be_named_from_within_it(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(run)
    assert verify(".", any_key=True).line == 1
    monkeypatch.chdir(run.parent)
    assert verify("run/", any_key=True).line == 1


def test_other_data_than_attested_is_told(tmp_path: Path) -> None:
    import hashlib

    data = tmp_path / "data"
    data.mkdir()
    (data / "users.parquet").write_bytes(b"rows")
    run = publish(tmp_path / "run", inputs={"users.parquet": hashlib.sha256(b"rows").hexdigest()})
    assert verify(run, any_key=True, data=data)
    (data / ".DS_Store").touch()
    assert verify(run, any_key=True, data=data)
    (data / "users.parquet").write_bytes(b"Rows")
    with pytest.raises(EvidenceError, match=r"found another 'users\.parquet'"):
        verify(run, any_key=True, data=data)
    (data / "users.parquet").unlink()
    (data / "orders.parquet").touch()
    with pytest.raises(EvidenceError, match=r"a file too many, 'orders\.parquet'; no file 'users\.parquet'"):
        verify(run, any_key=True, data=data)
    with pytest.raises(EvidenceError, match="expected the folder with the data"):
        verify(run, any_key=True, data=tmp_path / "none")


def test_files_that_file_managers_leave_are_named_and_ignored(run: Path) -> None:
    for name in (".DS_Store", "Thumbs.db", "rows/desktop.ini"):
        (run / name).write_bytes(b"litter")
    assert verify(run, any_key=True).ignored == (".DS_Store", "Thumbs.db", "rows/desktop.ini")
    publish(run, "newer")
    (run / "Thumbs.db").symlink_to(run / "index.html")
    with pytest.raises(EvidenceError, match=r"a file too many, 'Thumbs\.db'"):
        verify(run, any_key=True)


def test_a_log_with_other_line_ends_says_so(run: Path) -> None:
    log = Log.beside(run).path
    log.write_bytes(log.read_bytes().replace(b"\n", b"\r\n"))
    with pytest.raises(EvidenceError, match="found a carriage return"):
        verify(run, any_key=True)


def test_a_log_of_the_first_format_is_continued(run: Path) -> None:
    import json

    log = Log.beside(run).path
    first = json.loads(log.read_bytes().splitlines()[0])
    del first["state"]
    old = {**first, "format": "governance-log/1"}
    text = json.dumps(old, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    log.write_text(f"{text}\n", "utf-8")
    assert verify(run, any_key=True).lines == 1
    publish(run, "newer")
    assert (verify(run, any_key=True).line, verify(run, any_key=True).lines) == (2, 3)


def test_pipes_in_the_place_of_files_do_not_hang(run: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name in ("manifest.json", "attestation.dsse.json", "run.json"):
        kept = (run / name).read_bytes()
        (run / name).unlink()
        os.mkfifo(run / name)
        assert code(lambda: verify(run, any_key=True)) == 4
        (run / name).unlink()
        (run / name).write_bytes(kept)
    assert code(lambda: verify(run, tmp_path / "pipe", any_key=True)) == 4
    assert code(lambda: verify(run, key=tmp_path / "pipe")) == 3
    assert code(lambda: verify(run, trust=tmp_path / "pipe")) == 3


def say(run: Path, *options: object) -> Done:
    return govern("verify", run, *options)


def test_the_command_says_who_is_trusted_and_by_what(run: Path, tmp_path: Path) -> None:
    trust = signers(tmp_path, KEY)
    done = say(run, "--trust", trust)
    assert done.code == 0
    assert f"trusted by: {trust} (SHA-256 " in done.out
    assert "The CI" in done.out
    assert "intact, signer not known" in say(run, "--any-key").out
    assert say(run).code == 4
    unsigned = publish(tmp_path / "unsigned", key=None)
    assert "UNSIGNED" in say(unsigned, "--unsigned").out
    assert say(unsigned).code == 4


@pytest.mark.parametrize("age", ["0d", "7", "x", "-1d", "1.5h"])
def test_an_age_is_days_or_hours(run: Path, age: str) -> None:
    done = say(run, "--any-key", "--max-age", age)
    assert done.code == (4 if age == "7" else 3), done.err
