"""What stands for the first product's SentenceTransformer."""

from __future__ import annotations

import base64
import sys
from typing import TYPE_CHECKING, Any, List, Optional, Sequence, Union

from ._daemon import Daemon
from .errors import InvalidRequest

if TYPE_CHECKING:
    import numpy

# Of one request: the embedder takes at most 1,024 texts and 16 MiB.
_MOST_TEXTS = 256
_MOST_BYTES = 4 << 20


class Embedder:
    """Vectors of texts, from the daemon's embedder, which is loaded when it is not. For any thread."""

    def __init__(self, daemon: Daemon, name: str, dimensions: int, max_seq_length: int) -> None:
        self._daemon = daemon
        self.name = name
        self.max_seq_length = max_seq_length  # tokens; the rest of a text is not read
        self._dimensions = dimensions

    def __repr__(self) -> str:
        return f"<Embedder {self.name}, {self._dimensions} dimensions>"

    def get_sentence_embedding_dimension(self) -> int:
        return self._dimensions

    def encode(self, sentences: Union[str, Sequence[str]], batch_size: int = 32, show_progress_bar: Optional[bool] = None,
               normalize_embeddings: bool = False, convert_to_numpy: bool = True, convert_to_tensor: bool = False,
               prompt: Optional[str] = None) -> Any:
        """SentenceTransformer's: one vector (dimensions,) for a str, else (texts, dimensions), float32.

        bge models normalise in any case. `prompt` is put before each text; nothing is unless it is given. `batch_size` is
        how often a progress bar moves: the embedder orders its own work. With `convert_to_tensor`, or with
        `convert_to_numpy=False`, torch tensors as there; NotImplementedError where torch cannot be imported.
        """
        import numpy

        if batch_size < 1:
            raise ValueError("batch_size must be 1 or more")
        single = isinstance(sentences, str)
        texts = [sentences] if isinstance(sentences, str) else list(sentences)
        for text in texts:
            if not isinstance(text, str):
                raise TypeError(f"sentences must be str or a sequence of str, not of {type(text).__name__}")
        if prompt:
            texts = [prompt + text for text in texts]
        if not texts and convert_to_numpy and not convert_to_tensor:
            return numpy.empty((0,), dtype=numpy.float32)  # SentenceTransformer's shape of nothing
        vectors = numpy.empty((len(texts), self._dimensions), dtype=numpy.float32)
        done = 0
        for batch in _batches(texts, batch_size if show_progress_bar else _MOST_TEXTS):
            self._embed(batch, vectors[done:done + len(batch)])
            done += len(batch)
            if show_progress_bar:
                print(f"\rTexts: {done}/{len(texts)}", end="" if done < len(texts) else "\n", file=sys.stderr, flush=True)
        if normalize_embeddings:
            lengths = numpy.linalg.norm(vectors, axis=1, keepdims=True)
            vectors /= numpy.maximum(lengths, 1e-12)
        return _converted(vectors, single, convert_to_numpy, convert_to_tensor)

    def similarity(self, embeddings1: Any, embeddings2: Any) -> "numpy.ndarray":
        """Cosines (a, b) of two lists of vectors. ValueError for vectors that another model made."""
        import numpy

        sides = [numpy.atleast_2d(numpy.asarray(side, dtype=numpy.float32)) for side in (embeddings1, embeddings2)]
        for side in sides:
            if side.shape[1] != self._dimensions:
                raise InvalidRequest(
                    f"These vectors have {side.shape[1]} numbers; those of {self.name} have {self._dimensions}. Vectors of "
                    "different models do not mix.",
                    "Encode the stored texts again, or set EMBEDDING_MODEL to the model that made them.", "invalid_argument")
        first, second = (side / numpy.maximum(numpy.linalg.norm(side, axis=1, keepdims=True), 1e-12) for side in sides)
        return numpy.asarray(first @ second.T)

    def _embed(self, texts: List[str], into: Any) -> None:
        import numpy

        reply = self._daemon.call("POST", "/v1/embeddings", {"model": self.name, "input": texts, "encoding_format": "base64"})
        for row in reply["data"]:
            vector = numpy.frombuffer(base64.b64decode(row["embedding"]), dtype="<f4")
            if vector.shape != into[row["index"]].shape:
                raise InvalidRequest(f"{self.name} gives {len(vector)} numbers and not {self._dimensions}: it was replaced.",
                                     "Call get_embedder() again.", "invalid_argument")
            into[row["index"]] = vector


def _batches(texts: List[str], most: int) -> Any:
    most = min(most, _MOST_TEXTS)
    batch: List[str] = []
    size = 0
    for text in texts:
        if batch and (len(batch) == most or size + len(text) > _MOST_BYTES // 4):
            yield batch
            batch, size = [], 0
        batch.append(text)
        size += len(text)
    if batch:
        yield batch


def _converted(vectors: Any, single: bool, to_numpy: bool, to_tensor: bool) -> Any:
    if to_tensor or not to_numpy:
        try:
            import torch  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            raise NotImplementedError("torch tensors need torch, which cannot be imported: take NumPy arrays, the default"
                                      ) from None
        tensor = torch.from_numpy(vectors)
        if single:
            return tensor[0]
        return tensor if to_tensor else list(tensor)
    return vectors[0] if single else vectors
