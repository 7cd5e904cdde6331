"""What an import of deals is said to come to: totals, rows that may be known deals, deals that are not in the file, an older file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from mentor_app.core.imports import Cell
from mentor_app.core.pipeline.rules import STATUS_KEYS, DealTotals, ImportedDeals, Older, Scaled
from mentor_app.core.text import N_, Text, Translator, text

if TYPE_CHECKING:
    from mentor_app.transfer.amount_plan import AmountPlan


def said_of(
    result: ImportedDeals, tr: Translator, cell_said: Callable[[Cell, Translator], dict[str, Any]]
) -> dict[str, Any]:
    """The outcome as ``OpportunityPlan.understood`` tells it; ``cell_said`` puts a changed cell in words."""
    return {
        **_totals(result.totals, result.kept_currency),
        "renamed": [
            {
                "row": one.row,
                "name": one.name,
                "was": one.was,
                "changes": [cell_said(cell, tr) for cell in one.cells],
                "may_be": [one_deal(deal, tr) for deal in one.may_be],
                "shown": one.shown,
                "taken_as": None if one.is_known is None else "same" if one.is_known else "new",
            }
            for one in result.renamed
        ],
        "not_in_file": {
            "deals": len(result.missed),
            "for_the_first_time": result.newly_missed,
            "names": [one.name for one in result.missed],
            "accounts": [one.account for one in result.missed],
        },
        "reopened": result.reopened,
        "older": None if result.older is None else why_older(result.older).render(tr),
    }


def why_older(older: Older) -> Text:
    """Why a file seems older than what is here."""
    if older.back:
        words = N_(
            "This file seems to be older than what is here: at least {back} of {changed} deals that it changes get a value back that a later import replaced."
        )
        return text(words, changed=older.changed, back=older.back)
    words = N_(
        "This file seems to be older than what is here: its last day is {last}, and it lacks the {missing} newest deals, of up to {known}."
    )
    return text(words, last=older.last, missing=older.missing, known=older.known)


def why_scaled(plan: AmountPlan, scaled: Scaled) -> Text:
    """What has to be said of amounts that may be in another unit than those of the deals that are here."""
    words = N_(
        "{file}: the amounts of {deals} known deals would be {times} times smaller, as {before} → {after}. Say that one of the file's amounts is worth {unit} (--unit {unit}), or that they are meant as they stand (--unit {now})."
    )
    if scaled.power < 0:
        words = N_(
            "{file}: the amounts of {deals} known deals would be {times} times larger, as {before} → {after}. Say that one of the file's amounts is worth {unit} (--unit {unit}), or that they are meant as they stand (--unit {now})."
        )
    unit, now = plan.scales(scaled)
    return text(
        words,
        file=plan.source.path.name,
        deals=f"{scaled.deals:,}",
        times=f"{10 ** abs(scaled.power):,}",
        before=f"{scaled.before / 100:,.2f}",
        after=f"{scaled.after / 100:,.2f}",
        unit=unit,
        now=now,
    )


def one_deal(parts: Iterable[Text | str], tr: Translator) -> str:
    """What tells one deal from those that look alike."""
    return " · ".join(part.render(tr) if isinstance(part, Text) else part for part in parts)


def _totals(totals: DealTotals, kept: str | None) -> dict[str, Any]:
    first, last = totals.closed
    sums = [
        {
            "currency": currency or kept,
            **{name: sums[status] / 100 for name, status in STATUS_KEYS.items() if status in sums},
        }
        for currency, sums in sorted(totals.cents.items(), key=lambda one: one[0] or "")
    ]
    return {
        "currencies": sorted(currency for currency, sums in totals.cents.items() if currency and sums),
        "totals": {name: totals.deals[STATUS_KEYS[name]] for name in ("won", "lost", "open", "void")},
        "amounts": sums,
        "closed": {"first": first, "last": last},
    }
