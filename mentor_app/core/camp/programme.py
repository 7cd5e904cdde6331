"""What a programme says: ordered stages with their windows and requirements, and the rubrics of scored kinds.

A programme version is one JSON document, read here into frozen values and checked; a published one never changes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS
from mentor_app.core.text import Translator


@dataclass(frozen=True)
class Name:
    """A name in both languages; where one is empty, the other stands for it."""

    en: str
    zh_CN: str = ""  # the language's tag, as in the catalogues

    def __call__(self, language: str) -> str:
        """The name in ``en`` or ``zh_CN``."""
        return (self.zh_CN or self.en) if language == "zh_CN" else (self.en or self.zh_CN)

    def render(self, tr: Translator) -> str:
        """The name in the language of ``tr``, as a value of a message."""
        return self(tr.language)


@dataclass(frozen=True)
class Requirement:
    """So many signed-off activities of a kind; where a pass mark is set, each must reach it."""

    kind: str
    count: int
    pass_mark: float | None = None


@dataclass(frozen=True, kw_only=True)
class Stage:
    """A stage and its tenure window, in months from the hire date; ``last_month`` None: open-ended."""

    key: str
    name: Name
    aim: Name
    first_month: int
    last_month: int | None
    requirements: tuple[Requirement, ...]


@dataclass(frozen=True)
class Rubric:
    """How a scored kind is scored: each criterion from 0 to ``top``; the score is their mean."""

    kind: str
    top: float
    criteria: tuple[Name, ...]


@dataclass(frozen=True)
class Programme:
    """A whole programme."""

    name: Name
    stages: tuple[Stage, ...]
    rubrics: tuple[Rubric, ...]

    def stage(self, key: str) -> Stage:
        """The stage with this key; KeyError where there is none."""
        return next(stage for stage in self.stages if stage.key == key)

    def rubric(self, kind: str) -> Rubric | None:
        """The rubric of a scored kind."""
        return next((rubric for rubric in self.rubrics if rubric.kind == kind), None)


def read_programme(definition: str) -> Programme:
    """The programme a JSON document describes, fit to be followed. UserError where it is not one."""
    programme = parse_programme(definition)
    check(programme)
    return programme


def parse_programme(definition: str) -> Programme:
    """The programme a JSON document describes, also an unfinished one that nobody could follow yet."""
    try:
        document = json.loads(definition)
        return Programme(
            _name(document["name"]),
            tuple(
                Stage(
                    key=str(s["key"]),
                    name=_name(s["name"]),
                    aim=_name(s.get("aim", {})),
                    first_month=int(s["first_month"]),
                    last_month=None if s.get("last_month") is None else int(s["last_month"]),
                    requirements=tuple(
                        Requirement(
                            str(r["kind"]),
                            int(r["count"]),
                            None if r.get("pass_mark") is None else float(r["pass_mark"]),
                        )
                        for r in s["requirements"]
                    ),
                )
                for s in document["stages"]
            ),
            tuple(
                Rubric(str(r["kind"]), float(r["top"]), tuple(_name(c) for c in r["criteria"]))
                for r in document.get("rubrics", [])
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UserError("This is not a programme: {reason}", reason=str(error)) from None


def write_programme(programme: Programme) -> str:
    """The programme as a JSON document."""

    def name(given: Name) -> dict[str, str]:
        return {"en": given.en, "zh_CN": given.zh_CN}

    document = {
        "name": name(programme.name),
        "stages": [
            {
                "key": s.key,
                "name": name(s.name),
                "aim": name(s.aim),
                "first_month": s.first_month,
                "last_month": s.last_month,
                "requirements": [{"kind": r.kind, "count": r.count, "pass_mark": r.pass_mark} for r in s.requirements],
            }
            for s in programme.stages
        ],
        "rubrics": [
            {"kind": r.kind, "top": r.top, "criteria": [name(c) for c in r.criteria]} for r in programme.rubrics
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1)


def check(programme: Programme) -> None:
    """UserError where the programme could not be followed."""
    if not programme.stages:
        raise UserError("A programme needs a stage.")
    keys = [stage.key for stage in programme.stages]
    if len(set(keys)) < len(keys):
        raise UserError("Two stages have the same key.")
    before = 0
    for stage in programme.stages:
        title = stage.name("en")
        if not title.strip():
            raise UserError("A stage needs a name.")
        if stage.first_month < max(1, before) or (stage.last_month or stage.first_month) < stage.first_month:
            raise UserError("The months of {stage} are out of order.", stage=title)
        if stage.last_month is None and stage is not programme.stages[-1]:
            raise UserError("Only the last stage can be open-ended; {stage} needs a last month.", stage=title)
        before = stage.first_month
        _check_requirements(programme, stage)
    for rubric in programme.rubrics:
        if rubric.top <= 0 or not rubric.criteria:
            raise UserError("The rubric of {kind} needs criteria and a highest score.", kind=rubric.kind)


def _check_requirements(programme: Programme, stage: Stage) -> None:
    title = stage.name("en")
    kinds = [r.kind for r in stage.requirements]
    if len(set(kinds)) < len(kinds):
        raise UserError("{stage} asks for the same kind twice.", stage=title)
    for requirement in stage.requirements:
        if requirement.kind not in KINDS:
            raise UserError("{kind} is not a kind of activity.", kind=requirement.kind)
        if not 1 <= requirement.count <= 1000:
            raise UserError("{stage} needs a count from 1 to 1000 for each requirement.", stage=title)
        if requirement.pass_mark is not None:
            rubric = programme.rubric(requirement.kind)
            if rubric is None:
                raise UserError("{stage}: a pass mark needs a rubric for {kind}.", stage=title, kind=requirement.kind)
            if not 0 < requirement.pass_mark <= rubric.top:
                raise UserError(
                    "{stage}: the pass mark lies outside the rubric of {kind}.", stage=title, kind=requirement.kind
                )


def _name(found: Mapping[str, Any]) -> Name:
    return Name(str(found.get("en", "")), str(found.get("zh_CN", "")))
