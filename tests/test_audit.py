"""The audit end to end: the same whatever runs it, kill-proof, private, and true to every row."""

from __future__ import annotations

import csv
import json
import math
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

import goalsmith
from goalsmith.audit.names import Masker
from goalsmith.audit.outputs import FORMATS, plain_cell
from goalsmith.audit.rates import differs, share, wilson
from goalsmith.audit.reviewing import REVIEWS, STATEMENTS, Processes, Reviewer, Settings, review_batch
from goalsmith.audit.run import Request
from goalsmith.audit.sample import QUESTIONS, allot
from goalsmith.cli import main
from goalsmith.errors import InputError
from goalsmith.rules import make_rules
from tests.audits import HEAD, ROWS, TODAY, run, write_csv


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


@pytest.fixture(scope="session")
def goals(asked: Request, audited: dict[str, Any]) -> list[dict[str, Any]]:
    lines = (asked.out / "goals.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def codes(row: dict[str, Any]) -> set[str]:
    return {finding["code"] for finding in row["findings"]}


# What is found


def test_every_row_is_accounted_for(
    audited: dict[str, Any], goals: list[dict[str, Any]], asked: Request
) -> None:
    assert audited["rows"] == {"in": 12, "reviewed": 9, "quarantined": 1, "blank": 2}
    assert audited["statements"] == {"found": 10, "reviewed": 9, "quarantined": 1, "distinct": 9}
    assert [row["row"] for row in goals] == list(range(2, 11))
    with (asked.out / "quarantine.csv").open(encoding="utf-8-sig") as file:
        (aside,) = csv.DictReader(file)
    assert aside["row"] == "11"
    assert aside["reason"].startswith("too long to be one statement")
    assert not (asked.out / ".parts").exists()


def test_a_part_in_a_neighbour_field_counts(goals: list[dict[str, Any]]) -> None:
    vague, based, alone = goals[1], goals[5], goals[7]
    assert vague["waived"] == ["M01"]
    assert "M01" not in codes(vague)
    assert based["waived"] == ["A01"]
    assert "A01" not in codes(based)
    assert "A01" in codes(alone)
    assert alone["waived"] == []
    whole = goalsmith.load().review(vague["text"], today=TODAY).score.total
    assert whole is not None
    assert vague["score_total"] > whole


def test_findings_across_the_bank(goals: list[dict[str, Any]], audited: dict[str, Any]) -> None:
    found = {row["row"]: codes(row) & {"B01", "B02", "B03", "B04"} for row in goals}
    assert found == {
        2: {"B01", "B02"},  # Diego's is nearly the same; and last year's had the same figures
        3: set(), 4: set(),
        5: {"B04"},  # "he" where Maya's two other goals say "she"
        6: {"B01"},  # last year's had another figure
        7: {"B03"},  # Emily in Diego's row
        8: set(), 9: set(), 10: set(),
    }  # fmt: skip
    assert audited["clusters"]["count"] == 1
    assert audited["clusters"]["largest"][0]["students"] == 2


def test_the_groups_and_their_rates(audited: dict[str, Any]) -> None:
    sizes = {tuple(group["group"]): group["statements"] for group in audited["groups"]}
    assert sizes == {("North",): 9, ("North", "Oak"): 6, ("North", "Elm"): 3}
    assert audited["bank"]["kinds"]["service"] == 1
    near = audited["bank"]["rates"]["near_duplicate"]
    assert (near["hits"], near["of"]) == (2, audited["bank"]["goals"])


def test_the_files_agree(goals: list[dict[str, Any]], asked: Request) -> None:
    table = pq.read_table(asked.out / "goals.parquet").to_pylist()
    assert [row["text"] for row in table] == [row["text"] for row in goals]
    assert [row["findings"] for row in table] == [row["findings"] for row in goals]
    book = CalamineWorkbook.from_path(str(asked.out / "goals.xlsx"))
    assert book.sheet_names == ["Goals", "Rates", "Findings", "Put aside"]
    sheet = book.get_sheet_by_name("Goals").to_python()
    at = sheet[0].index("statement")
    assert [row[at] for row in sheet[1:]] == [row["text"] for row in goals]


def test_no_cell_is_a_formula(asked: Request, goals: list[dict[str, Any]], tmp_path: Path) -> None:
    shutil.unpack_archive(asked.out / "goals.xlsx", tmp_path, "zip")
    sheets = list((tmp_path / "xl" / "worksheets").glob("*.xml"))
    assert sheets
    assert all("<f>" not in sheet.read_text(encoding="utf-8") for sheet in sheets)
    with (asked.out / "goals.csv").open(encoding="utf-8-sig", newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)
    assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in cells)
    assert [plain_cell(c) for c in ("=1", "-a", "@x", "\tx", -1, "a=1")] == [
        "'=1",
        "'-a",
        "'@x",
        "'\tx",
        -1,
        "a=1",
    ]


