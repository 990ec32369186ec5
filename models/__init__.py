"""The models that ship with goalsmith: how each is trained, measured and exported."""
