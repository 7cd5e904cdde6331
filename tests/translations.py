"""Extract messages from the source into zh_CN's catalogue and compile it: `python tests/translations.py`."""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
PO = ROOT / "resources/translations/zh_CN/LC_MESSAGES/mentor_app.po"
KEYWORDS = {
    "tr": None,
    "plural": (1, 2),
    "plural_text": (1, 2),
    "text": None,
    "N_": None,
    "UserError": None,
    "message": None,
    "BadField": (2,),
    "wrong": (2,),
    "broken": (2,),
    "_forged": (2,),
}


def extracted() -> Catalog:
    """Every message key in the source."""
    catalog = Catalog(locale="zh_CN", project="mentor-app")
    for file, _, message, _, _ in extract_from_dir(ROOT / "mentor_app", keywords=KEYWORDS):
        if "migrations" not in file:  # SQLAlchemy's text() stands there
            catalog.add(message, flags=())
    return catalog


def current() -> Catalog:
    """The catalogue as it is."""
    with PO.open("rb") as file:
        return read_po(file, locale="zh_CN")


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def main() -> None:
    """Bring the catalogue up to date and compile it; says what still lacks a translation."""
    PO.parent.mkdir(parents=True, exist_ok=True)
    catalog = current() if PO.exists() else Catalog(locale="zh_CN")
    catalog.update(extracted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    with PO.open("wb") as file:
        write_po(file, catalog, omit_header=False, no_location=True, width=120, sort_output=True)
    PO.with_suffix(".mo").write_bytes(compiled(catalog))
    for message in catalog:
        if message.id and not all(message.string if isinstance(message.string, tuple) else [message.string]):
            print(message.id)


if __name__ == "__main__":
    main()
