"""Is the store sound? Asked of the database itself and of everything computed from its rows."""

from __future__ import annotations

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
    """Everything wrong with the store; empty when it is sound."""
    found: list[Text] = []
    missing = set(metadata.tables) - set(inspect(connection).get_table_names())
    if missing:
        return [text("The table {name} is missing.", name=name) for name in sorted(missing)]
    if connection.dialect.name == "sqlite":
        for (line,) in connection.execute(sql("PRAGMA integrity_check")):
            if line != "ok":
                found.append(text("The file is damaged: {detail}", detail=line))
        for row in connection.execute(sql("PRAGMA foreign_key_check")):
            found.append(text("Row {row} of {table} points to nothing.", row=row.rowid, table=row.table))
    orphans = select(change.c.id).where(change.c.change_set_id.not_in(select(change_set.c.id)))
    found += [text("Change {row} belongs to no change set.", row=row) for row in connection.execute(orphans).scalars()]
    kept = read_dict(connection, select(owner_digest.c.crm_name_id, owner_digest.c.columns))
    for owner, block in digest.compute(connection):
        if kept.pop(owner, None) != block.tobytes():
            found.append(text("The summary of owner {row} differs from the opportunities.", row=owner))
    found += [text("The summary of owner {row} has no opportunities.", row=owner) for owner in sorted(kept)]
    early = select(opportunity.c.key).where(opportunity.c.closed_on < opportunity.c.opened_on)
    found += [
        text("Opportunity {key} is closed before it was opened.", key=k) for k in connection.execute(early).scalars()
    ]
    for number, definition in connection.execute(select(programme_version.c.number, programme_version.c.definition)):
        try:
            read_programme(definition)
        except UserError as error:
            found.append(text("Version {n} of the programme can't be read: {reason}", n=number, reason=error.message))
    confirmed = select(review.c.activity_id).where(review.c.decision == ReviewDecision.SIGNED_OFF)
    unsigned = select(activity.c.id).where(
        activity.c.state == ActivityState.SIGNED_OFF, activity.c.id.not_in(confirmed)
    )
    found += [
        text("Activity {row} counts as signed off, but nobody signed it.", row=i)
        for i in connection.execute(unsigned).scalars()
    ]
    found += [
        text("The search of playbook {row} differs from what was approved.", row=row) for row in stale(connection)
    ]
    whole = verify(connection)
    if whole.why is not None:
        found.append(text("The points ledger is wrong at entry {row}: {reason}", row=whole.first_bad, reason=whole.why))
    return found
