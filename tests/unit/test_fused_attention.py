"""Attention put together for questions: the same vectors from fewer steps, and only where that is so."""

import shutil
from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from onnx import TensorProto, helper
from transformers import BertConfig, BertModel

from pipelines.adapters import query_check
from pipelines.adapters.embedding_files import MANIFEST_FILE, MODEL_FILE, QUERY_FILE, read_manifest
from pipelines.adapters.fused_attention import write_fused
from pipelines.adapters.onnx_writer import write_onnx, write_quantised
from pipelines.adapters.query_check import with_quick_queries
from pipelines.ports import Vectors

INPUTS = ("input_ids", "token_type_ids", "attention_mask")
LAYERS = 3


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small transformer with random weights, as it is exported."""
    torch.manual_seed(11)
    config = BertConfig(
        vocab_size=50,
        hidden_size=24,
        num_hidden_layers=LAYERS,
        num_attention_heads=4,
        intermediate_size=32,
        max_position_embeddings=40,
        initializer_range=0.5,
    )
    transformer = BertModel(config, add_pooling_layer=False)
    transformer.eval()  # type: ignore[no-untyped-call]
    transformer.set_attn_implementation("eager")
    target = tmp_path_factory.mktemp("plain") / "model.onnx"
    write_onnx(transformer, "mean", INPUTS, target)
    return target


def vector(graph: Path, ids: list[int]) -> Vectors:
    session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
    row = np.array([ids], dtype=np.int64)
    found: Vectors = session.run(
        None, {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
    )[0][0]
    return found


def operators(graph: Path) -> Counter[str]:
    return Counter(node.op_type for node in onnx.load(graph).graph.node)


def test_one_text_has_the_same_vector_from_a_graph_with_its_attention_put_together(plain: Path, tmp_path: Path) -> None:
    fused = tmp_path / "fused.onnx"

    assert write_fused(plain, fused)

    assert (0, LAYERS) == (operators(fused)["Softmax"], operators(fused)["Attention"])
    for ids in ([7], [1, 2, 3], list(range(40))):
        np.testing.assert_allclose(vector(fused, ids), vector(plain, ids), atol=1e-5)


def test_nothing_is_left_of_the_steps_that_were_put_together(plain: Path, tmp_path: Path) -> None:
    fused = tmp_path / "fused.onnx"
    write_fused(plain, fused)
    graph = onnx.load(fused).graph
    used = {name for node in graph.node for name in node.input}

    assert used.issuperset(constant.name for constant in graph.initializer)
    assert not operators(fused)["Transpose"]
    assert fused.stat().st_size < 1.05 * plain.stat().st_size


@pytest.mark.parametrize("operator", ["Softmax", "Relu"])
def test_a_graph_without_attention_of_the_usual_form_is_left_alone(tmp_path: Path, operator: str) -> None:
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4]) for name in ("given", "made")]
    graph = helper.make_graph([helper.make_node(operator, ["given"], ["made"])], "other", ends[:1], ends[1:])
    onnx.save(helper.make_model(graph), tmp_path / "other.onnx")

    assert not write_fused(tmp_path / "other.onnx", tmp_path / "fused.onnx")
    assert not (tmp_path / "fused.onnx").exists()


def test_layers_that_are_not_all_of_the_usual_form_are_left_alone(plain: Path, tmp_path: Path) -> None:
    model = onnx.load(plain)
    last = [node for node in model.graph.node if node.op_type == "Softmax"][-1]
    made_by = {node.output[0]: node for node in model.graph.node}
    made_by[last.input[0]].op_type = "Sub"
    onnx.save(model, tmp_path / "other.onnx")

    assert not write_fused(tmp_path / "other.onnx", tmp_path / "fused.onnx")


@pytest.mark.parametrize(("least", "taken"), [(0.9999, QUERY_FILE), (1.1, MODEL_FILE)])
def test_the_fused_graph_is_quantised_only_where_its_vectors_agree(
    exported_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, least: float, taken: str
) -> None:
    copy = shutil.copytree(exported_model, tmp_path / "copy")
    unchecked = read_manifest(copy).model_copy(update={"query_check": None})
    (copy / MANIFEST_FILE).write_text(unchecked.model_dump_json(), encoding="utf-8")
    sources: list[str] = []

    def noted(source: Path, target: Path) -> None:
        sources.append(source.name)
        write_quantised(source, target)

    monkeypatch.setattr(query_check, "write_quantised", noted)
    monkeypatch.setattr(query_check, "LEAST_AGREEMENT", least)

    manifest = with_quick_queries(copy, unchecked)

    assert [taken] == sources
    assert manifest.quick_queries
    assert manifest == read_manifest(copy)
