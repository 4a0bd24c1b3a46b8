"""The rule by which message bodies are kept, for any history of a thread."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.store.message_revisions import StoredBody, revise

threads = st.dictionaries(st.sampled_from(["m1", "m2", "m3"]), st.sampled_from(["a", "b", "c"]))
histories = st.lists(threads, min_size=1, max_size=6)


def arriving(thread: dict[str, str]) -> list[dict[str, Any]]:
    facts = {"at": 0, "author": None, "role": "agent", "visibility": "public"}
    return [{**facts, "message_id": key, "body": body, "position": n} for n, (key, body) in enumerate(thread.items())]


def apply(stored: list[StoredBody], thread: dict[str, str]) -> list[StoredBody]:
    revisions = revise(stored, arriving(thread))
    by_name = {(body.message_id, body.revision): body for body in stored}
    for change in revisions.superseded + revisions.kept:
        name = change["message"], change["number"]
        by_name[name] = by_name[name]._replace(superseded=change["superseded"])
    for row in revisions.inserted:
        name = row["message_id"], row["revision"]
        assert name not in by_name
        by_name[name] = StoredBody(*name, row["body"], row["superseded"])
    return list(by_name.values())


@given(histories)
def test_the_living_bodies_are_always_those_of_the_last_arrival(history: list[dict[str, str]]) -> None:
    stored: list[StoredBody] = []
    for thread in history:
        stored = apply(stored, thread)
    assert sorted(history[-1].items()) == sorted((b.message_id, b.body) for b in stored if not b.superseded)


@given(histories)
def test_no_body_is_ever_changed_or_lost(history: list[dict[str, str]]) -> None:
    stored: list[StoredBody] = []
    for thread in history:
        before = {(b.message_id, b.revision): b.body for b in stored}
        stored = apply(stored, thread)
        after = {(b.message_id, b.revision): b.body for b in stored}
        assert before.items() <= after.items()


@given(threads)
def test_the_same_thread_again_inserts_nothing(thread: dict[str, str]) -> None:
    again = revise(apply([], thread), arriving(thread))
    assert ([], []) == (again.inserted, again.superseded)
