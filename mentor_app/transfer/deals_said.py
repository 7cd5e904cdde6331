"""What an import of deals is said to come to: totals, rows that may be known deals, deals that are not in the file, an older file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from mentor_app.core.imports import Cell
from mentor_app.core.pipeline.rules import STATUS_KEYS, DealTotals, ImportedDeals, Older
from mentor_app.core.text import N_, Text, Translator, text


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
            }
            for one in result.renamed
        ],
        "not_in_file": {
            "deals": len(result.missed),
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
