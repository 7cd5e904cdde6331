"""Is the store sound? Asked of the database itself and of everything computed from its rows."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, select
from sqlalchemy import text as sql

from mentor_app.core.camp.programme import read_programme
from mentor_app.core.camp.tables import programme_version
from mentor_app.core.errors import UserError
from mentor_app.core.logbook.kinds import ActivityState, ReviewDecision
from mentor_app.core.logbook.tables import activity, review
from mentor_app.core.pipeline import digest
from mentor_app.core.pipeline.tables import opportunity, owner_digest
from mentor_app.core.playbooks.queries import stale
from mentor_app.core.points.ledger import verify
from mentor_app.core.store.history import change, change_set
from mentor_app.core.store.records import read_dict
from mentor_app.core.store.schema import metadata
from mentor_app.core.text import Text, text


def problems(connection: Connection) -> list[Text]:
    """Everything wrong with the store; empty when it is sound. Where a table is missing nothing else can be asked."""
    missing = set(metadata.tables) - set(inspect(connection).get_table_names())
    if missing:
        return [text("The table {name} is missing.", name=name) for name in sorted(missing)]
    checks = (_file, _history, _summaries, _opportunities, _programmes, _sign_offs, _search, _ledger)
    return [complaint for check in checks for complaint in check(connection)]


def _file(connection: Connection) -> Iterator[Text]:
    if connection.dialect.name != "sqlite":
        return
    for (line,) in connection.execute(sql("PRAGMA integrity_check")):
        if line != "ok":
            yield text("The file is damaged: {detail}", detail=line)
    for row in connection.execute(sql("PRAGMA foreign_key_check")):
        yield text("Row {row} of {table} points to nothing.", row=row.rowid, table=row.table)


def _history(connection: Connection) -> Iterator[Text]:
    orphans = select(change.c.id).where(change.c.change_set_id.not_in(select(change_set.c.id)))
    for change_id in connection.execute(orphans).scalars():
        yield text("Change {row} belongs to no change set.", row=change_id)


def _summaries(connection: Connection) -> Iterator[Text]:
    """The owners' packed columns against the opportunities they are computed from."""
    kept = read_dict(connection, select(owner_digest.c.crm_name_id, owner_digest.c.columns))
    for owner, block in digest.compute(connection):
        if kept.pop(owner, None) != block.tobytes():
            yield text("The summary of owner {row} differs from the opportunities.", row=owner)
    for owner in sorted(kept):
        yield text("The summary of owner {row} has no opportunities.", row=owner)


def _opportunities(connection: Connection) -> Iterator[Text]:
    early = select(opportunity.c.key).where(opportunity.c.closed_on < opportunity.c.opened_on)
    for key in connection.execute(early).scalars():
        yield text("Opportunity {key} is closed before it was opened.", key=key)


def _programmes(connection: Connection) -> Iterator[Text]:
    for number, definition in connection.execute(select(programme_version.c.number, programme_version.c.definition)):
        try:
            read_programme(definition)
        except UserError as error:
            yield text("Version {n} of the programme can't be read: {reason}", n=number, reason=error.message)


def _sign_offs(connection: Connection) -> Iterator[Text]:
    confirmed = select(review.c.activity_id).where(review.c.decision == ReviewDecision.SIGNED_OFF)
    unsigned = select(activity.c.id).where(
        activity.c.state == ActivityState.SIGNED_OFF, activity.c.id.not_in(confirmed)
    )
    for activity_id in connection.execute(unsigned).scalars():
        yield text("Activity {row} counts as signed off, but nobody signed it.", row=activity_id)


def _search(connection: Connection) -> Iterator[Text]:
    for playbook_id in stale(connection):
        yield text("The search of playbook {row} differs from what was approved.", row=playbook_id)


def _ledger(connection: Connection) -> Iterator[Text]:
    verdict = verify(connection)
    if verdict.why is not None:
        yield text("The points ledger is wrong at entry {row}: {reason}", row=verdict.first_bad, reason=verdict.why)
