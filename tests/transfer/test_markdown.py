"""Markdown as playbooks use it, read into blocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mentor_app.core.playbooks.rules import Part
from mentor_app.transfer.markdown import blocks

NASTY = Part(
    title="=1+1 <b> & #set $x$ 问题？",
    body="**粗** `code` #let x = 1 $a_b$ \\ <script>\n\n- one\n- two\n  1. deep\n\n> 引用\n\n## Inner",
    product="P",
    industry="I",
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


def test_links_tell_where_they_lead_and_code_is_kept_as_it_is() -> None:
    linked = blocks("see [the plan](https://x.example/a) or <https://y.example>")[0]
    assert linked.words == "see the plan (https://x.example/a) or https://y.example"
    code = blocks("```python\nif a < b:\n    **no**\n```")[0]
    assert (code.kind, code.words) == ("code", "if a < b:\n    **no**")


def test_ordered_lists_count_from_where_they_start_each_for_itself() -> None:
    found = [(b.level, b.number, b.words) for b in blocks("3. three\n4. four\n   - inner\n\n1) again")]
    assert found == [(1, 3, "three"), (1, 4, "four"), (2, 0, "inner"), (1, 1, "again")]


@pytest.mark.parametrize("source", ["<script>alert(1)</script>", "<b>bold</b>", "&lt;b&gt;", "javascript:alert(1)"])
def test_html_is_only_words(source: str) -> None:
    (block,) = blocks(source)
    assert block.words == source.replace("&lt;", "<").replace("&gt;", ">")
    assert not any(run.bold for run in block.runs)


@given(st.text(alphabet="ab *_`#->[]\n1.\\<&$", max_size=60).filter(lambda s: "```" not in s))
def test_whatever_is_typed_no_letter_is_lost(source: str) -> None:
    found = "".join(block.words for block in blocks(source))
    assert [c for c in found if c in "ab"] == [c for c in source if c in "ab"]
