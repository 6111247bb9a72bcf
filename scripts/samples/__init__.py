"""Synthetic Vietnamese papers: invented text, true layout, seeded wear, exact truth.

Read `papers` (what is said), `press` (how it is printed), `wear` (what time and the scanner do to it),
`sets` (which files come out). Every person named is invented.
"""
