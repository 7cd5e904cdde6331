"""Files out: charts and calendars."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from mentor_app.cli.base import (
    FILE,
    LANGUAGE,
    CliContext,
    as_json_option,
    check_free,
    cli,
    date,
    echo,
    overwrite_option,
    person_ids,
    print_json,
)
from mentor_app.cli.ramp import chosen_hires
from mentor_app.core.text import translator


@cli.group()
def export() -> None:
    """Write files for others."""


@export.command("charts")
@click.option("--out", type=FILE, required=True)
@click.option("--person", "names", multiple=True, metavar="NAME")
@click.option("--cohort", "cohorts", multiple=True, metavar="2026Q3")
@click.option("--all", "everybody", is_flag=True)
@click.option("--format", "formats", default="png", metavar="png,svg,pdf,csv,xlsx")
@click.option("--lang", type=LANGUAGE, default=None)
@click.option("--as-of", callback=date, metavar="DATE")
@click.option("--include-inherited", is_flag=True)
@click.option("--overwrite", is_flag=True, help="Replace files of the same name instead of numbering new ones.")
@as_json_option
@click.pass_obj
def export_charts(
    world: CliContext,
    out: Path,
    names: tuple[str, ...],
    cohorts: tuple[str, ...],
    everybody: bool,
    formats: str,
    lang: str | None,
    as_of: dt.date | None,
    include_inherited: bool,
    overwrite: bool,
    as_json: bool,
) -> None:
    """Export ramp-up charts and their numbers."""
    if not (names or cohorts or everybody):
        raise click.UsageError("Say whose charts: --person, --cohort or --all.")
    wanted = [name.strip().lower() for name in formats.split(",") if name.strip()]
    from mentor_app.transfer.charts import IMAGES, TABLES
    from mentor_app.transfer.charts import export as write

    if not wanted or set(wanted) - {*IMAGES, *TABLES}:
        raise click.BadParameter("choose from png,svg,pdf,csv,xlsx", param_hint="--format")
    from mentor_app.core.pipeline.queries import ramp as query

    store = world.open()
    with store.read() as connection:
        company = query(connection, as_of or dt.date.today(), include_inherited)
    indexes = company.listed if everybody else chosen_hires(store, company, names)
    files = write(company, indexes, cohorts, out, wanted, lang or world.language, overwrite)
    if as_json:
        print_json({"files": [str(path) for path in files]})
    else:
        for path in files:
            echo(str(path))


@export.command("calendar")
@click.option("--person", "name", required=True, metavar="NAME")
@click.option("--out", type=FILE, required=True, metavar="FILE.ics")
@click.option("--lang", type=LANGUAGE, default=None)
@overwrite_option
@as_json_option
@click.pass_obj
def export_calendar(world: CliContext, name: str, out: Path, lang: str | None, overwrite: bool, as_json: bool) -> None:
    """Write somebody's planned activities as a calendar."""
    from mentor_app.core.logbook.kinds import ActivityState
    from mentor_app.core.logbook.queries import Filter, activities, activity_ids
    from mentor_app.transfer.calendar import write_calendar

    store = world.open()
    (person_id,) = person_ids(store, (name,))
    check_free(out, overwrite)
    with store.read() as connection:
        ids = activity_ids(connection, Filter(person_id, states=(ActivityState.PLANNED,)), descending=False)
        found = activities(connection, ids)
    n = write_calendar(out, [found[i] for i in ids], dt.datetime.now(dt.UTC), translator(lang or world.language))
    if as_json:
        print_json({"files": [str(out)], "events": n})
    else:
        echo(str(out))


@export.command("person")
@click.argument("name", metavar="PERSON")
@click.option("--out", type=FILE, required=True, metavar="FILE.zip")
@click.option("--lang", type=LANGUAGE, default=None)
@overwrite_option
@as_json_option
@click.pass_obj
def export_person(world: CliContext, name: str, out: Path, lang: str | None, overwrite: bool, as_json: bool) -> None:
    """Write everything that is kept about a person, as one ZIP."""
    from mentor_app.transfer.personal import write_personal

    store, tr = world.open(), translator(lang or world.language)
    (person_id,) = person_ids(store, (name,))
    check_free(out, overwrite)
    made = write_personal(store, world.actor(store), person_id, out, tr, dt.datetime.now(dt.UTC))
    if as_json:
        counts = {"records": made.records, "actions": made.actions, "drafts": made.drafts, "attachments": made.files}
        print_json({"files": [str(out)], **counts})
    else:
        echo(str(out))
