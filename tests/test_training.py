"""The training pipeline, tried on toy size: it runs through, resumes, and exports a reader that reads."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from corpora.splits import read_split
from goalsmith import Document, Goalsmith
from goalsmith.drafter import ShippedDrafter
from goalsmith.reader import TrainedReader

torch = pytest.importorskip("torch")

from models.reader import network  # noqa: E402
from models.reader.train import main  # noqa: E402


@pytest.mark.filterwarnings("ignore")
def test_a_toy_reader_is_trained_exported_and_read_with(tmp_path: Path) -> None:
    out, checkpoints = tmp_path / "reader", tmp_path / "checkpoints"
    main(out=out, checkpoints=checkpoints, smoke=True, card=False)
    (reading,) = TrainedReader(out).read([Document("Marcus will read aloud.")])
    assert 0 <= reading.confidence.kind <= 1
    manifest = json.loads((out / "reader.json").read_text())
    assert set(manifest["sha256"]) >= {"encoder/model.bin", "heads.safetensors", "tokenizer.json"}
    # A finished run is taken up again, not trained anew: the same weights come out.
    before = (out / "encoder" / "model.bin").read_bytes()
    main(out=out, checkpoints=checkpoints, smoke=True, card=False)
    assert (out / "encoder" / "model.bin").read_bytes() == before
    with pytest.raises(SystemExit, match="another recipe"):
        main(out=out, checkpoints=checkpoints, smoke=False, card=False)


def test_tags_follow_the_spans() -> None:
    _, tokenizer = network.tiny_base()
    for statement in read_split("test")[:100]:
        if not statement.spans:
            continue
        coded = network.encode(statement, tokenizer)
        begun = [network.TAGS[tag][2:] for tag in coded.tags if tag > 0 and network.TAGS[tag][0] == "B"]
        assert begun == [label for *_, label in statement.spans]


def test_a_narrower_student_keeps_what_weighs_most() -> None:
    encoder, _ = network.tiny_base()
    teacher = network.ReaderNetwork(encoder).eval()
    with torch.no_grad():
        for layer in teacher.encoder.encoder.layer:
            layer.output.dense.weight[:, 1::2] = 0  # every other neuron weighs nothing
    student = network.narrower(teacher, 32).eval()
    ids = torch.tensor([[101, 2000, 2001, 102]])
    with torch.no_grad():
        ours, theirs = student(ids, torch.ones_like(ids)), teacher(ids, torch.ones_like(ids))
    assert all(torch.allclose(ours[name], theirs[name], atol=1e-5) for name in ours)
    assert student.encoder.config.intermediate_size == 32


def test_the_mean_of_equal_networks_is_the_network() -> None:
    nets = [network.fresh(network.tiny_base) for _ in range(2)]
    nets[1].load_state_dict(nets[0].state_dict())
    mean = network.averaged(nets).state_dict()
    assert all(torch.allclose(mean[name], value) for name, value in nets[0].state_dict().items())


@pytest.mark.filterwarnings("ignore")
def test_a_toy_drafter_is_trained_exported_and_proposes(tmp_path: Path, smith: Goalsmith) -> None:
    from models.drafter.train import main as train_drafter

    out, checkpoints = tmp_path / "drafter", tmp_path / "checkpoints"
    train_drafter(out=out, checkpoints=checkpoints, smoke=True, card=False)
    review = smith.review("Ana will improve her reading.", today=date(2026, 11, 1))
    assert isinstance(ShippedDrafter(out).propose(review, [], 2), list)
    before = (out / "model.bin.0").read_bytes()
    train_drafter(out=out, checkpoints=checkpoints, smoke=True, card=False)
    assert (out / "model.bin.0").read_bytes() == before
