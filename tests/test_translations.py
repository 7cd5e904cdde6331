"""Every message has its Chinese, and what is shipped is what is written."""

import ast
import re

from babel.messages.extract import extract_from_dir

from mentor_app.core.text import plural_text, text, translator
from tests.translations import KEYWORDS, PO, ROOT, compiled, current, extracted


def test_every_message_is_translated_with_the_same_placeholders() -> None:
    catalog = current()
    for message in extracted():
        if not message.id:
            continue
        found = catalog.get(message.id)
        assert found is not None, message.id
        english = message.id if isinstance(message.id, tuple) else (message.id,)
        chinese = found.string if isinstance(found.string, tuple) else (found.string,)
        for words in chinese:
            assert words, message.id
            assert set(re.findall(r"{\w+}", english[-1])) == set(re.findall(r"{\w+}", words)), message.id


def test_what_is_counted_has_a_form_for_one() -> None:
    """“1 entries” is no English: such a message is said with ``plural`` or ``plural_text``.

    Not where the number is a limit that is never one, or is said of several.
    """
    found = set()
    for file, _, message, _, _ in extract_from_dir(ROOT / "mentor_app", keywords=KEYWORDS):
        if not file.startswith("core/store/migrations") and isinstance(message, str) and _COUNTS.search(message):
            found.add(message)
    assert found - _NEVER_ONE == set()
    assert _COUNTS.search("There are {n} such entries.")
    assert _COUNTS.search("{m} days overdue")


_COUNTS = re.compile(
    r"{(n|m|count|added|days)} (?:(?!of |is |in |are |to |has )[a-z]+ )?(?!is\b|has\b)(?:people|[a-z]+(?<!s)s)\b"
)
_NEVER_ONE = {
    "{n} people are called {name}. Say which of them is meant.",
    "{n} people are called {name}. Write the employee number instead.",
    "{file}: a cell that ends about line {line} is longer than {n} characters. Is a quotation mark not closed?",
    "{file} has {n} columns; no table has more than {most}.",
    "{file} takes longer than {n} seconds to read and was given up.",
    "The sheet {sheet} of {file} spans {n} cells, which is too many. Delete what is far outside.",
    "{n} people are called {name}. Say the employee number instead: {codes}.",
    "{n} people are called {name}. Say which by number: {numbers}.",
    "{n} people are called {name}. Which of them is the one in row {row} (hired on: {day}, team: {team})?",
    '{n} people are called {name}. Say who is meant: --owner "{name}={code}", with one of the employee numbers {codes}. Add anybody else of this name first.',
    "{field} is longer than {n} characters.",
    "The name is longer than {n} characters.",
    "{n} characters are too many; {most} is the most.",
    "A playbook has at most {n} parts.",
    "A playbook has at most {n} attachments.",
    "A cycle has between 1 and {n} phases.",
}


def test_no_message_is_said_where_it_is_not_extracted() -> None:
    """``translator(language)("Words")`` would be in no catalogue: it has to be called ``tr``."""
    for file in (ROOT / "mentor_app").rglob("*.py"):
        assert not re.search(r"translator\([^()]*\)\(\s*[\"']", file.read_text(encoding="utf-8")), file


def test_no_message_is_hidden_from_the_extraction() -> None:
    """The extraction does not look into f-strings."""
    known = {english for one in extracted() for english in (one.id if isinstance(one.id, tuple) else (one.id,))}
    for file in (ROOT / "mentor_app").rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in _SAYING and call.args:
                words = call.args[0]
                if isinstance(words, ast.Constant) and isinstance(words.value, str):
                    assert words.value in known, f"{file}:{call.lineno}: {words.value}"


_SAYING = {"tr", "N_", "UserError"}


def test_the_compiled_catalogue_is_current() -> None:
    assert PO.with_suffix(".mo").read_bytes() == compiled(current())


def test_messages_render_in_both_languages() -> None:
    message = text("Row {row}", row=3)
    assert message.render(translator("en")) == "Row 3"
    assert message.render(translator("zh_CN")) == "第 3 行"
    assert translator("zh-Hans").language == "zh_CN"
    entries = [plural_text("{n} entry", "{n} entries", n=n) for n in (0, 1, 1234)]
    assert [one.render(translator("en")) for one in entries] == ["0 entries", "1 entry", "1,234 entries"]
    assert [one.render(translator("zh_CN")) for one in entries] == ["0 条记录", "1 条记录", "1,234 条记录"]
