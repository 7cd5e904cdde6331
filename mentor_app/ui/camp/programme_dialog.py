"""The programme's editor: stages, windows, requirements, rubrics. A draft until it is published, then never changed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QSpinBox,
    QStackedWidget,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from mentor_app.core.camp.programme import Name, Programme, Requirement, Rubric, Stage, parse_programme, write_programme
from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import KINDS
from mentor_app.ui.context import Context
from mentor_app.ui.drafts import Json
from mentor_app.ui.i18n import current, tr
from mentor_app.ui.navigation import Place
from mentor_app.ui.overriding import override
from mentor_app.ui.tasks import after
from mentor_app.ui.widgets.controls import button, label
from mentor_app.ui.widgets.dialogs import Dialog
from mentor_app.ui.widgets.forms import BadField, choice, on_change, text_field, whole_field

if TYPE_CHECKING:
    from mentor_app.core.camp.queries import Version
    from mentor_app.core.store import Connection, Done


def open_programme(window: QWidget, context: Context, place: Place) -> None:
    """Open the editor on the draft, or on the newest version."""

    def read(connection: Connection) -> list[Version]:
        from mentor_app.core.camp.queries import versions

        return versions(connection)

    context.query(read, lambda versions: context.present(ProgrammeDialog(window, context, place, versions)))


class ProgrammeDialog(Dialog):
    """On the left the stages and rubrics, on the right what is chosen."""

    not_kept = frozenset({"list"})
    stored = whole = True

    def __init__(self, parent: QWidget, context: Context, place: Place, versions: list[Version]) -> None:
        super().__init__(parent, context, tr("Programme"), tr("Save draft"), place)
        self.resize(980, 640)
        newest = versions[0]
        self.programme: Programme = newest.programme
        self._stored: Programme = newest.programme
        self._draft_version: int | None = newest.row_version if newest.published_at is None else 0
        self._shown: tuple[str, int] | None = None
        self._filled: dict[str, Json] = {}
        published = next((v for v in versions if v.published_at is not None), None)
        words = tr("Version {n} is published.", n=published.number) if published else tr("Nothing is published yet.")
        if newest.published_at is None:
            words += " " + tr("Version {n} is a draft; nobody is in it.", n=newest.number)
        self.about = label(
            words
            + " "
            + tr("Publishing makes a version that never changes again; people stay on theirs until they are moved."),
            "muted",
            wrap=True,
        )
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Stages and rubrics"))
        self.list.currentRowChanged.connect(self._show)
        self.list.setMaximumWidth(260)
        self.stack = QStackedWidget()
        self.stack.addWidget(self._stage_form())
        self.stack.addWidget(self._rubric_form())
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        row = QHBoxLayout()
        self.add_stage = button(tr("Add stage"), lambda: self.do(self._add_stage), again=True)
        self.remove_stage = button(tr("Remove"), self._remove_stage)
        row.addWidget(self.add_stage)
        row.addWidget(self.remove_stage)
        left.addLayout(row)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addLayout(left)
        middle.addWidget(self.stack, 1)
        self.cancel.setText(tr("Close"))
        self.publish = button(tr("Publish"), lambda: self.do(self._publish))
        self.throw_away = button(tr("Remove the unpublished version"), self._discard)
        self.throw_away.setVisible(self._draft_version is not None)
        self.buttons.insertWidget(0, self.throw_away)
        self.buttons.addWidget(self.publish)
        content = QVBoxLayout()
        content.setSpacing(12)
        content.addWidget(self.about)
        content.addLayout(middle, 1)
        self.set_content(content)
        self._list()
        self.list.setCurrentRow(0)

    # -- the two forms

    def _stage_form(self) -> QWidget:
        page = QWidget()
        form = QFormLayout()
        form.setSpacing(8)
        self.name_en, self.name_zh, self.aim_en, self.aim_zh = (QLineEdit() for _ in range(4))
        self.first, self.last = whole_field(1, 120), whole_field(0, 120)
        self.last.setSpecialValueText(tr("open-ended"))
        for words, field in (
            (tr("Name (English)"), self.name_en),
            (tr("Name (Chinese)"), self.name_zh),
            (tr("Aim (English)"), self.aim_en),
            (tr("Aim (Chinese)"), self.aim_zh),
            (tr("First month"), self.first),
            (tr("Last month"), self.last),
        ):
            field.setAccessibleName(words)
            form.addRow(label(words), field)
        self.table = QTableWidget(0, 3)
        self.table.setAccessibleName(tr("Requirements"))
        self.table.setHorizontalHeaderLabels([tr("Requirement"), tr("Count"), tr("Pass mark")])
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(44)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        row = QHBoxLayout()
        row.addWidget(button(tr("Add requirement"), lambda: self._add_requirement(Requirement("visit", 1)), again=True))
        row.addWidget(button(tr("Remove requirement"), lambda: self.table.removeRow(self.table.currentRow())))
        row.addStretch()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addWidget(self.table, 1)
        column.addLayout(row)
        return page

    def _rubric_form(self) -> QWidget:
        page = QWidget()
        form = QFormLayout(page)
        form.setSpacing(8)
        self.top = whole_field(1, 1000)
        self.criteria = text_field(lines=10)
        for words, field in (
            (tr("Highest score"), self.top),
            (tr("Criteria, one a line: English | Chinese"), self.criteria),
        ):
            field.setAccessibleName(words)
            form.addRow(label(words, wrap=True), field)
        return page

    def _add_requirement(self, requirement: Requirement) -> None:
        at = self.table.rowCount()
        self.table.insertRow(at)
        kind = choice([(tr(k.name), key) for key, k in KINDS.items()], requirement.kind)
        kind.setAccessibleName(tr("Requirement"))
        count = whole_field(1, 1000, requirement.count)
        count.setAccessibleName(tr("Count"))
        mark = QLineEdit("" if requirement.pass_mark is None else f"{requirement.pass_mark:g}")
        mark.setAccessibleName(tr("Pass mark"))
        for column, field in enumerate((kind, count, mark)):
            self.table.setCellWidget(at, column, field)
            on_change(field, self.autosave.touch)
        self.table.scrollToBottom()

    # -- between form and programme

    def _list(self) -> None:
        language = current().language
        self._items = [("stage", i) for i in range(len(self.programme.stages))]
        scored = [key for key, kind in KINDS.items() if kind.scored]
        self._items += [("rubric", scored.index(key)) for key in scored]
        self.list.blockSignals(True)
        self.list.clear()
        self.list.addItems([stage.name(language) or tr("New stage") for stage in self.programme.stages])
        self.list.addItems([tr("Rubric: {kind}", kind=tr(KINDS[key].name)) for key in scored])
        self.list.blockSignals(False)

    def _mark(self, row: int) -> None:
        self.list.blockSignals(True)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    def _show(self, row: int) -> None:
        if self._shown is not None:
            try:
                self._take()
            except UserError as error:
                stays = self._items.index(self._shown)
                after(0, self.list, lambda: self._mark(stays))  # a click goes on to mark what was clicked
                self.failed(error)
                return
        if row < 0:
            return
        self._shown = self._items[row]
        what, at = self._shown
        self.remove_stage.setEnabled(what == "stage" and len(self.programme.stages) > 1)
        if what == "stage":
            stage = self.programme.stages[at]
            for field, value in (
                (self.name_en, stage.name.en),
                (self.name_zh, stage.name.zh_CN),
                (self.aim_en, stage.aim.en),
                (self.aim_zh, stage.aim.zh_CN),
            ):
                field.setText(value)
            self.first.setValue(stage.first_month)
            self.last.setValue(stage.last_month or 0)
            self.table.setRowCount(0)
            for requirement in stage.requirements:
                self._add_requirement(requirement)
            self.stack.setCurrentIndex(0)
        else:
            rubric = self.programme.rubric(self._scored(at)) or Rubric(self._scored(at), 5, ())
            self.top.setValue(int(rubric.top))
            self.criteria.setPlainText("\n".join(f"{c.en} | {c.zh_CN}" for c in rubric.criteria))
            self.stack.setCurrentIndex(1)
        self._filled = super().values()

    @staticmethod
    def _scored(at: int) -> str:
        return [key for key, kind in KINDS.items() if kind.scored][at]

    def _take(self) -> None:
        """Bring the form shown into the programme; BadField where it can't be read."""
        self.error.setText("")
        self.programme = self._with_form()
        if self._shown is not None and self._shown[0] == "stage" and self.list.item(self._shown[1]):
            stage = self.programme.stages[self._shown[1]]
            self.list.item(self._shown[1]).setText(stage.name(current().language) or tr("New stage"))

    def _with_form(self) -> Programme:
        """The programme with the form shown in it; BadField where it can't be read."""
        if self._shown is None:
            return self.programme
        what, at = self._shown
        if what == "stage":
            stages = list(self.programme.stages)
            stages[at] = self._stage(stages[at])
            return replace(self.programme, stages=tuple(stages))
        kind = self._scored(at)
        names = [line.partition("|") for line in self.criteria.toPlainText().splitlines() if line.strip(" |")]
        rubric = Rubric(kind, float(self.top.value()), tuple(Name(en.strip(), zh.strip()) for en, _, zh in names))
        others = [r for r in self.programme.rubrics if r.kind != kind]
        return replace(self.programme, rubrics=(*others, *([rubric] if rubric.criteria else [])))

    def _stage(self, old: Stage) -> Stage:
        requirements = []
        for row in range(self.table.rowCount()):
            kind, count, mark = (self.table.cellWidget(row, column) for column in range(3))
            assert isinstance(kind, QComboBox)
            assert isinstance(count, QSpinBox)
            assert isinstance(mark, QLineEdit)
            words = unicodedata.normalize("NFKC", mark.text()).strip().replace(",", ".")
            if words and not re.fullmatch(r"\d+(\.\d+)?", words):
                raise BadField(mark, "A pass mark is a number.")
            requirements.append(Requirement(kind.currentData(), count.value(), float(words) if words else None))
        return Stage(
            key=old.key,
            name=Name(self.name_en.text().strip(), self.name_zh.text().strip()),
            aim=Name(self.aim_en.text().strip(), self.aim_zh.text().strip()),
            first_month=self.first.value(),
            last_month=self.last.value() or None,
            requirements=tuple(requirements),
        )

    def _add_stage(self) -> None:
        self._take()
        keys = {stage.key for stage in self.programme.stages}
        key = next(f"stage{n}" for n in range(len(keys) + 1, 200) if f"stage{n}" not in keys)
        last = self.programme.stages[-1]
        begins = last.last_month or last.first_month + 3
        closed = replace(last, last_month=begins)
        new = Stage(key=key, name=Name("", ""), aim=Name("", ""), first_month=begins, last_month=None, requirements=())
        self.programme = replace(self.programme, stages=(*self.programme.stages[:-1], closed, new))
        self._shown = None
        self._list()
        self.list.setCurrentRow(len(self.programme.stages) - 1)
        self.name_en.setFocus()

    def _remove_stage(self) -> None:
        if self._shown is None or self._shown[0] != "stage":
            return
        at = self._shown[1]
        before, row = self.values(), at
        name = self.programme.stages[at].name(current().language) or tr("New stage")
        stages = self.programme.stages[:at] + self.programme.stages[at + 1 :]
        if at == len(stages):  # the one before is the last now, and ends where the last ended
            stages = (*stages[:-1], replace(stages[-1], last_month=self.programme.stages[at].last_month))
        self.programme = replace(self.programme, stages=stages)
        self._shown = None
        self._list()
        self.list.setCurrentRow(max(0, at - 1))
        self.autosave.touch()

        def back() -> None:
            self.restore(before)
            self.list.setCurrentRow(row)
            self.autosave.touch()
            self.draft_note.hide()
            self.start_afresh.hide()

        self.offer(tr("{name} removed.", name=name), tr("Undo"), back)

    # -- keeping it

    @override
    def values(self) -> dict[str, Json]:
        """The programme as far as it can be read, which part of it is shown, and that part as it is typed."""
        try:
            readable = self._with_form()
        except UserError:
            readable = self.programme
        return {
            "programme": {"definition": write_programme(readable), "shown": self.list.currentRow()},
            **super().values(),
        }

    @override
    def changed_values(self) -> dict[str, Json]:
        """All of it, where anything differs: what is shown belongs to the whole."""
        now = self.values()
        typed = {name: value for name, value in now.items() if name != "programme"}
        return now if _definition(now) != _definition(self._initial) or typed != self._filled else {}

    @override
    def says(self) -> dict[str, Json]:
        return _apart(_definition(self.values()))

    @override
    def before(self) -> dict[str, Json]:
        return _apart(_definition(super().before()))

    @override
    def named(self, name: str) -> str:
        what, _, key = name.partition(".")
        if what == "stage":
            names = [stage.name(current().language) for stage in self.programme.stages if stage.key == key]
            return next(iter(names), "") or tr("New stage")
        return tr("Rubric: {kind}", kind=tr(KINDS[key].name)) if what == "rubric" else tr("Stages and rubrics")

    @override
    def read_out(self, name: str, value: Json) -> str:
        if name == _ORDER and isinstance(value, list):
            return "\n".join(self.named(str(one)) for one in value)
        if not isinstance(value, dict) or name == "rest":
            return "" if value is None else super().read_out(name, value)
        if name.startswith("rubric."):
            rubric = parse_programme(_together({name: value})).rubrics[0]
            return "\n".join([f"{rubric.top:g}", *(f"{c.en} | {c.zh_CN}" for c in rubric.criteria)])
        stage = parse_programme(_together({name: value})).stages[0]
        needs = [
            f"{tr(KINDS[r.kind].name)} × {r.count}" + (f" ≥ {r.pass_mark:g}" if r.pass_mark is not None else "")
            for r in stage.requirements
        ]
        names = f"{stage.name.en} | {stage.name.zh_CN}", f"{stage.aim.en} | {stage.aim.zh_CN}"
        return "\n".join([*names, f"{stage.first_month}–{stage.last_month or ''}", *needs])

    @override
    def restore(self, values: dict[str, Json]) -> None:
        if _ORDER in values:  # put together from what two people say
            values = {"programme": {"definition": _together(values), "shown": 0}}
        draft = values.get("programme")
        if isinstance(draft, dict):
            self.programme = parse_programme(str(draft["definition"]))
            self._shown = None
            self._list()
            self.list.setCurrentRow(-1)
            shown = draft["shown"]
            self.list.setCurrentRow(shown if isinstance(shown, int) else 0)
        rows = values.get("table")
        if isinstance(rows, list):  # as many rows as were typed, each with its fields
            self.table.setRowCount(min(self.table.rowCount(), len(rows)))
            while self.table.rowCount() < len(rows):
                self._add_requirement(Requirement("visit", 1))
        super().restore({name: value for name, value in values.items() if name != "programme"})

    @override
    def work(self) -> None:
        from mentor_app.core.camp.actions import save_draft

        self.act(save_draft, self._definition(), self._draft_version).then(
            lambda _: self.context.toast(tr("Draft saved."))
        )

    def _definition(self) -> str:
        self._take()
        return write_programme(self.programme)

    def _publish(self) -> None:
        from mentor_app.core.camp.actions import publish

        if not self.sure(tr("A published version never changes again. Publish it? Then press Publish once more.")):
            return

        def published(done: Done[int]) -> None:
            self.context.toast(tr("Version {n} is published.", n=done.result))

        self.act(publish, self._definition(), self._draft_version).then(published)

    def _discard(self) -> None:
        from mentor_app.core.camp.actions import discard_draft

        context = self.context
        self.act(discard_draft, self._draft_version).then(
            lambda _: context.toast(tr("The draft version is discarded."))
        )


