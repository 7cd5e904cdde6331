"""What this computer's user chose: language, theme. A small JSON file in the configuration folder."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path

from mentor_app.core.location import same_for_all


@dataclass(kw_only=True)
class Settings:
    """Choices with their defaults; unknown or damaged ones fall back to these."""

    language: str = ""
    theme: str = "light"
    actors: dict[str, list[int]] = field(default_factory=dict)
    """For each store (see ``same_for_all``) the people who work here, the current one first; empty: only the computer's user is known."""

    stores: dict[str, str] = field(default_factory=dict)
    """For each store what tells it from another one that may lie at the same place some day (see ``history.beginning``)."""
    maximised: bool = False
    """Whether the window filled the screen when it was closed."""
    weights: dict[str, float] = field(default_factory=dict)
    """How much each criterion of a suggestion counts; what is not named counts as usual."""

    @staticmethod
    def path() -> Path:
        """Where they are kept."""
        from platformdirs import user_config_path

        return user_config_path("mentor-app", appauthor=False) / "settings.json"

    @classmethod
    def load(cls) -> Settings:
        """As saved, or the defaults."""
        try:
            if not cls.path().is_file():  # a pipe would wait for ever
                return cls()
            saved = json.loads(cls.path().read_text(encoding="utf-8"))
            language, theme = saved.get("language"), saved.get("theme")
            return cls(
                language=language if isinstance(language, str) else "",
                theme=theme if theme in ("light", "dark") else "light",
                actors={
                    same_for_all(store): [int(person) for person in ids]
                    for store, ids in saved.get("actors", {}).items()
                },
                stores={str(store): str(begun) for store, begun in saved.get("stores", {}).items()},
                maximised=saved.get("maximised") is True,
                weights={str(name): float(weight) for name, weight in saved.get("weights", {}).items()},
            )
        except (OSError, ValueError, TypeError, AttributeError, OverflowError, RecursionError):
            return cls()

    def save(self) -> None:
        """Keep them; where that is impossible they last until the window closes."""
        try:
            self.path().parent.mkdir(parents=True, exist_ok=True)
            new = self.path().with_suffix(".new")  # a crash half-way must not lose who works here
            with open(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
                json.dump(asdict(self), file)  # in ASCII: a path may hold what no encoding has
            os.replace(new, self.path())
        except OSError:
            return
