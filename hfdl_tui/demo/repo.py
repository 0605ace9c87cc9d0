"""The model that the pretend Hub of a demo holds: looks like a real one, every byte made up."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

REPO_ID: Final = "forest/seedling-130m"
REPO_TYPE: Final = "model"

_MB: Final = 1_000_000
# The first is large enough that all workers are still at it when the story shows that.
_SHARDS: Final = (108 * _MB, 88 * _MB, 52 * _MB)
_OTHERS: Final = {
    "onnx/model_quantized.onnx": 19 * _MB,
    "eval/validation-00000-of-00002.parquet": 7_400_000,
    "eval/validation-00001-of-00002.parquet": 6_900_000,
    "tokenizer.model": 2_100_000,
    "onnx/decoder_config.bin": 310_000,
}
_SHARD_NAME: Final = "model-{:05d}-of-{:05d}.safetensors"

_CARD: Final = """\
---
license: apache-2.0
pipeline_tag: text-generation
library_name: transformers
tags: [demo]
---
# Seedling 130M

This model does not exist. `hfdl demo` serves it from this machine, so that there is something to
download without a network and without a token. Its weights are pseudo-random bytes.
"""
_LAYERS: Final = 12
_CONFIG: Final = {
    "architectures": ["SeedlingForCausalLM"],
    "model_type": "seedling",
    "hidden_size": 768,
    "intermediate_size": 2048,
    "num_attention_heads": 12,
    "num_hidden_layers": _LAYERS,
    "max_position_embeddings": 4096,
    "torch_dtype": "bfloat16",
    "vocab_size": 32_000,
}
_TOKENIZER_CONFIG: Final = {
    "tokenizer_class": "SeedlingTokenizer",
    "bos_token": "<s>",
    "eos_token": "</s>",
    "model_max_length": 4096,
}
_ATTRIBUTES: Final = "".join(
    f"*.{suffix} filter=lfs diff=lfs merge=lfs -text\n"
    for suffix in ("safetensors", "bin", "onnx", "parquet", "model")
)


def made_up_files() -> dict[str, int]:
    """The large files and their bytes; about 85 seconds' worth for the workers of a demo."""
    shards = enumerate(_SHARDS, 1)
    return {_SHARD_NAME.format(number, len(_SHARDS)): size for number, size in shards} | _OTHERS


def write_small_files(folder: Path) -> None:
    """Those that people read."""
    index = {
        "metadata": {"total_size": sum(_SHARDS)},
        "weight_map": {
            f"model.layers.{layer}.{part}.weight": _SHARD_NAME.format(
                1 + layer * len(_SHARDS) // _LAYERS, len(_SHARDS)
            )
            for layer in range(_LAYERS)
            for part in ("self_attn.q_proj", "self_attn.o_proj", "mlp.up_proj", "mlp.down_proj")
        },
    }
    texts = {
        "README.md": _CARD,
        ".gitattributes": _ATTRIBUTES,
        "config.json": _as_json(_CONFIG),
        "generation_config.json": _as_json({"bos_token_id": 1, "eos_token_id": 2}),
        "tokenizer_config.json": _as_json(_TOKENIZER_CONFIG),
        "model.safetensors.index.json": _as_json(index),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def _as_json(value: Mapping[str, object]) -> str:
    return json.dumps(value, indent=2) + "\n"
