"""The project's own annotated IEP statements, and the loader that reads them strictly."""
