"""Whom the owners of a CRM's export mean, as the command line says it: --owner NAME=WHO."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from mentor_app.cli.base import person_ids, shared_name
from mentor_app.core.errors import UserError
from mentor_app.core.text import N_, Text, text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mentor_app.core.people.actions import Meant
    from mentor_app.core.store import Store
    from mentor_app.transfer.deal_plan import OpportunityPlan

_HOLDS_MORE = N_(
    'The owner {name} is nobody yet, and holds more than the name {known}. Say --owner "{name}={known}" or --owner "{name}=new", or --owner "*=plain" for all such names: {names}.'
)
_CLOSE = N_(
    'The owner {name} is nobody yet, but close to {known}. Say --owner "{name}={known}" or --owner "{name}=new". Such names: {names}.'
)


class Owners:
    """What was said of owners: an employee number or a name, ``new`` for somebody to add, ``nobody``; or another owner of the
    file who is somebody new, for two ways to write one name; or the plain name of what holds more (``*=plain``: of all such)."""

    def __init__(self, pairs: tuple[str, ...]) -> None:
        self._said: dict[str, str] = {}
        for pair in pairs:
            name, mark, who = pair.rpartition("=")
            if not mark or not name.strip() or not who.strip():
                raise click.BadParameter(f"{pair!r} is not NAME=WHO", param_hint="--owner")
            self._said[name.strip()] = who.strip()

    def understood(self, store: Store, plan: OpportunityPlan, meant: Mapping[str, Meant]) -> dict[str, Any]:
        """Owners known and new, those close to a known name, and what names nobody."""
        from mentor_app.core.people.queries import people, told_apart
        from mentor_app.transfer import understood
        from mentor_app.transfer.opportunities import near_owners, nobody_owners, unknown_owners

        new, nobodies = unknown_owners(store, plan), nobody_owners(store, plan)
        with store.read() as connection:
            called = told_apart(people(connection)) if meant else {}
        said = understood.owners(len(plan.owner_names), new, near_owners(store, new), meant, nobodies, called)
        return {"owners": said}

    def meant(self, store: Store, plan: OpportunityPlan) -> dict[str, Meant]:
        """Name → person for what was said. UserError where that names no owner of the file, or nobody here."""
        from mentor_app.core.people.actions import NEW_PERSON
        from mentor_app.transfer.opportunities import near_owners, plain_owners, unknown_owners

        in_file = {name.casefold(): name for name in (*plan.owner_names.values(), *plan.nobodies.values())}
        unknown = unknown_owners(store, plan)
        near = near_owners(store, unknown)
        alone = plain_owners(store, near)
        strangers = {name.casefold(): name for name in (*alone.values(), *unknown)}
        found: dict[str, Meant] = {}
        for name, who in self._said.items():
            if (name, who) == ("*", "plain"):
                found |= {one: other for one, other in alone.items() if one not in self._said}
                continue
            if name.casefold() not in in_file:
                raise UserError("{file} has no owner called {name}.", file=plan.source.path.name, name=name)
            owner = in_file[name.casefold()]
            if who in ("new", "nobody"):
                found[owner] = NEW_PERSON if who == "new" else None
            elif who.casefold() in strangers and who.casefold() != name.casefold():
                found[owner] = strangers[who.casefold()]
            else:
                found[owner] = person_ids(store, (who,))[0]
        return found

    def questions(self, store: Store, plan: OpportunityPlan, meant: Mapping[str, Meant]) -> list[Text]:
        """What has to be said before the deals can be taken: of names that several bear, that are numbers, or that are close to
        a known one, where nothing was said of them."""
        from mentor_app.transfer.opportunities import near_owners, plain_owners, unknown_owners
        from mentor_app.transfer.understood import unanswered

        asked = [self._shared(store, name, people) for name, people in self.shared(store, plan, meant).items()]
        strangers = unknown_owners(store, plan)
        numbered = [name for name in plan.numbered_owners() if name in strangers and name not in meant]
        if numbered:
            asked.append(
                text(
                    'The file names owners by numbers: {names}. Say who each is: --owner "{name}=…" (or "{name}=new"), or choose a column of names: --map "owner=…"',
                    names=", ".join(numbered),
                    name=numbered[0],
                )
            )
        all_near = near_owners(store, strangers)
        near, alone = unanswered(all_near, meant), plain_owners(store, all_near)
        more, others = [name for name in near if name in alone], [name for name in near if name not in alone]
        for names, question in ((more, _HOLDS_MORE), (others, _CLOSE)):
            if names:
                asked.append(text(question, name=names[0], known=near[names[0]], names=", ".join(names)))
        return asked

    @staticmethod
    def shared(store: Store, plan: OpportunityPlan, meant: Mapping[str, Meant]) -> dict[str, list[int]]:
        """Names that several people bear, of which was not said whom they mean: deals can't even be counted before."""
        from mentor_app.transfer.opportunities import shared_owners

        return {name: people for name, people in shared_owners(store, plan).items() if meant.get(name) not in people}

    @staticmethod
    def _shared(store: Store, name: str, people: list[int]) -> Text:
        from mentor_app.core.people.queries import codes_of

        with store.read() as connection:
            codes = codes_of(connection, people)
        if len(codes) < len(people):
            return shared_name(name, people, codes).message
        return text(
            '{n} people are called {name}. Say who is meant: --owner "{name}={code}", with one of the employee numbers {codes}. Add anybody else of this name first.',
            n=len(people),
            name=name,
            code=codes[0],
            codes=", ".join(codes),
        )
