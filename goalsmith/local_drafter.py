"""A language model of the user's own as the drafter; needs the ``train`` extra.

What it proposes is verified like everything else. It is told what the shipped one is told, after a word of
instruction, since it has not learned the task.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from goalsmith.drafter import prompt_of
from goalsmith.errors import ModelError
from goalsmith.proposal import markers
from goalsmith.review import Review
from goalsmith.templates import Skill

_WRITTEN = 140  # tokens at most of a proposal


class LocalDrafter:
    """Proposes with a transformers causal or seq2seq model in ``folder``, read from disk alone.

    Raises:
        ModelError: the folder holds no such model, it is damaged, or the ``train`` extra is missing.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: tuple[Any, Any] | None = None
        if not (folder / "config.json").is_file():
            raise ModelError(f"{folder}: holds no config.json: give the folder of a transformers model")

    def propose(self, review: Review, skills: Sequence[Skill], n: int) -> list[str]:
        """At most ``n`` different texts, the likeliest first."""
        if self._opened is None:
            self._opened = self._open()
        tokenizer, model = self._opened
        ids = tokenizer(self._asked(tokenizer, review), return_tensors="pt", add_special_tokens=True)
        found = model.generate(
            input_ids=ids["input_ids"],
            attention_mask=ids["attention_mask"],
            num_beams=max(n, 2),
            num_return_sequences=max(n, 2),
            do_sample=False,
            max_new_tokens=_WRITTEN,
            pad_token_id=tokenizer.pad_token_id
            if tokenizer.pad_token_id is not None
            else tokenizer.eos_token_id,
        )
        if not model.config.is_encoder_decoder:
            found = found[:, ids["input_ids"].shape[1] :]
        texts = (tokenizer.decode(row, skip_special_tokens=True).strip() for row in found)
        first = (text.splitlines()[0].strip() for text in texts if text)
        return list(dict.fromkeys(text for text in first if text))[:n]

    def _asked(self, tokenizer: Any, review: Review) -> str:
        told = prompt_of(review)
        if not tokenizer.chat_template:
            return told
        asked = (
            "Rewrite the draft as one measurable annual IEP goal in one sentence. Use only what the draft and the levels "
            f"say; put one of these slots where something is not known: {' '.join(markers())}\n{told}"
        )
        made: str = tokenizer.apply_chat_template(
            [{"role": "user", "content": asked}], tokenize=False, add_generation_prompt=True
        )
        return made

    def _open(self) -> tuple[Any, Any]:
        try:
            from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer
        except ImportError:
            raise ModelError("a drafter of your own needs: pip install 'goalsmith[train]'") from None
        try:
            config = AutoConfig.from_pretrained(self._folder, local_files_only=True)
            kind = AutoModelForSeq2SeqLM if config.is_encoder_decoder else AutoModelForCausalLM
            tokenizer = AutoTokenizer.from_pretrained(self._folder, local_files_only=True)
            model = kind.from_pretrained(self._folder, local_files_only=True, use_safetensors=True)
        except (OSError, ValueError, KeyError, RuntimeError) as error:
            raise ModelError(f"{self._folder}: {str(error).strip().splitlines()[0]}") from None
        return tokenizer, model.eval()
