"""``python -m goalsmith``."""

from goalsmith.cli import main

main()