def test_redaction_leaves_no_name_anywhere(asked: Request, tmp_path: Path) -> None:
    bank = shutil.copy(asked.paths[0], tmp_path / "Maya Brown.csv")
    request = replace(asked, paths=[bank], out=tmp_path / "out", redact=True, rewrites="all")
    run(request)
    names = ("Maya", "Brown", "Diego", "Ruiz", "Aisha", "Khan", "Emily", "Tomás", "Lee")
    book = tmp_path / "book"
    shutil.unpack_archive(request.out / "goals.xlsx", book, "zip")
    table = json.dumps(pq.read_table(request.out / "goals.parquet").to_pylist(), ensure_ascii=False)
    held = [p.read_text(encoding="utf-8") for p in book.rglob("*.xml")] + [table]
    held += [
        p.read_text(encoding="utf-8") for p in request.out.iterdir() if p.suffix not in (".xlsx", ".parquet")
    ]
    assert len(held) > 8
    for text in held:
        assert not [name for name in names if name in text]
    rows = [
        json.loads(line) for line in (request.out / "goals.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    assert rows[0]["text"].startswith("By May 2027, given a grade 3 passage, [student] will read")
    learner = next(part for part in rows[0]["parts"] if part["label"] == "learner")
    assert rows[0]["text"][learner["start"] : learner["end"]] == "[student]"
    assert rows[0]["id"] == rows[1]["id"] != rows[4]["id"]


def test_masking_knows_names_from_words() -> None:
    masker = Masker({"will", "may", "zed"})
    assert (
        masker.text("By May 2027, Will will read to Zed.", ["Will Jones"])
        == "By May 2027, [student] will read to [student]."
    )
    assert masker.text("Will will read.", ["Will"]) == "[student] will read."
    assert masker.text("By May 2027, May will read.", ["May Li"]) == "By May 2027, [student] will read."
    assert (
        masker.text("Given time, Ana María Cruz waits.", ["Ana María Cruz"]) == "Given time, [student] waits."
    )


# The same, whatever runs it


def test_output_does_not_depend_on_the_workers(
    asked: Request, audited: dict[str, Any], tmp_path: Path
) -> None:
    run(replace(asked, out=tmp_path, workers=1))
    assert contents(tmp_path) == contents(asked.out)


def test_a_worker_that_was_stopped_is_told() -> None:
    others = set(active_children())
    with closing(Processes(Settings(rules=make_rules(), today=TODAY), 1)) as processes:
        results = processes.each(time.sleep, [(0,), (60,)])
        next(results)
        (process,) = set(active_children()) - others
        process.kill()
        with pytest.raises(InputError, match=r"a worker was stopped from outside.* --resume"):
            next(results)


def test_a_sheet_written_in_pieces_is_the_sheet_written_at_once(
    audited: dict[str, Any], asked: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pieces made apart make the same workbook, and rows go on in another sheet where one is full."""
    from goalsmith.audit import outputs

    lines = (asked.out / "goals.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) | {"stated": []} for line in lines] * 3
    day, aside = datetime(2026, 9, 1), tmp_path / "aside.jsonl"
    aside.touch()

    def cells(cuts: list[int]) -> list[tuple[str, list[list[Any]]]]:
        made = outputs.Outputs(tmp_path, tmp_path, ("xlsx",), day)
        for first, end in pairwise([0, *cuts, len(rows)]):
            made.add({"xlsx": outputs.piece_of("xlsx", rows[first:end], first, ["a", "b"], tmp_path)})
        (path,) = made.finish(audited, aside)
        book = CalamineWorkbook.from_path(str(path))
        return [(name, book.get_sheet_by_name(name).to_python()) for name in book.sheet_names]

    whole = cells([])
    assert len(whole[0][1]) == 1 + len(rows)
    assert cells([1, 7, 8]) == whole
    assert not list(tmp_path.glob("tmp*"))
    monkeypatch.setattr(outputs, "_SHEET_ROWS", 11)
    rolled = cells([4, 17])
    sheets = [rows for name, rows in rolled if name.startswith("Goals")]
    assert [len(sheet) for sheet in sheets[:2]] == [11, 11]
    assert [row for sheet in sheets for row in sheet[1:]] == whole[0][1][1:]
    assert all(sheet[0] == whole[0][1][0] for sheet in sheets)


def test_a_review_does_not_depend_on_its_batch(smith: goalsmith.Goalsmith) -> None:
    rows = [{"number": n, "text": row[4], "objective": n % 3 == 0} for n, row in enumerate(ROWS[:9])]
    batch = pa.RecordBatch.from_pylist(rows, schema=STATEMENTS)
    whole = review_batch(batch, smith, TODAY)
    assert whole.schema == REVIEWS
    alone = [review_batch(batch.slice(n, 1), smith, TODAY).to_pylist()[0] for n in range(len(rows))]
    assert whole.to_pylist() == alone


def test_a_statement_that_breaks_the_reader_is_put_aside_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer = Reviewer(Settings(rules=make_rules(), today=TODAY))
    judge = reviewer.smith._judge

    def broken(document: Any, *args: Any) -> Any:
        if "break" in document.text:
            raise RuntimeError("a defect")
        return judge(document, *args)

    monkeypatch.setattr(reviewer.smith, "_judge", broken)
    texts = ["Mia will read 80 words per minute.", "break", "Tao will write 5 words."]
    rows = [{"number": n, "text": t, "objective": False} for n, t in enumerate(texts)]
    made = reviewer.review(pa.RecordBatch.from_pylist(rows, schema=STATEMENTS)).to_pylist()
    assert [row["error"] for row in made] == [None, "could not be reviewed (RuntimeError)", None]


@pytest.fixture(scope="session")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some 400 different statements, written from the few above."""
    rows = [HEAD]
    for n in range(100):
        for row in (ROWS[0], ROWS[1], ROWS[5], ROWS[6]):
            rows.append([str(n), "", "North", f"School {n % 7}", f"{row[4]} ({n})", row[5], row[6]])
    return write_csv(tmp_path_factory.mktemp("larger") / "bank.csv", rows)


def _workers_of(out: Path) -> list[int]:
    """The processes that run for an audit into ``out``, by a variable of their environment."""
    told = f"AUDIT_TEST={out}".encode()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if told in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def test_ten_kills_change_nothing(larger: Path, tmp_path: Path) -> None:
    """A run killed ten times at random moments ends as an unbroken one."""
    command = [sys.executable, "-m", "goalsmith", "audit", str(larger), "--today", str(TODAY), "--workers", "2", "--show", "3", "--format", ",".join(FORMATS)]  # fmt: skip
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    start = time.monotonic()
    subprocess.run([*command, "-o", str(whole)], check=True, capture_output=True, timeout=300)
    lasts = time.monotonic() - start
    chance = random.Random(5)
    kills = parts = 0
    while kills < 10:
        resume = ["--resume"] if (broken / ".parts").exists() else []
        # Later kills come later, so that all stages are met; parts stay, so that it gets on all the same.
        wait = lasts * chance.uniform(0.1, 0.7)
        with (tmp_path / "told").open("wb") as told:
            ran = subprocess.Popen(
                [*command, "-o", str(broken), *resume],
                stdout=subprocess.DEVNULL,
                stderr=told,
                env={**os.environ, "AUDIT_TEST": str(broken)},
            )
        try:
            ran.wait(wait)
        except subprocess.TimeoutExpired:
            os.kill(ran.pid, signal.SIGKILL)
            ran.wait()
            kills += 1
            parts = max(parts, len(list(broken.glob(".parts/reviews-*.arrow"))))
        else:  # it was quicker than before; begin anew
            assert ran.returncode == 0, (tmp_path / "told").read_text()
            assert contents(broken) == contents(whole)
            shutil.rmtree(broken)
            lasts *= 0.7
    assert parts > 0
    time.sleep(3)
    assert not _workers_of(broken), "workers of killed runs are still there"
    resume = ["--resume"] if (broken / ".parts").exists() else []
    done = subprocess.run([*command, "-o", str(broken), *resume], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert contents(broken) == contents(whole)


def test_ray_gives_what_processes_give(asked: Request, larger: Path, tmp_path: Path) -> None:
    pytest.importorskip("ray")
    rows = larger.read_text(encoding="utf-8").splitlines(keepends=True)
    bank = tmp_path / "bank.csv"
    bank.write_text("".join(rows[:401]), encoding="utf-8")
    request = replace(asked, paths=[bank], previous=None, out=tmp_path / "here", formats=("jsonl",), show=4)
    run(request)
    there = replace(request, out=tmp_path / "ray", engine="ray")
    script = (
        "import pickle, sys\nfrom contextlib import nullcontext\nfrom goalsmith.audit.run import audit\n"
        "if __name__ == '__main__':\n"
        "    audit(pickle.load(open(sys.argv[1], 'rb')), lambda w, n: nullcontext(lambda c: None), lambda p: None)\n"
    )
    import pickle

    (tmp_path / "request").write_bytes(pickle.dumps(there))
    ran = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path / "request")], capture_output=True, text=True, timeout=300
    )
    assert ran.returncode == 0, ran.stderr
    assert contents(there.out) == contents(request.out)


# The command


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def call(*args: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["goalsmith", "audit", *args])
        try:
            main()
            code: Any = 0
        except SystemExit as leaving:
            code = leaving.code or 0
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_command_shows_columns_counts_and_fails_under(cli: Any, asked: Request, tmp_path: Path) -> None:
    bank = write_csv(tmp_path / "b.csv", [HEAD, ROWS[1], ROWS[0]])
    unread = tmp_path / "bad.xlsx"
    unread.write_bytes(b"PK\x03\x04nothing")
    code, out, err = cli(
        str(bank), "-o", "o", "--today", "2026-09-01", "--workers", "1", "--fail-under", "99"
    )
    assert code == 1
    assert "text       Annual Goal" in err
    assert "baseline   Baseline" in err
    assert "2 rows = 2 reviewed + 0 put aside + 0 blank; 2 goals" in out
    code, out, err = cli(
        str(bank), str(unread), "-o", "p", "--today", "2026-09-01", "--workers", "1", "--rewrites", "none"
    )
    assert code == 2
    assert "not read:" in err
    assert "bad.xlsx" in err
    assert (tmp_path / "p" / "report.html").exists()


def test_a_workbook_with_other_sheets_is_no_failure(cli: Any, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "b.xlsx"))
    for name, rows in (
        ("Notes", [["Call Ms. Ray"], ["Friday"]]),
        ("Goals", [["Goal"], [ROWS[0][4]], [None], ["Goal"]]),
    ):
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    code, out, err = cli("b.xlsx", "--today", "2026-09-01", "--workers", "1", "--rewrites", "none")
    assert code == 0
    assert "skipped: b.xlsx [Notes]: no column looks like goals" in err
    assert "3 rows = 1 reviewed + 1 put aside + 1 blank" in out


