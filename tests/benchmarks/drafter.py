"""What the drafter costs: to load, to propose for one draft, in memory; beside transformers in fp32.

python tests/benchmarks/drafter.py [--fp32]    --fp32: the network that training leaves beside its checkpoints
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

DRAFTS = (
    ("Marcus will improve his reading fluency.", "Marcus reads aloud 52 words correct per minute on grade 2 passages."),
    ("Ana will get better at asking for help when work is hard.", "In math Ana asks for help in 1 of 8 lessons. She puts her head down."),
    ("Given a checklist, Jalen will pack his bag.", None),
    ("Student will work on telling time to the minute with 80% accuracy.", "Student tells time to the hour on 9 of 10 clocks."),
    ("Priya will be able to button her coat and hang it up.", "At dismissal Priya buttons 1 of 5 buttons on her coat."),
)  # fmt: skip

_LOAD = """
import time
start = time.perf_counter()
from goalsmith.drafter import FOLDER, _open
_open(FOLDER)
print(time.perf_counter() - start)
"""

_MEMORY = """
import resource, sys
sys.modules["torch"] = None  # spaCy takes it along where it is installed
import goalsmith
smith = goalsmith.load()
for draft, known in {drafts!r}:
    smith.rewrite(smith.review(draft, known))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3))
"""


def printed(code: str) -> float:
    """What a fresh interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(done.stdout)


def main() -> None:
    """Print the figures."""
    print(f"load, in a fresh interpreter: {min(printed(_LOAD) for _ in range(3)):.2f} s")
    print(
        f"peak memory, review and rewrites of {len(DRAFTS)} drafts: {printed(_MEMORY.format(drafts=DRAFTS)):.0f} MB"
    )

    import goalsmith
    from goalsmith.drafter import SHIPPED
    from goalsmith.rewrite import skills_of

    smith = goalsmith.load()
    reviews = [smith.review(draft, known) for draft, known in DRAFTS]
    spent = {}
    for what in ("proposals alone", "whole rewrite"):
        times = []
        for review in [reviews[0], *reviews]:
            start = time.perf_counter()
            if what == "proposals alone":
                SHIPPED.propose(review, skills_of(review, smith.bank), 3)
            else:
                smith.rewrite(review)
            times.append(time.perf_counter() - start)
        spent[what] = times[1:]
    for what, times in spent.items():
        print(
            f"three candidates for one draft, {what}: {statistics.median(times):.2f} s, at most {max(times):.2f} s"
        )
    if "--fp32" in sys.argv:
        from goalsmith.local_drafter import LocalDrafter
        from models.drafter.train import CHECKPOINTS

        local = LocalDrafter(CHECKPOINTS / "network")
        local.propose(reviews[0], [], 3)
        times = []
        for review in reviews:
            start = time.perf_counter()
            local.propose(review, [], 3)
            times.append(time.perf_counter() - start)
        print(
            f"the same weights in transformers, fp32: {statistics.median(times):.2f} s, at most {max(times):.2f} s"
        )


if __name__ == "__main__":
    main()
