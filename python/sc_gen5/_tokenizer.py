"""What stands for the first product's tokenizer: the generator's own, asked through the daemon."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Union

from ._generator import Generator


class Tokenizer:
    """For any thread."""

    def __init__(self, model: Generator) -> None:
        self.model = model

    def __repr__(self) -> str:
        return f"<Tokenizer of {self.model.name}>"

    @property
    def eos_token_id(self) -> int:
        return self.model.token_eos()

    @property
    def bos_token_id(self) -> int:
        return self.model.token_bos()

    @property
    def model_max_length(self) -> int:
        return self.model.n_ctx()

    def __call__(self, text: Union[str, Sequence[str]], return_tensors: Optional[str] = None) -> Dict[str, Any]:
        """{"input_ids", "attention_mask"}: lists; with "np" or "pt" arrays (1, tokens), of one text or of equally long ones.

        Words that look like special tokens are text here, as they were in the first product.
        """
        single = isinstance(text, str)
        rows = [self.encode(one) for one in ([text] if isinstance(text, str) else text)]
        masks = [[1] * len(row) for row in rows]
        if return_tensors is None:
            return {"input_ids": rows[0] if single else rows, "attention_mask": masks[0] if single else masks}
        return {"input_ids": _tensor(rows, return_tensors), "attention_mask": _tensor(masks, return_tensors)}

    def encode(self, text: str) -> List[int]:
        return self.model.tokenize(text.encode())

    def decode(self, ids: Any, skip_special_tokens: bool = True) -> str:
        """`ids`: a list, an array or a tensor, also of one row."""
        ids = ids.tolist() if hasattr(ids, "tolist") else list(ids)
        if ids and isinstance(ids[0], list):
            if len(ids) > 1:
                raise ValueError("decode takes one text; decode each row of a batch")
            ids = ids[0]
        return self.model.detokenize(ids, special=not skip_special_tokens).decode("utf-8", "replace")

    def apply_chat_template(self, messages: List[Dict[str, Any]], tokenize: bool = True,
                            add_generation_prompt: bool = False) -> Union[str, List[int]]:
        """By the template in the model's file: token ids, or the text when `tokenize` is false."""
        prompt = str(self.model._call("apply-template", {
            "messages": messages, "add_generation_prompt": add_generation_prompt})["prompt"])
        return self.model.tokenize(prompt.encode(), special=True) if tokenize else prompt


def _tensor(rows: List[List[int]], kind: str) -> Any:
    if len({len(row) for row in rows}) > 1:
        raise NotImplementedError("texts of different lengths as one tensor: padding is not served; take lists")
    if kind == "np":
        import numpy

        return numpy.asarray(rows, dtype=numpy.int64)
    if kind == "pt":
        try:
            import torch  # type: ignore[import-not-found,unused-ignore]
        except ImportError:
            raise NotImplementedError('return_tensors="pt" needs torch, which cannot be imported; take "np" or lists') from None
        return torch.tensor(rows)
    raise NotImplementedError(f'return_tensors={kind!r}: "np" and "pt" are served')
