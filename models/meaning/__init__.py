"""The sentence encoder that ties goals to present levels: a public model, made small; its card is README.md."""