def _definition(values: Mapping[str, Json]) -> Json:
    """The whole programme in what a draft holds."""
    draft = values.get("programme")
    return draft["definition"] if isinstance(draft, dict) else None


_ORDER = "order"


def _apart(definition: Json) -> dict[str, Json]:
    """A programme by what two people may change apart: each stage, each rubric, the order of the stages."""
    whole = json.loads(str(definition))
    stages = {f"stage.{stage['key']}": stage for stage in whole.pop("stages")}
    rubrics = {f"rubric.{rubric['kind']}": rubric for rubric in whole.pop("rubrics")}
    return {**stages, **rubrics, _ORDER: [*stages], "rest": whole}


def _together(parts: Mapping[str, Json]) -> str:
    """The programme again; a stage whose place in the order is not known comes last."""
    order, rest = parts.get(_ORDER), parts.get("rest")
    names = [str(name) for name in order] if isinstance(order, list) else []
    stages = dict.fromkeys([*names, *(name for name in parts if name.startswith("stage."))])
    whole = {
        **(rest if isinstance(rest, dict) else {"name": {}}),
        "stages": [parts[name] for name in stages if name in parts],
        "rubrics": [value for name, value in parts.items() if name.startswith("rubric.")],
    }
    return json.dumps(whole, ensure_ascii=False)
