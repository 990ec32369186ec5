"""How long a whole `goalsmith` process takes, against `import spacy` in the same environment.

python tests/benchmarks/startup.py [RUNS]

Run it in an environment without torch: spaCy's own import is three times slower where torch is installed.
"""

from __future__ import annotations

import importlib.util
import statistics
import subprocess
import sys
import time

GOAL = "By May 2027, given a grade 4 passage, Marcus will read aloud 95 words correct per minute."
COMMANDS = {
    "import spacy": [sys.executable, "-c", "import spacy"],
    "goalsmith check": [sys.executable, "-m", "goalsmith", "check", GOAL, "--fail-on", "never"],
    "goalsmith --help": [sys.executable, "-m", "goalsmith", "--help"],
}
LIMITS = {"goalsmith check": 2.5, "goalsmith --help": 0.5}


def seconds(command: list[str]) -> float:
    """Wall time of one whole process."""
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return time.perf_counter() - start


def measure(runs: int) -> dict[str, float]:
    """Median seconds of each command over ``runs`` rounds, the commands taking turns."""
    taken: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs + 1):
        for name, command in COMMANDS.items():
            taken[name].append(seconds(command))
    return {name: statistics.median(times[1:]) for name, times in taken.items()}


def main() -> int:
    """Print the medians and their ratios; 1 when a limit is passed."""
    medians = measure(int(sys.argv[1]) if len(sys.argv) > 1 else 7)
    base, over = medians["import spacy"], False
    torch = "installed" if importlib.util.find_spec("torch") else "not installed"
    print(f"torch {torch}")
    for name, median in medians.items():
        limit = LIMITS.get(name)
        over = over or (limit is not None and median > limit * base)
        told = "" if limit is None else f"  {median / base:.2f} of import spacy, at most {limit}"
        print(f"{name:18} {median:.2f} s{told}")
    return int(over)


if __name__ == "__main__":
    raise SystemExit(main())
