"""A people file (CSV, XLSX, XLS, ODS) into the store."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from mentor_app.core.imports import Keep, RowOutcome, Said
from mentor_app.core.people.actions import PersonDetails
from mentor_app.core.people.listed import import_people
from mentor_app.core.people.queries import Bearer, bearers, people, team_names
from mentor_app.core.people.rules import match_key
from mentor_app.core.store import Actor, Connection, Done, Store
from mentor_app.core.text import Text
from mentor_app.transfer.list_words import job_titles, roles_meant
from mentor_app.transfer.misspelt import Names
from mentor_app.transfer.person_names import names_office
from mentor_app.transfer.plan import Plan
from mentor_app.transfer.recognise import PEOPLE, normalise
from mentor_app.transfer.rows import BadCell, Line, RowFile
from mentor_app.transfer.values import plain

_Row = tuple[int, PersonDetails, frozenset[str]]


def _reader(connection: Connection) -> Callable[[Line], _Row]:
    def read(line: Line) -> _Row:
        cell = line.cell
        hired, left = line.date("hired_on"), line.date("left_on")
        words = [w.strip() for w in _SEVERAL.split(cell.get("roles", "")) if w.strip()]
        roles = roles_meant(words)
        if isinstance(roles, Text):
            raise BadCell("roles", roles)
        details = PersonDetails(
            name=_name(cell),
            hired_on=hired,
            left_on=left,
            team=cell.get("team") or None,
            roles=roles,
            crm_names=tuple(w.strip() for w in re.split(r"[;|；、]", cell.get("crm_names", "")) if w.strip()),
            code=cell.get("code") or None,
        )
        emptied = {"roles"} if line.keeps and not roles else set[str]()
        return line.number, details, line.fields - emptied

    return read


def _name(cell: Mapping[str, str]) -> str:
    """Somebody's name, put together where family name and given name have columns of their own."""
    if "name" in cell:
        return " ".join(plain(cell["name"]).split())
    given, family = plain(cell.get("first_name", "")), plain(cell.get("last_name", ""))
    if _CHINESE.fullmatch(family + given):
        return family + given
    return " ".join(f"{given} {family}".split())


_SEVERAL = re.compile("[,;、/，；|]")
_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


def _named(row: _Row) -> tuple[int, str]:
    return row[0], row[1].name


def _write(
    store: Store,
    actor: Actor,
    rows: Sequence[_Row],
    today: dt.date,
    keep: Keep,
    file: str,
    said: Said | None = None,
) -> Done[list[RowOutcome]]:
    return store.act(actor, import_people, rows, keep, file, said)


def _names(connection: Connection) -> list[str]:
    return [one.name for one in people(connection)]


def _known(connection: Connection) -> set[str]:
    return set(map(match_key, _names(connection)))


def _here(connection: Connection, day: dt.date) -> list[str]:
    return [one.name for one in people(connection) if one.is_here(day)]


def _holders(connection: Connection) -> dict[str, Bearer]:
    return {one.code: one for one in bearers(connection) if one.code}


def _teams(connection: Connection) -> set[str]:
    return set(team_names(connection))


_FILE = RowFile(
    kind=PEOPLE,
    main="name",
    reader=_reader,
    write=_write,
    naming=_named,
    known=_known,
    here=_here,
    holders=_holders,
    whole=_name,
    teams=_teams,
    names={"name": Names(known=_names, people=True), "team": Names(known=team_names)},
)
run = _FILE.run


def plan(store: Store, path: Path, **given: Any) -> Plan:
    """Recognise a file; a column of job titles holds the roles where no other does and all its words are known as such."""
    made, columns = _FILE.plan(store, path, **given), given.get("columns") or {}
    title = None if columns.get("roles") or given.get("only_columns") else _job_titles(made)
    return made if title is None else _FILE.plan(store, path, **{**given, "columns": {**columns, "roles": [title]}})


def _job_titles(made: Plan) -> str | None:
    """The column whose cells are all roles that are known; a Sales Manager may lead a team, or none."""
    taken = {header for several in made.mapping.columns.values() for header in several}
    left = [one for one in made.source.headers if normalise(one) in job_titles() and one not in taken]
    if len(left) != 1 or made.mapping.columns.keys() & {"roles"} or "roles" in made.before.without:
        return None
    at = made.source.headers.index(left[0])
    cells = {row[at].strip() for _, rows, _ in made.records() for row in rows if at < len(row)} - {""}
    is_known = bool(cells) and not any(
        names_office(cell) or isinstance(roles_meant(_SEVERAL.split(cell)), Text) for cell in cells
    )
    return left[0] if is_known else None
