"""Files in: opportunities, people, activities, projects, pairings."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mentor_app.cli.base import FILE, CliContext, as_json_option, cli, echo, person_ids, print_json
from mentor_app.core.errors import UserError
from mentor_app.core.text import plural_text, translator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mentor_app.cli.owners import Owners
    from mentor_app.core.imports import Imported
    from mentor_app.core.store import Store
    from mentor_app.core.text import Text, Translator
    from mentor_app.transfer.plan import Plan


@cli.group("import")
def import_() -> None:
    """Read opportunities, people, activities, projects or pairings from CSV, XLSX, XLS or ODS."""


def _columns(pairs: tuple[str, ...]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {}
    for pair in pairs:
        field, mark, column = pair.partition("=")
        if not mark:
            raise click.BadParameter(f"{pair!r} is not FIELD=COLUMN", param_hint="--map")
        columns.setdefault(field.strip(), []).append(column)
    return columns


def _orders(said: tuple[str, ...]) -> dict[str, Any]:
    """The order of a file's dates, and those of single columns."""
    found: dict[str, Any] = {"order": None, "orders": {}}
    for one in said:
        column, mark, order = one.rpartition("=")
        if order not in ("dmy", "mdy", "ymd") or (mark and not column):
            raise click.BadParameter(f"{one!r} is not dmy, mdy, ymd or COLUMN=ORDER", param_hint="--date-order")
        if found["orders"].get(column, order) != order or (not mark and found["order"] not in (None, order)):
            raise click.BadParameter("two orders of the same dates", param_hint="--date-order")
        if mark:
            found["orders"][column] = order
        else:
            found["order"] = order
    return found


def _stages(pairs: tuple[str, ...]) -> dict[str, str]:
    status_of = {}
    for pair in pairs:
        name, _, status = pair.rpartition("=")
        if not name or status not in ("won", "lost", "void", "open"):
            raise click.BadParameter(f"{pair!r} is not NAME=won|lost|void|open", param_hint="--stage")
        status_of[name] = status
    return status_of


_ROWS_SAID = "[ROW=|rest=]same|new|1-99"
_SEPARATORS = {"comma": ",", "semicolon": ";", "tab": "\t", "|": "|"}


def _import_options(command: Any) -> Any:
    for option in (
        as_json_option,
        click.option("--dry-run", is_flag=True, help="Check everything, write nothing."),
        click.option("--only-good-rows", is_flag=True, help="Import what is right, list what is not."),
        click.option("--encoding", help="Instead of the recognised one."),
        click.option(
            "--separator",
            type=click.Choice(list(_SEPARATORS)),
            help="What stands between the cells of a text file, instead of what was recognised.",
        ),
        click.option(
            "--date-order",
            "date_orders",
            multiple=True,
            metavar="[COLUMN=]dmy|mdy|ymd",
            help="The order of dates; with COLUMN= of that column alone.",
        ),
        click.option(
            "--real-dates",
            type=click.Choice(["swap", "keep"]),
            help="Where a spreadsheet program may have swapped day and month.",
        ),
        click.option("--map", "columns", multiple=True, metavar="FIELD=COLUMN"),
        click.option("--sheet", help="Which sheet of a workbook."),
        click.argument("file", type=FILE),
    ):
        command = option(command)
    return command


