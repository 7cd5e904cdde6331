"""Markdown as plain blocks, for every kind of file it goes into. What is no Markdown is text; HTML stays as typed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any


@dataclass(frozen=True)
class Run:
    """Words with one look."""

    words: str
    bold: bool = False
    italic: bool = False
    code: bool = False


@dataclass(frozen=True)
class Block:
    """A paragraph, heading, list item, quote or code block; ``level`` is the depth (of a heading or list, from 1).

    ``number`` is the figure of an item in an ordered list, 0 for a bullet.
    """

    kind: str
    runs: tuple[Run, ...]
    level: int = 1
    number: int = 0

    @property
    def words(self) -> str:
        """The words without their looks."""
        return "".join(run.words for run in self.runs)


@cache
def _parser() -> Any:
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark", {"html": False})


def blocks(source: str) -> list[Block]:
    """The blocks of a Markdown text, in order."""
    result: list[Block] = []
    lists: list[list[int]] = []  # of each list open: 0 for bullets, else the next figure
    quotes, first, heading = 0, False, 0
    for token in _parser().parse(source):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append([int(token.attrGet("start") or 1) if token.type.startswith("ordered") else 0])
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            first = True
        elif token.type in ("blockquote_open", "blockquote_close"):
            quotes += 1 if token.nesting > 0 else -1
        elif token.type == "heading_open":
            heading = int(token.tag[1:])
        elif token.type in ("fence", "code_block"):
            result.append(Block("code", (Run(token.content.rstrip("\n"), code=True),)))
        elif token.type == "hr":
            result.append(Block("paragraph", (Run("* * *"),)))
        elif token.type == "inline":
            runs = _runs(token.children or [])
            if token.level and lists and first:
                number = lists[-1][0]
                lists[-1][0] += 1 if number else 0
                result.append(Block("item", runs, len(lists), number))
                first = False
            elif heading:
                result.append(Block("heading", runs, heading))
                heading = 0
            else:
                result.append(Block("quote" if quotes else "paragraph", runs, max(1, len(lists))))
    return result


def _runs(children: list[Any]) -> tuple[Run, ...]:
    runs: list[Run] = []
    bold = italic = 0
    link: str | None = None
    for child in children:
        if child.type in ("strong_open", "strong_close"):
            bold += child.nesting
        elif child.type in ("em_open", "em_close"):
            italic += child.nesting
        elif child.type == "link_open":
            link = child.attrGet("href")
        elif child.type == "link_close":
            if link and (not runs or link not in runs[-1].words):
                runs.append(Run(f" ({link})"))
            link = None
        elif child.type == "code_inline":
            runs.append(Run(child.content, code=True))
        elif child.type in ("softbreak", "hardbreak"):
            runs.append(Run("\n"))
        elif child.content:
            runs.append(Run(child.content, bool(bold), bool(italic)))
    return tuple(runs)
