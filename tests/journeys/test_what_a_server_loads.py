"""A server that drafts, embeds, indexes and suggests has loaded no library that only exports models."""

from tests.journeys import examples, state
from tests.processes import PROGRAM, Program, wait_until

LISTING = f"""
import atexit, sys
atexit.register(lambda: print("LOADED", *sorted({{name.partition(".")[0] for name in sys.modules}})))
{PROGRAM}
"""


def test_a_server_at_work_has_loaded_neither_torch_nor_transformers(program: Program) -> None:
    with program.serve(program=LISTING) as server, program.client() as client, program.database() as database:
        assert client.put("/tickets/made/T-1", json=examples.ticket(1)).is_success
        wait_until(lambda: state.drafts_of_closings(database), 30, "no draft was made")
        tag = {"If-Match": '"1"'}
        assert client.post("/drafts/D-1/confirm", json=examples.decision(1), headers=tag).is_success
        wait_until(lambda: state.at_rest(database), 30, "it was not indexed")
        assert client.post("/suggestions", json=examples.question(1)).is_success
        assert 0 == server.stop()
        loaded = next(line for line in server.written.splitlines() if line.startswith("LOADED ")).split()

    assert {"chromadb", "onnxruntime", "litestar"} <= set(loaded)
    assert set() == {"torch", "transformers", "sentence_transformers", "onnxscript", "openai", "tiktoken"} & set(loaded)