@import_.command("opportunities")
@_import_options
@click.option("--stage", "stages", multiple=True, metavar="NAME=won|lost|void|open")
@click.option("--decimal", type=click.Choice(["point", "comma"]), help="Which mark stands before decimals.")
@click.option("--unit", help="What one of the file's amounts is worth: 1000, 万, TEUR, or 1.")
@click.option(
    "--totals",
    type=click.Choice(["out", "deals"]),
    help="What rows are that have the name of totals, where that can't be told.",
)
@click.option(
    "--renamed",
    multiple=True,
    metavar=_ROWS_SAID,
    help="What rows are that may be known deals that changed, or other ones: all of them, or single ones; a number says which of several.",
)
@click.option("--keep-cells", is_flag=True, help="Empty cells of the file leave what is here.")
@click.option("--older", is_flag=True, help="Import it though it seems older than what is here.")
@click.option(
    "--owner",
    "owners",
    multiple=True,
    metavar="NAME=WHO",
    help="Whom an owner's name means: an employee number, a name, new or nobody.",
)
@click.pass_obj
def import_opportunities(
    world: CliContext,
    /,
    stages: tuple[str, ...],
    decimal: str | None,
    unit: str | None,
    totals: str | None,
    renamed: tuple[str, ...],
    keep_cells: bool,
    older: bool,
    owners: tuple[str, ...],
    **options: Any,
) -> None:
    """Import a CRM's opportunities; unknown owners become people."""
    chosen = _stages(stages)
    from mentor_app.cli.owners import Owners
    from mentor_app.transfer import opportunities

    mark = {None: None, "point": ".", "comma": ","}[decimal]
    how: dict[str, Any] = {"stages": chosen, "decimal": mark, "unit": unit, "totals": totals}
    how |= {"keep_cells": keep_cells, "older": older}
    if renamed:
        how["renamed"] = _rows_said(renamed, "--renamed")
    _import(world, opportunities, owners=Owners(owners), **how, **options)


def _list_options(command: Any) -> Any:
    empty = click.option(
        "--empty-cells/--keep-cells",
        default=None,
        help="Whether empty cells of the list empty what is here, or leave it as it is.",
    )
    named = click.option(
        "--name",
        "names",
        multiple=True,
        metavar="NAME=WHAT",
        help="What a name that is not here means: the known one that it is a slip of, formerly and the known one, new, takes for whoever has the number beside it now, or out for nobody; * for all others asked about.",
    )
    return _import_options(empty(named(command)))


@import_.command("people")
@_list_options
@click.option(
    "--person",
    "numbers",
    multiple=True,
    metavar="NUMBER=WHO",
    help="Whose an employee number is: somebody's former number, new, takes for whoever stands beside it, or out to leave the row out.",
)
@click.option(
    "--row",
    "rows",
    multiple=True,
    metavar="ROW=WHO",
    help="Whom a row without an employee number means, as --person says it.",
)
@click.pass_obj
def import_people(world: CliContext, /, numbers: tuple[str, ...], rows: tuple[str, ...], **options: Any) -> None:
    """Import people with their dates, teams, roles and CRM names."""
    from mentor_app.core.imports import ROW
    from mentor_app.transfer import people

    said = _said(numbers, "--person", "NUMBER=WHO")
    said |= {ROW + row: who for row, who in _said(rows, "--row", "ROW=WHO").items()}
    _import(world, people, said=lambda store: _whose(store, said), **options)


def _said(pairs: tuple[str, ...], option: str, form: str) -> dict[str, str]:
    """What was said of rows with an ``option`` of this ``form``, by what stands before the sign."""
    said: dict[str, str] = {}
    for pair in pairs:
        key, _, answer = pair.rpartition("=")
        if not key.strip() or not answer.strip():
            raise click.BadParameter(f"{pair!r} is not {form}", param_hint=option)
        if said.setdefault(key.strip(), answer.strip()) != answer.strip():
            raise click.BadParameter(f"two answers for {key.strip()!r}", param_hint=option)
    return said


def _rows_said(given: tuple[str, ...], option: str) -> dict[str, str]:
    """What was said of rows: row → same, new, or which of several; what stands without a row is said of all others (*)."""
    said = _said(tuple(one if "=" in one else f"*={one}" for one in given), option, _ROWS_SAID)
    for row, answer in said.items():
        is_row = row.isascii() and row.isdigit()
        if not (is_row or row in ("*", "rest")) or not (
            answer in ("same", "new") or (is_row and re.fullmatch("[1-9][0-9]?", answer))
        ):
            raise click.BadParameter(f"{row}={answer} is not {_ROWS_SAID}", param_hint=option)
    return said