def test_a_bank_with_nothing_in_it_is_told_so(cli: Any, tmp_path: Path) -> None:
    write_csv(tmp_path / "b.csv", [HEAD, ["1", "", "", "", "", "", ""]])
    code, out, _ = cli("b.csv", "--fail-under", "1", "--format", ",".join(FORMATS))
    assert code == 1
    assert "1 row = 0 reviewed + 0 put aside + 1 blank; 0 goals" in out


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (["gone.csv"], "error: gone.csv: no such file or directory"),
        (["b.csv", "--text", "Gaol"], "no column 'Gaol' for --text"),
        (["b.csv", "--resume"], "error: audit: no unfinished run to resume"),
        (["b.csv", "--format", "pdf"], "error: --format: 'pdf' is none of xlsx, parquet, csv, jsonl"),
        (["b.csv", "--rewrites", "some"], "error: --rewrites: 'some' is none of shown, all, none"),
        (["b.csv", "--rules", "xx"], "error: no rule pack 'xx'"),
        (["b.csv", "--agreement"], "error: b.csv: not a sheet that --sample wrote"),
    ],
)
def test_command_errors_are_one_line(cli: Any, tmp_path: Path, args: list[str], told: str) -> None:
    write_csv(tmp_path / "b.csv", [HEAD, ROWS[0]])
    code, _, err = cli(*args)
    assert code == 2
    assert told in err
    assert len(err.strip().splitlines()) == 1


