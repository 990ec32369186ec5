"""The audit of a whole goal bank: files -> rows -> reviews -> findings across the bank -> report.

::

    sheets.py    files and folders -> sheets of rows
    columns.py   which column is what: rows -> entries
    reviewing.py the batch function, Arrow in and Arrow out; the worker processes and Ray
    plan.py      the run on disk: what was asked for, its parts, how it goes on after a stop
    bank.py      findings across the bank: near-duplicates, last year's goals, other names and pronouns
    rates.py     counts a group, Wilson intervals, published base rates
    names.py     learner names masked
    outputs.py   goals.xlsx, goals.parquet, .csv, .jsonl
    report.py    report.html
    sample.py    a stratified sample to review by hand, and the agreement when it comes back
    run.py       the whole way
"""