def _names_said(plan: Plan, names: tuple[str, ...]) -> Mapping[str, int | str]:
    """What was said of names. UserError where one stands nowhere in the file."""
    if not names:
        return {}
    from mentor_app.transfer.misspelt import ALL, said_of
    from mentor_app.transfer.tidy import tidy, unescaped

    said = _said(names, "--name", "NAME=WHAT")
    if said.get(ALL, "out") not in ("new", "out"):
        raise click.BadParameter(f"{ALL}={said[ALL]} is neither {ALL}=new nor {ALL}=out", param_hint="--name")
    missing = dict.fromkeys(name for name in said if name != ALL)
    for _, rows in plan.source.batches():
        for text in {form for row in rows for cell in row for form in (tidy(cell), tidy(unescaped(cell)))}:
            missing = {name: None for name in missing if name not in text}
        for words in [{*" ".join(map(tidy, row)).split()} for row in rows] if missing else ():
            missing = {name: None for name in missing if not words.issuperset(name.split())}  # of several columns
    for name in missing:
        raise UserError("{file}: {name} stands in no row (--name).", file=plan.source.path.name, name=name)
    return said_of(said)


def _whose(store: Store, numbers: dict[str, str]) -> dict[str, int | str]:
    """Employee number, or ROW and a row's → the person it was said to be of."""
    from mentor_app.core.imports import OUT, ROW, TAKES
    from mentor_app.core.people.actions import NEW_PERSON
    from mentor_app.core.people.queries import called

    whose: dict[str, int | str] = {}
    for number, who in numbers.items():
        with store.read() as connection:
            is_known = number.startswith(ROW) or len(called(connection, number)) == 1
            may_be_done = is_known and not called(connection, who) and not who.startswith("person:")
        if who in (TAKES, OUT) or (
            who != "new" and may_be_done
        ):  # perhaps said once before: the person has the number now
            whose[number] = who
        else:
            whose[number] = NEW_PERSON if who == "new" else person_ids(store, (who,))[0]
    return whose


@import_.command("activities")
@_list_options
@click.option(
    "--entry",
    "entries",
    multiple=True,
    metavar="ROW=same|new",
    help="Whether a row is an entry that is here, corrected, or another one; * for all that is asked about.",
)
@click.pass_obj
def import_activities(world: CliContext, /, entries: tuple[str, ...], **options: Any) -> None:
    """Import activities into the logbook; they wait for sign-off."""
    said = _said(entries, "--entry", "ROW=same|new")
    if set(said.values()) - {"same", "new"}:
        raise click.BadParameter("a row is the same or new", param_hint="--entry")
    from mentor_app.transfer import activities

    _import(world, activities, said=lambda _: said, **options)


@import_.command("projects")
@_list_options
@click.pass_obj
def import_projects(world: CliContext, /, **options: Any) -> None:
    """Import projects; one is known by its name."""
    from mentor_app.transfer import projects

    _import(world, projects, **options)


@import_.command("pairings")
@_list_options
@click.pass_obj
def import_pairings(world: CliContext, /, **options: Any) -> None:
    """Import pairings of the past and present; their people and projects must be there."""
    from mentor_app.transfer import pairings

    _import(world, pairings, **options)


