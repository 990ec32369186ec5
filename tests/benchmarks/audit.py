"""Goals a second and peak memory of an audit, by one worker and by two, and of a bank twice as large.

python tests/benchmarks/audit.py --goals 100000

The bank is made up (corpora/made_bank.py), 30 % of its goals repeats. Memory is the sum over the process and
its workers of what each holds alone or shares (PSS), sampled five times a second; Linux only. Every figure
is of the whole command, from the file to the report. Run it on an idle machine: the processor time that is
printed beside the time on the clock shows whether it was one.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer


def tree(pid: int) -> list[int]:
    """A process and all its descendants."""
    found = [pid]
    for at in found:
        try:
            for task in Path(f"/proc/{at}/task").iterdir():
                found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def held(pid: int) -> int:
    """Bytes a process tree holds."""
    total = 0
    for one in tree(pid):
        try:
            rollup = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) << 10
    return total


def measure(bank: Path, out: Path, workers: int, rewrites: str) -> dict[str, float]:
    """One run: seconds on the clock and of the processors, peak bytes, and what the summary counted."""
    command = [
        sys.executable,
        "-m",
        "goalsmith",
        "audit",
        str(bank),
        "-o",
        str(out),
        "--workers",
        str(workers),
    ]
    command += ["--rewrites", rewrites, "--today", "2026-09-01"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start, peak = time.perf_counter(), 0
    ran = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while ran.poll() is None:
        peak = max(peak, held(ran.pid))
        time.sleep(0.2)
    seconds = time.perf_counter() - start
    assert ran.returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    rows = summary["rows"]
    assert rows["in"] == rows["reviewed"] + rows["quarantined"] + rows["blank"]
    return {
        "seconds": seconds,
        "cpu": used,
        "peak": peak,
        "rows": rows["in"],
        "distinct": summary["statements"]["distinct"],
    }


def main(
    goals: Annotated[int, typer.Option(min=100)] = 100_000,
    rewrites: Annotated[str, typer.Option(help="shown, all or none.")] = "shown",
    double: Annotated[bool, typer.Option(help="Also a bank twice as large, for its memory.")] = True,
) -> None:
    """Print the figures."""
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; rewrites: {rewrites}")
    print(
        f"{'goals':>8} {'different':>9} {'workers':>7} {'seconds':>8} {'cpu s':>8} {'goals/s':>8} {'peak MB':>8}"
    )
    rates: dict[int, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size, workers in [(goals, 1), (goals, 2), *([(2 * goals, 2)] if double else [])]:
            bank = Path(folder) / f"{size}.csv"
            if not bank.exists():
                subprocess.run(
                    [sys.executable, "-m", "corpora.made_bank", str(bank), "--goals", str(size)], check=True
                )
            ran = measure(bank, Path(folder) / f"{size}-{workers}", workers, rewrites)
            assert ran["rows"] == size
            if size == goals:
                rates[workers] = size / ran["seconds"]
            print(
                f"{size:8,} {ran['distinct']:9,.0f} {workers:7} {ran['seconds']:8.1f} {ran['cpu']:8.1f} "
                f"{size / ran['seconds']:8.0f} {ran['peak'] / (1 << 20):8.0f}",
                flush=True,
            )
    print(f"two workers: {rates[2] / rates[1]:.2f} times one")


if __name__ == "__main__":
    typer.run(main)
