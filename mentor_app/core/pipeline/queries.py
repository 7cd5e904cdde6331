"""Reading opportunities and the ramp-up."""

from __future__ import annotations

import datetime as dt
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import Connection, func, or_, select

from mentor_app.core.people.queries import also_found, hires
from mentor_app.core.people.tables import crm_name, person
from mentor_app.core.personal.letters import otherwise_written
from mentor_app.core.pipeline import digest
from mentor_app.core.pipeline.rules import KEY_MARK
from mentor_app.core.pipeline.tables import import_mapping, opportunity
from mentor_app.core.ramp.curve import Company, company
from mentor_app.core.store.query_cache import QueryCache
from mentor_app.core.store.records import among, read_all


@dataclass(frozen=True, kw_only=True)
class Opportunity:
    """One opportunity as lists show it. ``status`` is one of core.ramp.curve's OPEN, WON, LOST, VOID."""

    id: int
    key: str
    name: str | None
    owner: str
    person: str | None
    account: str | None
    product: str | None
    stage: str | None
    status: int
    opened_on: dt.date | None
    closed_on: dt.date | None
    expected_on: dt.date | None
    amount_cents: int | None
    currency: str | None
    """The code of the amount's currency; None where the CRM named none."""


@dataclass(frozen=True, kw_only=True)
class Widest:
    """The newest opportunities, those of the largest and smallest amounts and of the longest ids; whether any has an id that
    the CRM gave it, and whether any amount is not of whole units."""

    rows: list[Opportunity]
    have_ids: bool
    have_cents: bool


_NEWEST = 200
SORTABLE = {
    "id": opportunity.c.id,
    "key": opportunity.c.key,
    "name": opportunity.c.name,
    "owner": crm_name.c.name,
    "account": opportunity.c.account,
    "product": opportunity.c.product,
    "stage": opportunity.c.stage,
    "status": opportunity.c.status,
    "opened_on": opportunity.c.opened_on,
    "closed_on": opportunity.c.closed_on,
    "amount": opportunity.c.amount_cents,
}


def opportunity_ids(
    connection: Connection,
    search: str = "",
    sort: str = "closed_on",
    descending: bool = True,
    limit: int | None = None,
) -> array[int]:
    """Ids of the (first ``limit``) opportunities whose words contain ``search``, sorted; unknown values last.

    Sorted by ``id`` (as they were added) the first ones cost nothing, however many there are.
    """
    column = SORTABLE[sort]
    statement = select(opportunity.c.id)
    if search or sort == "owner":
        statement = statement.join(crm_name, crm_name.c.id == opportunity.c.owner_id)
    for word in search.split():
        c = opportunity.c
        searched = (c.key, c.name, c.account, c.product, c.stage, crm_name.c.name)
        owned = c.owner_id.in_(also_found(connection, crm_name, word))
        of = among(connection, c.account, otherwise_written(accounts(connection), word))
        statement = statement.where(or_(owned, of, *(column.icontains(word, autoescape=True) for column in searched)))
    order = column.desc() if descending else column.asc()
    statement = (
        statement.order_by(order) if sort == "id" else statement.order_by(column.is_(None), order, opportunity.c.id)
    )
    statement = statement.limit(limit)
    # Straight from the driver: a million ids are a third of a second that way, two by way of row objects.
    cursor = connection.execute(statement).cursor
    return array("q", chain.from_iterable(cursor.fetchall())) if cursor is not None else array("q")


def opportunities(connection: Connection, ids: Sequence[int]) -> dict[int, Opportunity]:
    """The opportunities with these ids."""
    c = opportunity.c
    statement = (
        select(
            c.id,
            c.key,
            c.name,
            crm_name.c.name.label("owner"),
            person.c.name.label("person"),
            c.account,
            c.product,
            c.stage,
            c.status,
            c.opened_on,
            c.closed_on,
            c.expected_on,
            c.amount_cents,
            c.currency,
        )
        .join(crm_name, crm_name.c.id == c.owner_id)
        .outerjoin(person, person.c.id == crm_name.c.person_id)
        .where(c.id.in_(list(ids)))
    )
    return {found.id: found for found in read_all(connection, statement, Opportunity)}


def widest(connection: Connection) -> Widest:
    """Those by which the columns of a list of all opportunities are measured."""
    c = opportunity.c

    def read() -> Widest:
        amounts = select(func.min(c.amount_cents), func.max(c.amount_cents)).group_by(c.currency)
        ends = {cents for pair in connection.execute(amounts) for cents in pair if cents is not None}
        extreme = select(func.min(c.id)).where(c.amount_cents.in_(ends)).group_by(c.currency, c.amount_cents)
        newest = select(c.id).order_by(c.id.desc()).limit(_NEWEST)
        own = select(c.id).where(~c.key.contains(KEY_MARK, autoescape=True))
        longest = own.order_by(func.length(c.key).desc(), c.id.desc()).limit(_NEWEST)
        with_ids = connection.execute(longest).scalars().all()
        ids = {*connection.execute(newest).scalars(), *connection.execute(extreme).scalars(), *with_ids}
        return Widest(
            rows=[*opportunities(connection, sorted(ids, reverse=True)).values()],
            have_ids=bool(with_ids),
            have_cents=connection.execute(select(c.id).where(c.amount_cents % 100 != 0).limit(1)).first() is not None,
        )

    return _kept_widest.get(connection, "widest", read)


_kept_widest: QueryCache[Widest] = QueryCache()


def accounts(connection: Connection) -> Sequence[str]:
    """The accounts of all opportunities, by name."""
    c = opportunity.c

    def read() -> Sequence[str]:
        named = select(c.account).where(c.account.is_not(None), c.account != "").distinct()
        return connection.execute(named.order_by(c.account)).scalars().all()

    return _kept_accounts.get(connection, "accounts", read)


_kept_accounts: QueryCache[Sequence[str]] = QueryCache()


def opportunity_count(connection: Connection) -> int:
    """How many opportunities there are."""
    return int(connection.execute(select(func.count()).select_from(opportunity)).scalar_one())


def ramp(connection: Connection, as_of: dt.date, include_inherited: bool = False) -> Company:
    """Everybody's ramp-up, and the senior benchmark, as of a day."""

    def compute() -> Company:
        everybody = hires(connection)
        index = {hire.key: i for i, hire in enumerate(everybody)}
        names = connection.execute(select(crm_name.c.id, crm_name.c.person_id).where(crm_name.c.person_id.is_not(None)))
        deals = digest.load(connection, {name_id: index[person_id] for name_id, person_id in names})
        return company(everybody, deals, as_of, include_inherited)

    return kept_ramps.get(connection, (as_of, include_inherited), compute)


kept_ramps: QueryCache[Company] = QueryCache()


def remembered_mapping(connection: Connection, headers: str) -> str | None:
    """How a file with these headers (a signature) was read last, as JSON; None where none was."""
    found = select(import_mapping.c.mapping).where(import_mapping.c.headers == headers)
    return connection.execute(found).scalar()
