"""Writes a transformer with its pooling as one ONNX graph, and its tokenizer; sentence_embedder calls it."""

import logging
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pipelines.ports import Vectors


def write_onnx(
    transformer: Any, pooling: str, inputs: Sequence[str], target: Path, matrix: Vectors | None = None
) -> None:
    """Write the graph from token ids to unit vectors, float32, with free batch and sequence lengths.

    `transformer` is a torch module that returns `last_hidden_state`; `inputs` name its arguments in order and include
    `attention_mask`; `pooling` is `mean` or `cls`; the pooled vector is multiplied by the `matrix`, where there is one.
    """
    import torch  # noqa: PLC0415 - seconds to import

    class SentenceVector(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.transformer = transformer
            self.matrix = None if matrix is None else torch.nn.Buffer(torch.from_numpy(matrix))

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            named = dict(zip(inputs, tensors, strict=True))
            hidden = self.transformer(**named).last_hidden_state
            vector = hidden[:, 0] if pooling == "cls" else _mean(hidden, named["attention_mask"])
            if self.matrix is not None:
                vector = torch.nn.functional.linear(vector, self.matrix)
            return torch.nn.functional.normalize(vector, p=2, dim=1)

    def _mean(hidden: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        kept = attention_mask.unsqueeze(-1).to(hidden.dtype)
        return (hidden * kept).sum(1) / kept.sum(1).clamp(min=1e-9)

    # The sizes of the example must differ from each other and from 1: torch.export takes equal sizes for one and the
    # same axis and bakes in a size of 1.
    example = tuple(torch.ones((3, 17), dtype=torch.int64) for _ in inputs)
    free = {0: torch.export.Dim.DYNAMIC, 1: torch.export.Dim.DYNAMIC}
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)  # it regrets at length that torchvision is not installed
    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # about the exporter's own internals
        torch.onnx.export(
            SentenceVector().eval(),
            example,
            str(target),
            input_names=list(inputs),
            # Not "embedding": names are unique in a graph and a layer has that one.
            output_names=["sentence_embedding"],
            dynamic_shapes=(tuple(free for _ in inputs),),
            dynamo=True,
            external_data=False,
            verbose=False,
        )


def write_quantised(source: Path, target: Path) -> None:
    """The graph with eight-bit weights, a scale for each output channel; what runs through it is quantised as it comes.

    Half the time of float32 on short texts. A vector depends a little on what shares its batch: one text at a time.
    `target` may be `source`.
    """
    import onnx  # noqa: PLC0415 - only at an export
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    quiet = logging.getLogger()
    level = quiet.level
    quiet.setLevel(logging.ERROR)  # it recommends a preprocessing that changes nothing in this graph
    try:
        quantize_dynamic(
            onnx.load(source),
            target,
            per_channel=True,
            weight_type=QuantType.QInt8,
            # It cannot tell of what ONNX Runtime's own steps give.
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
    finally:
        quiet.setLevel(level)


def write_tokenizer(tokenizer: Any, max_tokens: int, target: Path) -> None:
    """The tokenizer as sentence-transformers uses it, which is not always the file that came with the model."""
    from tokenizers import Tokenizer  # noqa: PLC0415

    copy = Tokenizer.from_str(tokenizer.backend_tokenizer.to_str())
    copy.enable_truncation(max_tokens)
    copy.no_padding()
    copy.save(str(target), pretty=False)
