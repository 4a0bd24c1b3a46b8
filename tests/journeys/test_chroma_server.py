"""With a Chroma server many processes share one index: a server that works on no job, and workers beside it."""

from collections import Counter

from pipelines.adapters.chroma_index import ChromaIndex
from pipelines.adapters.embedding_files import read_manifest
from tests.journeys import examples, state
from tests.journeys.conftest import NewProgram
from tests.processes import wait_until

TICKETS = 12


def test_a_server_and_two_workers_share_the_work_and_the_index(new_program: NewProgram, chroma_server: str) -> None:
    program = new_program(capture="all", chroma_url=chroma_server)
    with program.serve() as server, program.client() as client, program.database() as database:
        for number in range(TICKETS):
            assert client.put(f"/tickets/made/T-{number}", json=examples.ticket(number)).is_success
        assert Counter() == state.drafts_of_closings(database)  # nobody works yet: not the server
        with program.start("worker") as first, program.start("worker") as second:
            wait_until(lambda: state.at_rest(database), 60, "the drafts were not made")
            drafts = client.get("/drafts").json()["items"]
            made = {}
            for draft in drafts:
                decision = examples.decision(int(draft["ticket"].rpartition("-")[2]))
                tag = {"If-Match": '"1"'}
                answer = client.post(f"/drafts/{draft['id']}/confirm", json=decision, headers=tag)
                made[draft["ticket"]] = answer.json()["resolution_id"]
            wait_until(lambda: state.at_rest(database), 60, "the resolutions were not indexed")
            answer = client.post("/suggestions", json=examples.question(3)).json()
            assert ([], True) == (answer["degraded"], made["made/T-3"] in examples.names(answer["suggestions"]))
            assert [] == state.jobs_that_failed(database)
            assert (0, 0) == (first.stop(), second.stop())
        assert 0 == server.stop()
        meant = dict.fromkeys(state.resolutions(database), 1)
        model = read_manifest(program.model)
        index = ChromaIndex.server(chroma_server, model.model_id, model.dimension)
        held = state.whole(dict(index.facts()))
        index.close()
    assert {f"made/T-{number}" for number in range(TICKETS)} == set(made)
    assert meant == {name: held.get(name) for name in meant}
