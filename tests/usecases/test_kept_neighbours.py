"""What is kept between two reports saves time and changes nothing, whatever happens to the file."""

from pathlib import Path

import numpy as np
import pytest

from pipelines.gaps.cluster import cluster
from pipelines.gaps.neighbours import nearest
from pipelines.ports import Vectors
from service.usecases.kept_neighbours import FILE, NeighbourFile


def questions(count: int) -> Vectors:
    chance = np.random.default_rng(5)
    vectors = chance.standard_normal((count // 3, 8))[chance.integers(0, count // 3, count)]
    vectors = vectors + 0.2 * chance.standard_normal(vectors.shape)
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), dtype=np.float32)


def test_more_demand_is_grouped_the_same_with_and_without_what_was_kept(tmp_path: Path) -> None:
    vectors, file = questions(200), NeighbourFile(tmp_path)
    assert cluster(vectors[:190]) == cluster(vectors[:190], kept=file)
    kept = file.read()
    assert kept is not None
    assert 190 == len(kept.keys)
    assert cluster(vectors[10:]) == cluster(vectors[10:], kept=file)
    again = file.read()
    assert again is not None
    assert not np.array_equal(kept.keys, again.keys)


def test_rows_that_were_known_are_not_compared_with_each_other_again(tmp_path: Path) -> None:
    vectors, file = questions(200), NeighbourFile(tmp_path)
    cluster(vectors, kept=file)
    steps: list[int] = []
    cluster(vectors, kept=file, progress=lambda done, _todo: steps.append(done))
    assert [] == steps
    cluster(np.concatenate([vectors, questions(3)[:1]]), kept=file, progress=lambda done, _todo: steps.append(done))
    assert [1] == steps


@pytest.mark.parametrize("content", [b"", b"not an archive", None])
def test_a_damaged_file_is_as_good_as_none(content: bytes | None, tmp_path: Path) -> None:
    vectors, file = questions(60), NeighbourFile(tmp_path)
    whole = cluster(vectors, kept=file)
    path = tmp_path / FILE
    path.write_bytes(path.read_bytes()[:500] if content is None else content)
    assert file.read() is None
    assert whole == cluster(vectors, kept=file)


def test_a_file_whose_parts_do_not_fit_is_not_read(tmp_path: Path) -> None:
    near = nearest(np.eye(4, dtype=np.float32), [bytes([row]) * 16 for row in range(4)], count=2)
    np.savez(tmp_path / FILE, keys=near.keys[:3], rows=near.rows, values=near.values)
    assert NeighbourFile(tmp_path).read() is None
    np.savez(tmp_path / FILE, keys=near.keys, rows=near.rows + 9, values=near.values)
    assert NeighbourFile(tmp_path).read() is None


def test_where_nothing_can_be_written_grouping_goes_on(tmp_path: Path) -> None:
    file = NeighbourFile(tmp_path / "missing")
    assert cluster(questions(30)) == cluster(questions(30), kept=file)
    assert file.read() is None
