"""Questions rank what was read before, where the database says at that moment that it still stands."""

import hashlib
import multiprocessing
from datetime import timedelta

import pytest
from sqlmodel import update

from pipelines.domain.confirmations import SettledState
from pipelines.domain.drafts import FieldName
from pipelines.domain.resolutions import Confidence, Resolution, ResolutionContent, ResolutionField, ResolutionVersions
from pipelines.retrieve.documents import WORDS_FORMAT, matchable, packed, unpacked
from service.store.engine import Database, open_engine
from service.store.lexical import LexicalText, open_lexical_index
from service.store.queries import candidates, deliveries, resolutions, suggestions
from service.store.remembered import Known, RememberedResolutions
from service.store.session import Session
from service.store.tables import ResolutionRow, ResolutionWordsRow
from service.store.words import terms
from service.usecases.lexical_text import lexical_text, put_lexical, put_missing_words
from tests.databases import url_of
from tests.store.examples import NOW


def content(fix: str = "Restart the spooler of print-server.example with E1021") -> ResolutionContent:
    return ResolutionContent(
        title="Printing is slow on v2.1",
        fields={FieldName.FIX: ResolutionField(state=SettledState.STATED, text=fix)},
        versions=ResolutionVersions(state=SettledState.NOT_KNOWN),
    )


def add(database: Database, fix: str = "Restart the spooler") -> int:
    with database.write() as session:
        made = resolutions.add(session, content(fix), "Ada", "", NOW)
        put_lexical(database, session, made)
    return int(made.id.removeprefix("R-"))


def read(database: Database, *numbers: int) -> dict[int, candidates.CandidateRecord]:
    with database.read() as session:
        return candidates.load(session, numbers)


def remembered(database: Database) -> RememberedResolutions:
    with database.read() as session:
        found: RememberedResolutions = session.info["remembered"]
    return found


def _archive(session: Session, number: int) -> None:
    resolutions.revise(session, number, content(), "Ben", "", NOW, confidence=Confidence.ARCHIVED)


def _archive_elsewhere(url: str, number: int) -> None:
    engine = open_engine(url, 1)
    with Database(engine).write() as session:
        _archive(session, number)
    engine.dispose()


def test_a_resolution_is_parsed_once_and_its_counts_are_of_now(database: Database) -> None:
    number = add(database)
    first = read(database, number)[number]
    with database.write() as session:
        suggestions.count_shown(session, [number])
    second = read(database, number)[number]
    assert first.resolution is second.resolution
    assert (0, 1) == (first.track_record.shown, second.track_record.shown)


def test_a_new_version_is_read_anew(database: Database) -> None:
    number = add(database)
    read(database, number)
    with database.write() as session:
        resolutions.revise(session, number, content("Replace the spooler"), "Ben", "", NOW + timedelta(hours=1))
    found = read(database, number)[number]
    assert (2, "Replace the spooler") == (found.resolution.version, found.resolution.content.text(FieldName.FIX))
    assert NOW + timedelta(hours=1) == found.changed_at


def test_what_is_archived_is_not_served_whatever_is_remembered(database: Database) -> None:
    number = add(database)
    read(database, number)
    with database.write() as session:
        _archive(session, number)
    assert {} == read(database, number)


def test_what_another_process_archived_is_not_served_either(database: Database) -> None:
    number = add(database)
    read(database, number)
    spawn = multiprocessing.get_context("spawn")
    other = spawn.Process(target=_archive_elsewhere, args=(url_of(database), number))
    other.start()
    other.join(120)
    assert (0, {}) == (other.exitcode, read(database, number))


@pytest.mark.parametrize(
    "changed", [{"audience": "partner"}, {"governance": "compliance"}, {"confidence": "validated"}]
)
def test_what_changed_alone_is_read_anew(database: Database, changed: dict[str, str]) -> None:
    number = add(database)
    read(database, number)
    with database.write() as session:
        session.exec(update(ResolutionRow).values(**changed))
    found = read(database, number)[number].resolution
    assert changed == {name: getattr(found, name).value for name in changed}


