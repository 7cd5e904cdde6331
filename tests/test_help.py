"""The pages of help and the README: the same in both languages, and every command line in them can be typed."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mentor_app.cli import cli
from mentor_app.core.resources import resource
from mentor_app.core.text import LANGUAGES
from mentor_app.transfer import recognise

README = Path(__file__).parent.parent / "README.md"
PAGES = sorted(resource("help", "en").glob("*.md"))
TOPICS = (
    "camp",
    "commands",
    "data",
    "history",
    "imports",
    "logbook",
    "pairings",
    "personal",
    "playbooks",
    "points",
    "ramp",
)


def page(language: str, topic: str) -> str:
    return resource("help", language, f"{topic}.md").read_text(encoding="utf-8")


def headings(text: str) -> list[str]:
    return [line.split(" ")[0] for line in text.splitlines() if re.match(r"#+ \S", line)]


def command_lines(text: str) -> Iterator[str]:
    """Command lines that stand alone or in backquotes; `sh .ci/start …` is the same command in a checkout."""
    for line in text.splitlines():
        for given in re.findall(r"`((?:mentor-app|sh \.ci/start)[^`]*)`", line) or [line.strip()]:
            found = re.fullmatch(r"(?:mentor-app|sh \.ci/start)((?: .*)?)", given)
            if found:
                yield found[1].split("  #")[0].strip()


def parse(line: str) -> None:
    """Read a command line as the app would, down to its last verb; nothing runs. ClickException where it is wrong."""
    words, command, context = shlex.split(line), cli, None
    while True:
        context = command.make_context(command.name or "mentor-app", words, parent=context)
        rest = [*context._protected_args, *context.args]
        if not isinstance(command, click.Group) or not rest:
            return
        _, command, words = command.resolve_command(context, rest)


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_languages_have_the_same_pages(language: str) -> None:
    assert sorted(file.stem for file in resource("help", language).iterdir()) == sorted(TOPICS)


@pytest.mark.parametrize("topic", TOPICS)
def test_a_page_is_built_alike_in_both_languages(topic: str) -> None:
    english, chinese = page("en", topic), page("zh_CN", topic)
    assert headings(english) == headings(chinese)
    assert headings(english)[0] == "#"
    assert headings(english).count("##") >= 3
    for said in ("\n- ", "\n    mentor-app"):
        assert english.count(said) == chinese.count(said), said
    assert len(english) > 900
    assert len(re.findall(r"[\u4e00-\u9fff]", chinese)) > 250
    assert not re.search(r"[\u4e00-\u9fff]", english)


@pytest.mark.parametrize("text", [README, *(resource("help", lang, "commands.md") for lang in LANGUAGES)], ids=str)
def test_every_command_line_can_be_typed(text: Path) -> None:
    lines = list(command_lines(text.read_text(encoding="utf-8")))
    assert len(lines) > 5
    for line in lines:
        try:
            parse(line)
        except click.exceptions.Exit:  # --help and --version
            continue
        except click.ClickException as error:
            pytest.fail(f"{line}: {error.format_message()}")


def test_a_wrong_command_line_would_be_found() -> None:
    for line in ("nonsense", "people --nonsense", "points nonsense", "gate waive --stage newcomer", "log"):
        with pytest.raises(click.ClickException):
            parse(line)


def test_every_verb_is_explained() -> None:
    told = page("en", "commands")
    for verb in cli.commands:  # a group by any of its own
        assert re.search(rf"mentor-app (?:--\S+ (?:\"[^\"]+\"|\S+) )?{verb}\b", told), verb


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["opportunities", "people", "activities", "projects", "pairings"])
def test_the_columns_of_every_file_are_named(language: str, kind: str) -> None:
    names = {"en": kind.capitalize(), "zh_CN": {"opportunities": "商机", "people": "人员", "activities": "训练活动",
                                                "projects": "项目", "pairings": "结对"}[kind]}  # fmt: skip
    bullet = re.search(rf"^- \*\*{names[language]}\*\*[:：](.+(?:\n  .+)*)", page(language, "imports"), re.MULTILINE)
    assert bullet
    columns = re.split("[.。]", re.sub(r"[(（].*?[)）]", "", " ".join(bullet[1].split())))[0]
    file_kind, found = getattr(recognise, kind.upper()), set()
    for header in re.split("[,、/]", columns.replace("*", "")):
        meant = {field for field, words in file_kind.words.items() if recognise.normalise(header) in words}
        assert meant, header
        found |= meant
    assert found == file_kind.fields.keys() - {"active"}
    needed = re.findall(r"\*\*(.+?)\*\*", columns)
    groups = [{file_kind.field(header.strip()) for header in re.split("/", one)} for one in needed]
    assert groups == [set(group) for group in file_kind.required]


def test_the_readme_is_short() -> None:
    assert len(README.read_bytes()) <= 7500
