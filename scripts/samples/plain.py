"""A paper's words without printing it: for trials that pretend it was read without fault."""

from collections.abc import Iterator

from scripts.samples.model import Block, Columns, Paper, Para

__all__ = ["plain_text"]


def plain_text(paper: Paper) -> str:
    """Every paragraph and cell of the paper in reading order, one a line."""
    blocks = (paper.head, *paper.body, *([paper.close] if paper.close else ()))
    return "\n".join(text for block in blocks for text in _texts(block))


def _texts(block: Block) -> Iterator[str]:
    if isinstance(block, Para):
        yield " ".join(run.text for run in block.runs)
    elif isinstance(block, Columns):
        for each in (*block.left, *block.right):
            yield from _texts(each)
    else:
        yield from (cell for row in block.rows for cell in row)