def test_after_an_erasure_nothing_from_before_it_is_kept(database: Database) -> None:
    """Whichever process erased: the next question finds out, whatever it is about."""
    first, second = add(database), add(database)
    read(database, first, second)
    assert 2 == len(remembered(database))
    with database.write() as session:
        deliveries.set_fact(session, deliveries.ERASURES, "another")
    read(database, second)
    assert 1 == len(remembered(database))


def test_what_was_read_before_an_erasure_is_not_kept_after_it(database: Database) -> None:
    number = add(database)
    resolution = read(database, number)[number].resolution
    kept = RememberedResolutions()
    kept.those_in({}, "first")
    kept.those_in({}, "second")
    kept.keep({number: Known("1", resolution, NOW, True)}, "first")
    assert 0 == len(kept)


def test_the_latest_asked_for_are_kept(database: Database) -> None:
    numbers = [add(database) for _ in range(3)]
    known = {number: Known("1", record.resolution, NOW, True) for number, record in read(database, *numbers).items()}
    kept = RememberedResolutions(most=2)
    for number in (numbers[0], numbers[1]):
        kept.keep({number: known[number]}, None)
    kept.those_in({numbers[0]: "1"}, None)
    kept.keep({numbers[2]: known[numbers[2]]}, None)
    assert {numbers[0], numbers[2]} == kept.those_in(dict.fromkeys(numbers, "1"), None).keys()


def test_the_words_kept_beside_a_resolution_are_those_that_are_compared(database: Database) -> None:
    number = add(database)
    assert matchable(content("Restart the spooler")) == matchable(read(database, number)[number].resolution.content)


@pytest.mark.parametrize(
    ("stale", "title"),
    [({}, {"kept"}), ({"version": 7}, {"print", "slow"}), ({"format": WORDS_FORMAT - 1}, {"print", "slow"})],
)
def test_words_are_taken_from_beside_it_only_where_they_are_of_this_version_and_format(
    database: Database, stale: dict[str, int], title: set[str]
) -> None:
    number = add(database)
    words = packed(matchable(content())._replace(title=frozenset({"kept"})))
    with database.write() as session:
        session.exec(update(ResolutionWordsRow).values(words=words, **stale))
    assert title == matchable(read(database, number)[number].resolution.content).title


def test_words_that_are_missing_or_of_another_format_are_made_by_the_sweep(database: Database) -> None:
    numbers = [add(database) for _ in range(3)]
    with database.write() as session:
        session.exec(update(ResolutionWordsRow).values(format=WORDS_FORMAT - 1))
        candidates.remove_words(session, numbers[0])
    assert (3, 0) == (put_missing_words(database), put_missing_words(database))
    with database.write() as session:
        assert [] == candidates.without_words(session, 10)


def test_with_them_word_search_gets_the_words_that_the_program_cuts_now(database: Database) -> None:
    number = add(database)
    with database.write() as session:
        session.exec(update(ResolutionWordsRow).values(format=WORDS_FORMAT - 1))
        open_lexical_index(database).put(session, number, LexicalText("as it was cut before"))
    put_missing_words(database)
    index = open_lexical_index(database)
    assert ([], 1) == (index.search("before", 5), len(index.search("printing is slow", 5)))


def test_packed_words_come_back_as_they_were() -> None:
    found = matchable(content())
    assert found == unpacked(packed(found))
    assert (frozenset({"e1021"}), frozenset({"v2.1"})) == (found.codes, found.versions)


def test_words_that_are_read_otherwise_have_another_format() -> None:
    """What was packed before stays in databases: raise WORDS_FORMAT together with the hash below."""
    parts = lexical_text(Resolution(id="R-1", version=1, content=content())).parts()
    searched = [term for part in parts for term, _ in terms(part)]
    found = "\n".join((packed(matchable(content())), *searched))
    assert (2, "b01de0214a5f94f1") == (WORDS_FORMAT, hashlib.sha256(found.encode()).hexdigest()[:16])
