"""How the drafter, a small language model that proposes rewrites, is trained, measured and exported."""