def test_a_missing_extra_is_one_line(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['rensa'] = None; sys.argv = ['goalsmith', 'audit', 'b.csv']\n"
        "from goalsmith.cli import main\nmain()"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 2
    assert (
        ran.stderr == "error: goalsmith audit needs more packages (rensa): pip install 'goalsmith[audit]'\n"
    )


def test_an_unfinished_run_is_not_overwritten(cli: Any, tmp_path: Path) -> None:
    write_csv(tmp_path / "b.csv", [HEAD, ROWS[0]])
    (tmp_path / "audit" / ".parts").mkdir(parents=True)
    plan = {"asked": {"files": [], "rules": "", "columns": {}, "today": "2026-09-01"}}
    (tmp_path / "audit" / ".parts" / "plan.json").write_text(json.dumps(plan))
    code, _, err = cli("b.csv")
    assert code == 2
    assert "holds an unfinished run; --resume goes on with it" in err
    code, _, err = cli("b.csv", "--resume")
    assert code == 2
    assert "the unfinished run was of another files" in err


def test_columns_come_from_the_config_and_are_shown(cli: Any, tmp_path: Path) -> None:
    write_csv(tmp_path / "b.csv", [["Goal", "Note"], ["1", ROWS[0][4]]])
    (tmp_path / "goalsmith.toml").write_text('[audit]\ntext = "Note"\n')
    code, out, _ = cli("b.csv", "--dry-run")
    assert code == 0
    assert 'text = ["Note"]' in out
    (tmp_path / "goalsmith.toml").write_text('[audit]\ntexts = "Note"\n')
    code, _, err = cli("b.csv", "--dry-run")
    assert code == 2
    assert "audit: no column 'texts'" in err


# The sample


def test_a_sample_is_drawn_the_same_and_comes_back(
    cli: Any, tmp_path: Path, smith: goalsmith.Goalsmith
) -> None:
    write_csv(tmp_path / "b.csv", [HEAD, *ROWS[:9], *ROWS[:9]])
    code, out, _ = cli("b.csv", "--sample", "6", "--seed", "3", "-o", "o")
    first = (tmp_path / "o" / "sample.xlsx").read_bytes()
    assert code == 0
    assert "6 of 18 statements, from 2 strata" in out
    cli("b.csv", "--sample", "6", "--seed", "3", "-o", "o")
    assert (tmp_path / "o" / "sample.xlsx").read_bytes() == first
    rows = CalamineWorkbook.from_path(str(tmp_path / "o" / "sample.xlsx")).get_sheet_by_index(0).to_python()
    assert rows[0][5:] == list(QUESTIONS)
    for row in rows[1:]:  # answered as goalsmith does, but for one question
        reading = smith.review(str(row[2]), today=TODAY).reading
        row[5], row[6] = ("yes" if reading.is_goal else "no"), ("no" if reading.observable else "yes")
    answered = write_csv(tmp_path / "back.csv", [[str(cell) for cell in row] for row in rows])
    code, out, _ = cli(str(answered), "--agreement", "--today", "2026-09-01")
    lines = {line.split("  ")[0].strip(): line for line in out.splitlines()}
    assert code == 0
    assert "100 %" in lines["is a goal"]
    assert " 0 %" in lines["observable"]


def test_a_sample_is_allotted_in_proportion() -> None:
    counts = Counter({("a",): 800, ("b",): 150, ("c",): 49, ("d",): 1})
    assert allot(counts, 100) == {("a",): 80, ("b",): 15, ("c",): 4, ("d",): 1}
    assert sum(allot(counts, 5000).values()) == 1000
    assert sum(allot(counts, 3).values()) == 3


# The arithmetic


def test_wilson_by_hand() -> None:
    """10 of 20: the interval is p ± z·√(p(1-p)/n + z²/4n²), over 1 + z²/n, about p + z²/2n."""
    z = 1.959963984540054
    half = z * math.sqrt(0.25 / 20 + z * z / 1600) / (1 + z * z / 20)
    assert wilson(10, 20) == pytest.approx((0.5 - half, 0.5 + half))
    assert wilson(10, 20) == pytest.approx((0.2993, 0.7007), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    assert wilson(0, 0) == (0.0, 1.0)


def test_a_group_differs_only_beyond_chance_and_size() -> None:
    assert differs(share(90, 100), share(500, 1000)) == 1
    assert differs(share(10, 100), share(500, 1000)) == -1
    assert differs(share(55, 100), share(500, 1000)) == 0
    assert differs(share(10, 10), share(500, 1000)) == 0
