"""A ticket file goes in once: the good lines into the store, the others into the rejects file with their reason."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

import pytest

from pipelines.domain.errors import InvalidInput
from pipelines.domain.ticket_file import ticket_object
from service.settings import CapturePolicy
from service.store import jobs
from service.store.queries import tickets
from service.usecases import import_tickets
from service.usecases.import_tickets import ImportSummary, import_file
from service.usecases.services import Services
from tests.usecases.cases import case


def lines(count: int, **facts: Any) -> list[bytes]:
    return [json.dumps(ticket_object(case(f"T-{number}", **facts))).encode() for number in range(count)]


def written(path: Path, content: list[bytes]) -> Path:
    path.write_bytes(b"\n".join(content) + b"\n")
    return path


def run(services: Services, path: Path, capture: CapturePolicy = "escalated", **other: Any) -> dict[str, int]:
    return import_file(services.db, path, capture, **other).counts()


def state(services: Services) -> list[Any]:
    """Everything that an import leaves behind, without times of our own."""
    with services.db.read() as session:
        found = tickets.load_many(session, list(range(1, 500)))
        queue = jobs.count_jobs(session)
    return [[(str(r.ticket.key), r.ticket, r.closures, r.capture_state) for r in found], queue]


def rejects_of(path: Path) -> list[dict[str, Any]]:
    rejects = path.with_name(path.name + ".rejects.jsonl")
    return [json.loads(line) for line in rejects.read_text(encoding="utf-8").splitlines()]


def counts(**other: int) -> dict[str, int]:
    return dict.fromkeys(("read", "created", "updated", "unchanged", "rejected", "drafts_queued"), 0) | other


def test_a_second_import_changes_nothing(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", lines(5))
    assert counts(read=5, created=5, drafts_queued=5) == run(services, path)
    before = state(services)
    assert counts(read=5, unchanged=5) == run(services, path)
    assert before == state(services)


def test_a_changed_ticket_is_updated(services: Services, tmp_path: Path) -> None:
    run(services, written(tmp_path / "t.jsonl", lines(3)))
    changed = [*lines(2), *lines(3, priority="P1")[2:]]
    assert counts(read=3, updated=1, unchanged=2) == run(services, written(tmp_path / "t.jsonl", changed))


def test_bad_lines_are_told_by_number_and_reason_and_the_rest_goes_in(services: Services, tmp_path: Path) -> None:
    good = lines(3)
    content = [
        b"\xef\xbb\xbf" + good[0],
        b"",
        b"{broken",
        b'{"id": "caf\xe9"}',
        b"   ",
        good[1].replace(b'"status": "closed"', b'"status": "done"'),
        good[2] + b"\r",
    ]
    path = written(tmp_path / "t.jsonl", content)

    assert counts(read=5, created=2, rejected=3, drafts_queued=2) == run(services, path)

    found = rejects_of(path)
    assert [3, 4, 6] == [r["line"] for r in found]
    assert ["not JSON", "not UTF-8", "status must be"] == [
        said[: len(start)]
        for said, start in zip((r["reason"] for r in found), ("not JSON", "not UTF-8", "status must be"), strict=True)
    ]
    assert ["{broken", '{"id": "caf\\xe9"}'] == [r["raw"] for r in found[:2]]


def test_a_line_without_an_end_is_read_too(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(lines(1)[0])
    assert counts(read=1, created=1, drafts_queued=1) == run(services, path)


def test_an_empty_file_holds_nothing(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"")
    assert counts() == run(services, path)


def test_the_rejects_file_goes_when_nothing_is_rejected_any_more(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", [b"{broken"])
    run(services, path)
    assert 1 == len(rejects_of(path))
    run(services, written(path, lines(1)))
    assert not path.with_name("t.jsonl.rejects.jsonl").exists()


def test_the_rejects_file_can_be_named_but_never_is_the_ticket_file(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", [b"{broken", *lines(1)])
    before = path.read_bytes()
    with pytest.raises(InvalidInput, match="would overwrite the ticket file"):
        run(services, path, rejects=tmp_path / "." / "t.jsonl")
    assert before == path.read_bytes()
    run(services, path, rejects=tmp_path / "bad.jsonl")
    assert 1 == json.loads((tmp_path / "bad.jsonl").read_text())["line"]


def test_a_rejects_file_that_cannot_be_written_is_said(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", [b"{broken"])
    with pytest.raises(InvalidInput, match=r"rejects file .* cannot be written"):
        run(services, path, rejects=tmp_path / "absent" / "bad.jsonl")


@pytest.mark.parametrize("name", ["absent.jsonl", "."])
def test_a_file_that_cannot_be_read_is_said(services: Services, tmp_path: Path, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be read"):
        run(services, tmp_path / name)


def test_gzip_is_known_by_its_content(services: Services, tmp_path: Path) -> None:
    path = tmp_path / "no-ending"
    path.write_bytes(gzip.compress(b"\n".join(lines(4))))
    assert counts(read=4, created=4, drafts_queued=4) == run(services, path)


@pytest.mark.parametrize("damage", ["cut off", "garbage behind", "garbage within"])
def test_a_damaged_gzip_keeps_what_came_before(services: Services, tmp_path: Path, damage: str) -> None:
    chance = random.Random(3)
    noise = [case(f"T-{n}", reporter=str(chance.getrandbits(9000))) for n in range(60)]
    packed = gzip.compress(b"".join(json.dumps(ticket_object(t)).encode() + b"\n" for t in noise))
    middle = len(packed) // 2
    harmed = {
        "cut off": packed[:middle],
        "garbage behind": packed + b"garbage",
        "garbage within": packed[:middle] + chance.randbytes(2000) + packed[middle + 2000 :],
    }
    path = tmp_path / "t.jsonl.gz"
    path.write_bytes(harmed[damage])

    with pytest.raises(InvalidInput, match="damaged gzip file"):
        run(services, path)

    with services.db.read() as session:
        stored = len(tickets.load_many(session, list(range(1, 100))))
    assert (60 if damage == "garbage behind" else 10) <= stored


def test_a_line_too_long_to_hold_is_said_to_be_so_and_the_next_is_read(
    services: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tickets, "LONGEST_LINE", 20_000)
    long = lines(1, fields={"log": "x" * 50_000})
    path = written(tmp_path / "t.jsonl", [*long, *lines(2)[1:]])
    assert counts(read=2, created=1, rejected=1, drafts_queued=1) == run(services, path)
    (reject,) = rejects_of(path)
    assert "the line is over" in reject["reason"]


@pytest.mark.parametrize("stopped_after", [1, 2, 3])
def test_an_import_stopped_and_run_again_ends_as_if_it_had_not_been(
    services: Services, tmp_path: Path, stopped_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_tickets, "AT_ONCE", 4)
    path = written(tmp_path / "t.jsonl", [*lines(10), b"{broken", *lines(14)[10:]])
    ticks = 0

    def stop(position: int, summary: ImportSummary) -> None:
        nonlocal ticks
        ticks += 1
        assert 0 < position <= path.stat().st_size
        assert ticks * 4 == summary.created
        if ticks == stopped_after:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(services, path, tick=stop)
    again = run(services, path)
    assert {"read": 15, "created": 14 - 4 * stopped_after, "unchanged": 4 * stopped_after} == {
        name: again[name] for name in ("read", "created", "unchanged")
    }
    after = state(services)
    assert 14 == len(after[0])
    run(services, path)
    assert after == state(services)
    assert [11] == [r["line"] for r in rejects_of(path)]


def test_a_stopped_import_leaves_the_rejects_of_an_earlier_one(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", [b"{broken"])
    run(services, path)
    written(path, lines(2))

    def stop(_position: int, _summary: ImportSummary) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(services, path, tick=stop)
    assert 1 == len(rejects_of(path))


def test_the_policy_says_what_is_drafted_and_a_wider_one_catches_up(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", [*lines(2), *lines(5, escalated=False)[2:]])
    assert 0 == run(services, path, "none")["drafts_queued"]
    assert 2 == run(services, path, "escalated")["drafts_queued"]
    assert 3 == run(services, path, "all")["drafts_queued"]
    assert 0 == run(services, path, "all")["drafts_queued"]


def test_a_ticket_twice_in_a_file_is_taken_twice_and_the_last_stands(services: Services, tmp_path: Path) -> None:
    path = written(tmp_path / "t.jsonl", [*lines(1), *lines(1, priority="P1")])
    assert counts(read=2, created=1, updated=1, drafts_queued=1) == run(services, path)
