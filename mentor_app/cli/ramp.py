"""Close rates by tenure month."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from mentor_app.cli.base import CliContext, as_json_option, cli, date, echo, person_ids, print_json
from mentor_app.core.text import translator

if TYPE_CHECKING:
    from mentor_app.core.ramp.curve import Company
    from mentor_app.core.store import Store


def chosen_hires(store: Store, company: Company, names: tuple[str, ...]) -> list[int]:
    """Indexes of the people named, all who bear a name, or numbered, or erased; a name nobody has is the world's fault."""
    chosen = []
    for name in names:
        matches = [i for i, hire in enumerate(company.hires) if hire.name == name]
        if not matches:
            (key,) = person_ids(store, (name,))
            matches = [i for i, hire in enumerate(company.hires) if hire.key == key]
        chosen += matches
    return chosen


@cli.command()
@click.option("--person", "names", multiple=True, metavar="NAME")
@click.option("--as-of", callback=date, metavar="DATE")
@click.option("--include-inherited", is_flag=True)
@as_json_option
@click.pass_obj
def ramp(
    world: CliContext, names: tuple[str, ...], as_of: dt.date | None, include_inherited: bool, as_json: bool
) -> None:
    """Close rates by tenure month, with the senior benchmark."""
    from mentor_app.core.pipeline.queries import ramp as query

    store = world.open()
    with store.read() as connection:
        company = query(connection, as_of or dt.date.today(), include_inherited)
    indexes = chosen_hires(store, company, names) if names else company.listed
    curves = [company.curve(i) for i in indexes]
    b = company.benchmark
    if as_json:
        print_json(
            {
                "as_of": company.as_of,
                "benchmark": {
                    "won": b.won,
                    "lost": b.lost,
                    "rate": b.rate.value,
                    "low": b.rate.low,
                    "high": b.rate.high,
                    "people": b.people,
                    "since": b.since,
                    "all_time": b.since is None,
                },
                "data_from": company.first_closing,
                "data_until": company.data_until,
                "people": [
                    {
                        "name": c.hire.name,
                        "hired_on": c.hire.hired_on,
                        "hired_on_inferred": c.hire.inferred,
                        "won": c.won,
                        "lost": c.lost,
                        "open": c.open,
                        "void": c.void,
                        "inherited": c.inherited,
                        "before_hire": c.before_hire,
                        "months": [
                            {
                                "month": m.month,
                                "won": m.won,
                                "lost": m.lost,
                                "rate": m.rate.value,
                                "low": m.rate.low,
                                "high": m.rate.high,
                                "trend": t.value,
                                "starts_on": m.starts_on,
                                "ends_on": m.ends_on,
                                "covered": m.covered,
                                "complete": m.full,
                            }
                            for m, t in zip(c.months, c.trend, strict=True)
                        ],
                    }
                    for c in curves
                ],
            }
        )
        return
    from mentor_app.core.ramp.interval import Rate

    tr = translator(world.language)

    def shown(rate: Rate) -> str:
        return "–" if rate.value is None else f"{rate.value:.0%} ({rate.low:.0%}–{rate.high:.0%})"

    basis = tr("all time") if b.since is None else tr("since {date}", date=b.since)
    echo(
        tr.plural(
            "Senior benchmark: {rate}, {n} person, {basis}",
            "Senior benchmark: {rate}, {n} people, {basis}",
            rate=shown(b.rate),
            n=b.people,
            basis=basis,
        )
    )
    for c in curves:
        echo(f"{c.hire.name}\t{c.won}/{c.won + c.lost}\t{shown(c.overall)}")
