"""What an audit reads: any table in, columns found, no row lost, a damaged file told in one line."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from goalsmith.audit.columns import Entry, entries, lay_out, states
from goalsmith.audit.sheets import find_files, open_sheets
from goalsmith.errors import InputError

MIA = "Mia will read 80 words per minute by May 2027."
TAO = "Tao will write 5 sentences in 4 of 5 trials."
HEAD = "Student ID,School,Goal\n"


def read(path: Path) -> tuple[list[Entry], list[str], int]:
    """Everything a file gives: entries, faults, blank rows."""
    found: list[Entry] = []
    faults: list[str] = []
    blank = 0
    for sheet in open_sheets(path):
        layout = lay_out(sheet, {})
        for row in sheet.rows():
            if row.number <= layout.before:
                continue
            if row.fault is not None:
                faults.append(row.fault)
                continue
            try:
                held = entries(layout, row)
            except InputError as error:
                faults.append(str(error))
                continue
            found += held
            blank += not held
    return found, faults, blank


def texts(path: Path) -> list[str]:
    return [entry.text for entry in read(path)[0]]


def made(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def book(path: Path, *sheets: list[list[object]]) -> Path:
    workbook = xlsxwriter.Workbook(str(path))
    for rows in sheets:
        sheet = workbook.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    workbook.close()
    return path


def ods(rows: list[list[str]]) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>'
            for c in row
        )
        + "</table:table-row>"
        for row in rows
    )
    names = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    content = f'<?xml version="1.0"?><office:document-content {names}><office:body><office:spreadsheet><table:table table:name="A">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
        packed.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return held.getvalue()


def bomb() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", "<Types/>")
        packed.writestr("xl/worksheets/sheet1.xml", bytes(80 << 20))
    return held.getvalue()


def xlsx(tmp: Path, rows: list[list[object]]) -> bytes:
    return book(tmp / "made.xlsx", rows).read_bytes()


def parquet(tmp: Path, columns: dict[str, list[object]]) -> bytes:
    pq.write_table(pa.table(columns), tmp / "made.parquet")
    return (tmp / "made.parquet").read_bytes()


TWO: list[list[object]] = [["ID", "Goal"], [1, MIA], [2, TAO]]
Outcome = tuple[int, int, int] | str  # entries, faults and blank rows, or words of the error
Maker = Callable[[Path], bytes]

# name -> (bytes, what comes of it)
FILES: dict[str, tuple[bytes | str | Maker, Outcome]] = {
    "plain.csv": (HEAD + f"1,A,{MIA}\n2,B,{TAO}\n", (2, 0, 0)),
    "bom.csv": ("\ufeff" + HEAD + f"1,A,{MIA}\n", (1, 0, 0)),
    "latin.csv": ((HEAD + f"1,Peña,José’s goal. {MIA}\n").encode("cp1252"), (1, 0, 0)),
    "mac.csv": ((HEAD + f"1,École,“Élodie” will read. {MIA}\n" * 20).encode("mac_roman"), (20, 0, 0)),
    "utf16.csv": ((HEAD + f"1,A,{MIA}\n").encode("utf-16"), (1, 0, 0)),
    "utf16-bare.csv": ((HEAD + f"1,A,{MIA}\n").encode("utf-16-le"), (1, 0, 0)),
    "utf32.csv": ((HEAD + f"1,A,{MIA}\n").encode("utf-32"), (1, 0, 0)),
    "mixed-bytes.csv": ((HEAD + f"1,Peña Peña Peña,{MIA}\n" * 9).encode() + f"2,B,{TAO} caf\xe9\n".encode("latin-1"), (10, 0, 0)),
    "no-header.csv": (f"1,A,{MIA}\n2,B,{TAO}\n", (2, 0, 0)),
    "empty.csv": (b"", "the file is empty"),
    "blanks.csv": ("\n \n\t\n", "nothing but blanks"),
    "header-only.csv": (HEAD, (0, 0, 0)),
    "one-column.csv": (f"Goal\n{MIA.replace(',', '')}\n\n{TAO}\n", (2, 0, 1)),
    "one-column-bare.csv": (f"{MIA}\n{TAO}\n", (2, 0, 0)),
    "semicolons.csv": (f"ID;Goal\n1;{MIA}\n", (1, 0, 0)),
    "sep.csv": (f"sep=;\nID;Goal\n1;{MIA}\n", (1, 0, 0)),
    "pipes.csv": (f"ID|Goal\n1|{MIA}\n", (1, 0, 0)),
    "tabs.tsv": (f"ID\tGoal\n1\t{MIA}\n", (1, 0, 0)),
    "tabs.csv": (f"ID\tGoal\n1\t{MIA}\n", (1, 0, 0)),
    "multi-line.csv": (f'ID,Goal\n1,"{MIA}\nHe will write.\r\nTwice."\n2,{TAO}\n', (2, 0, 0)),
    "old-mac-lines.csv": (f"ID,Goal\r1,{MIA}\r2,{TAO}\r", (2, 0, 0)),
    "open-quote.csv": (f'ID,Goal\n1,"{MIA}\n2,{TAO}\n3,{MIA}\n', (2, 1, 0)),
    "ragged.csv": (f"ID,Goal\n1,{MIA},extra,cells\n2\n3,{TAO}\n", (2, 0, 1)),
    "zero-bytes.csv": (f"ID,Goal\n1,Mia\0 will read 80 words. {MIA * 4}\n", (1, 0, 0)),
    "huge-cell.csv": ("ID,Goal\n1," + "word " * 200_000 + f"\n2,{TAO}\n", (2, 0, 0)),
    "twice-header.csv": (f"ID,Goal\n1,{MIA}\nID,Goal\n2,{TAO}\n", (2, 1, 0)),
    "same-headers.csv": (f"ID,Goal,Goal\n1,{MIA},{TAO}\n", (2, 0, 0)),
    "binary.csv": (bytes(range(256)) * 40, "not a text file"),
    "no-goals.csv": ("ID,Score\n1,20\n2,30\n", "no column looks like goals"),
    "formulas.csv": (f'ID,Goal\n1,"=HYPERLINK(""http://x"",""{MIA}"")"\n', (1, 0, 0)),
    "book.xlsx": (lambda tmp: xlsx(tmp, TWO), (2, 0, 0)),
    "book-named.csv": (lambda tmp: xlsx(tmp, TWO), (2, 0, 0)),
    "mixed-types.xlsx": (lambda tmp: xlsx(tmp, [*TWO, [3.5, 12], [True, None], [None, None], [4, MIA]]), (4, 0, 2)),
    "cut.xlsx": (lambda tmp: xlsx(tmp, TWO)[:-300], "damaged or cut short"),
    "no-zip.xlsx": (b"this is no workbook at all", "can't be opened as a workbook"),
    "page.xls": (b"<html><table><tr><td>Goal</td></tr></table></html>", "a web page saved as a workbook"),
    "bomb.xlsx": (lambda tmp: bomb(), "refused: it unpacks to 80 MB"),
    "empty-book.xlsx": (lambda tmp: xlsx(tmp, []), "there are no rows in it"),
    "title-rows.xlsx": (lambda tmp: xlsx(tmp, [["Lincoln district, goals 2026"], [], *TWO]), (2, 0, 0)),
    "open.ods": (lambda tmp: ods([["ID", "Goal"], ["1", MIA], ["2", TAO]]), (2, 0, 0)),
    "cut.ods": (lambda tmp: ods([["ID", "Goal"]])[:-40], "damaged or cut short"),
    "rows.jsonl": (json.dumps({"student_id": 1, "goal": MIA}) + "\n\n" + json.dumps({"goal": TAO}) + "\n", (2, 0, 1)),
    "broken.jsonl": (json.dumps({"goal": MIA}) + "\n{\"goal\": \n[1]\n", (1, 2, 0)),
    "no-objects.jsonl": ("[1]\n[2]\n", "no line of it is a JSON object"),
    "rows.parquet": (lambda tmp: parquet(tmp, {"id": [1, 2], "goal": [MIA, TAO]}), (2, 0, 0)),
    "cut.parquet": (lambda tmp: parquet(tmp, {"goal": [MIA]})[:-9], "can't be opened as parquet"),
    "null.parquet": (lambda tmp: parquet(tmp, {"id": [1, None], "goal": [None, TAO]}), (1, 0, 1)),
    "notes.docx.txt": ("x", "expected a file ending in"),
}  # fmt: skip


def test_the_table_of_odd_files_is_long_enough() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize("name", FILES)
def test_odd_file(name: str, tmp_path: Path) -> None:
    """Each odd or damaged file gives its rows, or one clear line that names it."""
    data, outcome = FILES[name]
    path = made(tmp_path / name, data(tmp_path) if callable(data) else data)
    if isinstance(outcome, str):
        with pytest.raises(InputError) as told:
            read(path)
        assert outcome in str(told.value)
        assert str(path) in str(told.value)
        assert "\n" not in str(told.value)
        assert "Traceback" not in str(told.value)
    else:
        found, faults, blank = read(path)
        assert (len(found), len(faults), blank) == outcome


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-be"])
def test_words_survive_their_encoding(encoding: str, tmp_path: Path) -> None:
    goal = "José will say “señal” in 4 of 5 trials – by May 2027."
    path = made(tmp_path / "a.csv", (HEAD + f"1,A,{goal}\n").encode(encoding))
    assert texts(path) == [goal]


def test_headers_with_blanks_and_numbers(tmp_path: Path) -> None:
    """The export of a goal-bank program: wide, trailing blanks, fields that belong to their objective."""
    path = made(
        tmp_path / "bank.csv",
        'ID, Goal,Responsible Staff ,Objective1,Schedule1,Prog Comments 1,"prog Date1 ",Objective2,Schedule2\n'
        f'7,"{MIA}",Ms. Ray,"Mia will read 50 words.",weekly,fine,1/2/26,"Mia will read 60 words.",monthly\n',
    )
    goal, first, second = read(path)[0]
    assert (goal.text, goal.objective, goal.beside) == (MIA, False, {"person": "Ms. Ray"})
    assert (first.objective, first.beside["schedule"], second.beside["schedule"]) == (
        True,
        "weekly",
        "monthly",
    )
    assert goal.id == first.id == "7"


def test_wide_goals_with_their_own_fields(tmp_path: Path) -> None:
    path = made(
        tmp_path / "wide.csv",
        f"SSID,Goal 1,Baseline 1,Goal 2,Baseline 2,Goal 3\n1,{MIA},41 words,{TAO},TBD,\n",
    )
    first, second = read(path)[0]
    assert first.beside == {"baseline": "41 words"}
    assert second.beside == {}


def test_a_header_in_two_rows_under_merged_cells(tmp_path: Path) -> None:
    path = tmp_path / "merged.xlsx"
    workbook = xlsxwriter.Workbook(str(path))
    sheet = workbook.add_worksheet()
    sheet.merge_range(0, 0, 0, 1, "Student")
    sheet.merge_range(0, 2, 0, 3, "Goal 1")
    sheet.merge_range(0, 4, 0, 5, "Goal 2")
    sheet.write_row(1, 0, ["ID", "School", "Statement", "Baseline", "Statement", "Baseline"])
    sheet.write_row(2, 0, ["9", "Oak", MIA, "41 words", TAO, "2 sentences"])
    workbook.close()
    first, second = read(path)[0]
    assert (first.id, first.groups) == ("9", ("Oak",))
    assert (first.beside, second.beside) == ({"baseline": "41 words"}, {"baseline": "2 sentences"})


def test_a_long_table_with_a_type_column(tmp_path: Path) -> None:
    path = made(tmp_path / "long.csv", f"Student ID,Type,Text\n1,Goal,{MIA}\n1,Objective,{TAO}\n")
    assert [entry.objective for entry in read(path)[0]] == [False, True]


def test_a_goal_column_that_holds_numbers_is_not_taken(tmp_path: Path) -> None:
    path = made(tmp_path / "a.csv", f"Goal,Goal Description\n1,{MIA}\n2,{TAO}\n")
    assert texts(path) == [MIA, TAO]


def test_columns_without_known_headers_are_found_by_content(tmp_path: Path) -> None:
    path = made(tmp_path / "a.csv", f"k,zz\n1,{MIA}\n2,{TAO}\n")
    assert texts(path)[-2:] == [MIA, TAO]


def test_a_chosen_column_comes_first_and_must_exist(tmp_path: Path) -> None:
    path = made(tmp_path / "a.csv", f"Goal,Other\n{MIA},{TAO}\n")
    (sheet,) = open_sheets(path)
    layout = lay_out(sheet, {"text": ["other"]})
    assert [c.header for c in layout.of("text")] == ["Other"]
    with pytest.raises(InputError, match=r"no column 'gaol' for --text; its columns: 'Goal', 'Other'"):
        lay_out(sheet, {"text": ["gaol"]})


def test_district_and_school_are_both_groups(tmp_path: Path) -> None:
    path = made(tmp_path / "a.csv", f"School,District,Goal\nOak,North,{MIA}\nElm,,{TAO}\n")
    assert [entry.groups for entry in read(path)[0]] == [("North", "Oak"), ("not stated", "Elm")]


def test_a_criterion_beside_needs_a_level() -> None:
    assert states("criterion", "80% of trials")
    assert not states("criterion", "mastery")
    assert states("baseline", "reads few words")
    assert not states("method", "—")


def test_folders_are_read_in_order_and_must_hold_something(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    second, first = made(tmp_path / "b" / "x.csv", "Goal\n"), made(tmp_path / "a.jsonl", "{}")
    made(tmp_path / "~$a.xlsx", "lock")
    assert find_files([tmp_path]) == [first, second]
    (tmp_path / "none").mkdir()
    with pytest.raises(InputError, match="no file in it ends in"):
        find_files([tmp_path / "none"])
    with pytest.raises(InputError, match="no such file"):
        find_files([tmp_path / "gone.csv"])
