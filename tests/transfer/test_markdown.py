"""Markdown as playbooks use it, read into blocks."""

from mentor_app.core.playbooks.rules import Part
from mentor_app.transfer.markdown import blocks

NASTY = Part(
    "=1+1 <b> & #set $x$ 问题？",
    "**粗** `code` #let x = 1 $a_b$ \\ <script>\n\n- one\n- two\n  1. deep\n\n> 引用\n\n## Inner",
    "P",
    "I",
    tags="t",
)


def test_markdown_is_read_into_blocks() -> None:
    found = [(b.kind, b.level, b.number, b.words) for b in blocks(NASTY.body)]
    assert found == [
        ("paragraph", 1, 0, "粗 code #let x = 1 $a_b$ \\ <script>"),
        ("item", 1, 0, "one"),
        ("item", 1, 0, "two"),
        ("item", 2, 1, "deep"),
        ("quote", 1, 0, "引用"),
        ("heading", 2, 0, "Inner"),
    ]
    assert [(r.words, r.bold, r.code) for r in blocks("**粗** `code`")[0].runs] == [
        ("粗", True, False),
        (" ", False, False),
        ("code", False, True),
    ]
