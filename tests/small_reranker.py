"""A cross-encoder of two layers with weights by chance, as a GGUF that the engine reads: a BERT with a head for one score.
What it scores means nothing; that it is asked, and how, is what tests look at."""

import random
import struct

WIDTH, LAYERS, HEADS, INNER, POSITIONS = 32, 2, 2, 64, 512
WORDS = "the tenant landlord pays rent garden deposit may must not assign lease of a is what who".split()
VOCABULARY = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "?", "."] + ["\u2581" + word for word in WORDS]
UINT32, FLOAT32, BOOL, STRING, ARRAY, INT32 = 4, 6, 7, 8, 9, 5
ALIGNMENT = 32


def _string(text):
    data = text.encode()
    return struct.pack("<Q", len(data)) + data


def _value(kind, value):
    if kind == STRING:
        return _string(value)
    return struct.pack({UINT32: "<I", INT32: "<i", FLOAT32: "<f", BOOL: "<?"}[kind], value)


def _entry(key, kind, value, of=None):
    if kind != ARRAY:
        return _string(key) + struct.pack("<I", kind) + _value(kind, value)
    items = b"".join(_value(of, one) for one in value)
    return _string(key) + struct.pack("<IIQ", ARRAY, of, len(value)) + items


def _entries():
    bert = "bert."
    return [
        _entry("general.architecture", STRING, "bert"),
        _entry("general.name", STRING, "small reranker"),
        _entry(bert + "context_length", UINT32, POSITIONS),
        _entry(bert + "embedding_length", UINT32, WIDTH),
        _entry(bert + "block_count", UINT32, LAYERS),
        _entry(bert + "feed_forward_length", UINT32, INNER),
        _entry(bert + "attention.head_count", UINT32, HEADS),
        _entry(bert + "attention.layer_norm_epsilon", FLOAT32, 1e-12),
        _entry(bert + "attention.causal", BOOL, False),
        _entry(bert + "pooling_type", UINT32, 4),
        _entry("tokenizer.ggml.model", STRING, "bert"),
        _entry("tokenizer.ggml.tokens", ARRAY, VOCABULARY, STRING),
        _entry("tokenizer.ggml.token_type", ARRAY, [3] * 5 + [1] * (len(VOCABULARY) - 5), INT32),
        _entry("tokenizer.ggml.token_type_count", UINT32, 2),
        _entry("tokenizer.ggml.padding_token_id", UINT32, 0),
        _entry("tokenizer.ggml.unknown_token_id", UINT32, 1),
        _entry("tokenizer.ggml.cls_token_id", UINT32, 2),
        _entry("tokenizer.ggml.bos_token_id", UINT32, 2),
        _entry("tokenizer.ggml.seperator_token_id", UINT32, 3),
        _entry("tokenizer.ggml.eos_token_id", UINT32, 3),
    ]


def _shapes():
    yield "token_embd.weight", (WIDTH, len(VOCABULARY))
    yield "token_types.weight", (WIDTH, 2)
    yield "position_embd.weight", (WIDTH, POSITIONS)
    yield from _norm("token_embd_norm")
    for layer in range(LAYERS):
        blk = f"blk.{layer}."
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            yield from _linear(blk + part, WIDTH, WIDTH)
        yield from _norm(blk + "attn_output_norm")
        yield from _linear(blk + "ffn_up", WIDTH, INNER)
        yield from _linear(blk + "ffn_down", INNER, WIDTH)
        yield from _norm(blk + "layer_output_norm")
    yield from _linear("cls", WIDTH, WIDTH)
    yield from _linear("cls.output", WIDTH, 1)


def _norm(name):
    yield name + ".weight", (WIDTH,)
    yield name + ".bias", (WIDTH,)


def _linear(name, wide, out):
    yield name + ".weight", (wide, out)
    yield name + ".bias", (out,)


def write_small_reranker(path, seed=1):
    rng = random.Random(seed)
    entries, shapes = _entries(), list(_shapes())
    head = b"GGUF" + struct.pack("<IQQ", 3, len(shapes), len(entries)) + b"".join(entries)
    data = b""
    for name, shape in shapes:
        head += _string(name) + struct.pack("<I", len(shape)) + struct.pack(f"<{len(shape)}Q", *shape)
        head += struct.pack("<IQ", 0, len(data))  # float32
        count = 1
        for extent in shape:
            count *= extent
        values = [1.0] * count if "norm.weight" in name else [rng.gauss(0, 0.5) for _ in range(count)]
        data += struct.pack(f"<{count}f", *values)
        data += b"\0" * (-len(data) % ALIGNMENT)
    path.write_bytes(head + b"\0" * (-len(head) % ALIGNMENT) + data)