def _import(
    world: CliContext,
    module: Any,
    file: Path,
    sheet: str | None,
    columns: tuple[str, ...],
    date_orders: tuple[str, ...],
    real_dates: str | None,
    encoding: str | None,
    separator: str | None,
    only_good_rows: bool,
    dry_run: bool,
    as_json: bool,
    owners: Owners | None = None,
    names: tuple[str, ...] = (),
    empty_cells: bool | None = None,
    said: Callable[[Store], Mapping[str, int | str]] | None = None,
    **more: Any,
) -> None:
    """Plan and run an import with the transfer ``module`` of its kind, say what was understood, and what it did."""
    from mentor_app.transfer.said import refuse

    mapped, tr = _columns(columns), translator(world.language)
    store = world.open(create=True)
    how_read: dict[str, Any] = {"sheet": sheet, "encoding": encoding, "real_dates": real_dates, **_orders(date_orders)}
    how_read["delimiter"] = _SEPARATORS[separator] if separator is not None else None
    plan = module.plan(store, file, columns=mapped, **how_read, **more)
    if real_dates == "swap" and plan.swapped is None:
        raise UserError(
            "{file}: no column shows that day and month were swapped. Leave out --real-dates swap.", file=file.name
        )
    if plan.questions():
        _say_all(plan, None, {}, as_json, tr)
        plan.check()
    beside: dict[str, Any] = {}
    how: dict[str, Any] = {} if empty_cells is None else {"empty_cells": empty_cells}
    if said is not None or names:
        how["said"] = {**(said(store) if said is not None else {}), **_names_said(plan, names)}
    asked: list[Text] = []
    if owners is not None:
        how = {"owners": owners.meant(store, plan)}
        beside, asked = owners.understood(store, plan, how["owners"]), owners.questions(store, plan, how["owners"])
        beside["questions"] = [question.render(tr) for question in asked]
        if asked and (not dry_run or owners.shared(store, plan, how["owners"])):
            _say_all(plan, None, beside, as_json, tr)
            refuse(asked)

    def told(result: Imported) -> None:
        if not as_json:
            _say_all(plan, result, beside, as_json, tr)

    done = module.run(
        store,
        world.actor(store),
        plan,
        today=dt.date.today(),
        only_good_rows=only_good_rows,
        dry_run=dry_run,
        told=told,
        **how,
    )
    result = done.result
    if as_json:
        _say_all(plan, result, beside, as_json, tr)
    else:
        _say_outcome(result, tr)
    refuse([*asked, *result.unanswered])
    rows = len({p.row for p in result.rejected})
    if rows and not only_good_rows:  # a trial ends as the import would
        raise UserError(
            plural_text(
                "{n} row is wrong: nothing would be imported. Mend it, or import only the good rows.",
                "{n} rows are wrong: nothing would be imported. Mend them, or import only the good rows.",
                n=rows,
            )
            if dry_run
            else plural_text(
                "Nothing was imported: {n} row is wrong. Mend it, or import only the good rows.",
                "Nothing was imported: {n} rows are wrong. Mend them, or import only the good rows.",
                n=rows,
            )
        )


def _say_all(plan: Plan, result: Imported | None, beside: Mapping[str, Any], as_json: bool, tr: Translator) -> None:
    """What was understood, and what is known ``beside``, as JSON (with the ``result``) or in words."""
    understood = plan.understood(tr, result)
    understood |= {**beside, "questions": [*understood["questions"], *beside.get("questions", ())]}
    if as_json:
        print_json(_as_json(plan, result, understood, tr))
    else:
        _say(understood, tr)


def _say(understood: dict[str, Any], tr: Translator) -> None:
    from mentor_app.transfer.understood import lines

    for heading, words in lines(understood, tr):
        first, *rest = words.split("\n")
        echo(f"{heading}: {first}")
        for line in rest:
            echo(f"    {line}")
    proposed = (understood.get("identity") or {}).get("proposed")
    if proposed:
        echo(tr("It is taken with --map {option}", option=f'"{tr("Identity")}={proposed}"'))


def _as_json(plan: Any, result: Imported | None, understood: dict[str, Any], tr: Translator) -> dict[str, Any]:
    from mentor_app.core.imports import Imported

    done = result or Imported()
    rejected = [
        {"row": p.row, "column": p.column, "value": p.value, "reason": p.reason.render(tr)} for p in done.rejected
    ]
    return {
        "read": done.read,
        "left_out": done.left_out,
        "new": done.new,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "rejected": rejected,
        "applied": done.applied,
        "people_added": done.people_added,
        "recognised": plan.recognised(),
        "understood": understood,
    }


_SHOWN = 20
"""So many rejected cells are shown one by one."""


def _say_outcome(result: Imported, tr: Translator) -> None:
    from mentor_app.transfer.values import brief

    for one in result.outcome:
        echo(one.render(tr))
    for p in result.rejected[:_SHOWN]:
        place = tr("Row {row}, {column}", row=p.row, column=p.column) if p.column else tr("Row {row}", row=p.row)
        echo(f"  {place}: {brief(p.value)!r} – {p.reason.render(tr)}")
    more = len(result.rejected) - _SHOWN
    if more > 0:
        words = tr("{n} more", n=more)
        echo(f"  {words}")
