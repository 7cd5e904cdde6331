"""Every message has its Chinese, and what is shipped is what is written."""

import ast
import re

from mentor_app.core.text import text, translator
from tests.translations import PO, ROOT, compiled, current, extracted


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
