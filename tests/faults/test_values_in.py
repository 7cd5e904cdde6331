"""Whole files made by chance, as programs of many countries write them: units, number formats, encodings, orders of dates.

Who makes a file knows what every value in it means; each is read so, asked about or refused. ``--hypothesis-profile=long``
makes a hundred times as many, each time others.
"""

import csv
import datetime as dt
import io
import random
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import settings

from mentor_app.core.errors import UserError
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from mentor_app.transfer.deals import typed_batches
from tests.faults.figures import count

FILES = 150
_UNITS: dict[str, tuple[str, str | None]] = {
    # what a header says: how much one is, and of which currency
    "Amount": ("1", None),
    "close_value": ("1", None),
    "Amount (in thousands)": ("1000", None),
    "Amount ('000)": ("1000", None),
    "Amount (000s)": ("1000", None),
    "Amount in cents": ("0.01", None),
    "Amount (TEUR)": ("1000", "EUR"),
    "Amount (k€)": ("1000", "EUR"),
    "Betrag in Tsd. €": ("1000", "EUR"),
    "Betrag (Mio. EUR)": ("1000000", "EUR"),
    "Amount ($mm)": ("1000000", "USD"),
    "Amount (USD)": ("1", "USD"),
    "Revenue (USD millions)": ("1000000", "USD"),
    "Amount KUSD": ("1000", "USD"),
    "金额": ("1", None),
    "金额(元)": ("1", "CNY"),
    "金额（千元）": ("1000", "CNY"),
    "金额(万元)": ("10000", "CNY"),
    "金额/亿元": ("100000000", "CNY"),
    "金額（億円）": ("100000000", "JPY"),
    "Amount (Kilotaler)": ("1000", None),
    "Amount in dozens": ("12", None),
}
_BESIDE: dict[str, tuple[str, str | None]] = {
    # what a column of units says of its row
    "元": ("1", "CNY"),
    "万元": ("10000", "CNY"),
    "千元": ("1000", "CNY"),
    "USD k": ("1000", "USD"),
    "TEUR": ("1000", "EUR"),
    "m": ("1000000", None),
    "lots": ("144", None),
}
_OTHER_SUMS = ("ACV", "MRR", "Total contract value", "年化金额", "合同总额", "含税金额", "Weighted amount", "回款金额")
_TOTALS = ("Total", "合计", "Grand total", "Итого", "小计", "Ann Total", "王芳 汇总")
_CUSTOMERS = ("Total Energies", "合计科技", "Summit", "Sum 41 Ltd", "Acme")
_NOTES = {
    "": "1",
    "All amounts in thousands": "1000",
    "($ in millions)": "1000000",
    "Beträge in TEUR": "1000",
    "单位：万元": "10000",
    "単位：千円": "1000",
    "Amounts are given in scores": "20",
}
_FORMATS: dict[str, tuple[str, str | None]] = {
    # a workbook's number format: what one stored is worth, and its currency
    "General": ("1", None),
    "#,##0.00": ("1", None),
    '0"万"': ("10000", None),
    '#,##0.0"亿"': ("100000000", None),
    '0.0"M"': ("1000000", None),
    '#,##0,"k"': ("1", None),
    '0.0,,"M"': ("1", None),
    "#,##0,": ("1", None),
    "#,##0.00 [$€-407]": ("1", "EUR"),
    "[$USD] #,##0": ("1", "USD"),
    '"£"#,##0': ("1", "GBP"),
    "0.00%": ("0.01", None),
    '0 "barrels"': ("159", None),
}
_NAMES = {
    "utf-8": "王芳 José Anna",
    "utf-8-sig": "王芳 José Anna",
    "utf-16": "王芳 Иван Anna",
    "utf-16-le": "李小明 Zoë Anna",
    "gb18030": "王芳 李小明 浙江大华科技",
    "hz": "王芳 李小明",
    "big5": "陳怡君 林志豪",
    "cp932": "田中太郎 さとう ㈱日立",
    "euc_jp": "佐藤花子 鈴木一郎",
    "iso2022_jp": "佐藤花子 鈴木一郎",
    "euc_kr": "김민수 이영희",
    "cp1252": "José Müller Françoise",
    "cp850": "Jürgen Käthe Björn",
    "cp437": "Jürgen Käthe Björn",
    "cp1250": "Łukasz Małgorzata Wójcik",
    "cp1251": "Иван Ольга Сергей",
    "koi8_r": "Иван Ольга Сергей",
    "cp866": "Иван Ольга Сергей",
    "cp1253": "Γιώργος Μαρία Ελένη",
    "cp1254": "Ayşe Oğuzhan Işıl",
    "cp874": "สมชาย สมหญิง วิชัย",
    "utf-7": "王芳 José",
}
_SIGNS = [*[("", None)] * 4, ("EUR ", "EUR"), ("USD ", "USD"), ("GBP ", "GBP")]
_MARKS = {".": ",", ",": ".", ", ": "\u202f", ". ": "'", ".i": ""}
"""Mark of decimals (and what makes it another style) → mark of thousands."""
_DATES = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%d.%m.%Y",
    "%Y年%m月%d日",
    "%d %B %Y",
    "%b %d, %Y",
    "%d-%m-%y",
    "%Y%m%d",
)


@dataclass
class Made:
    """A file, and what it means: key → owner, cents, currency (None where any is right), day."""

    path: Path
    meant: dict[str, tuple[str, int, str | None, str]]
    told: str
    """How it was made, for whoever has to mend what was read wrong."""


def _figure(value: Decimal, style: str) -> str:
    decimal, group = style[0], _MARKS[style]
    whole, _, rest = f"{value:,f}".partition(".")
    return whole.replace(",", group) + (decimal + rest if rest else "")


def _value(chance: random.Random) -> Decimal:
    """Whole ones, ones with cents, thousands: whatever stands in such columns."""
    return chance.choice(
        [
            Decimal(chance.randrange(1, 1000)),
            Decimal(chance.randrange(1000, 3_000_000)),
            Decimal(chance.randrange(1, 300_000)) / 100,
            Decimal(chance.randrange(1, 3000)) / 10,
            Decimal(chance.randrange(1, 900)) * 1000,
        ]
    )


def _fits(words: str, encoding: str) -> bool:
    try:
        words.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _cents(amount: Decimal) -> int:
    return int((amount * 100).to_integral_value())


def _text_file(path: Path, chance: random.Random) -> Made:
    encoding = chance.choice(list(_NAMES))
    style = chance.choice([one for one in _MARKS if _fits(_MARKS[one], encoding)])
    order = chance.choice([one for one in _DATES if _fits(one, encoding)])
    header, (unit, currency) = chance.choice([one for one in _UNITS.items() if _fits(one[0], encoding)])
    notes = [one for one in _NOTES.items() if _fits(one[0], encoding)]
    note, worth = chance.choice(notes) if unit == "1" and currency is None else ("", "1")
    sign, code = chance.choice(_SIGNS) if currency is None else ("", None)
    if note:
        sign, code = "", None
    factor, meant, rows = Decimal(unit) * Decimal(worth), {}, []
    for n in range(chance.randrange(3, 9)):
        value, owner = _value(chance), chance.choice(_NAMES[encoding].split())
        day = dt.date(2024, 1, 1) + dt.timedelta(chance.randrange(360))
        own, words = chance.choice([*[("1", "")] * 9, ("1000000", "M"), ("1000", "k")]) if factor == 1 else ("1", "")
        meant[f"K{n}"] = (owner, _cents(value * factor * Decimal(own)), currency or code, day.isoformat())
        written, said = day.strftime(order), f"{sign}{_figure(value, style)}{words}"
        if chance.random() < 0.04:  # no reading of it is right
            written, said = chance.choice(
                [("2024-02-30", said), ("soon", said), (written, "twelve"), (written, "1,05,4")]
            )
            meant[f"K{n}"] = (owner, -1, "", "")
        rows.append([f"K{n}", owner, "Won", written, said])
    head = ["id", "owner", "stage", "close date", header]
    below = bool(note) and chance.random() < 0.5
    lines = [*([[note]] if note and not below else []), head, *rows, *([[note]] if below else [])]
    out = io.StringIO()
    csv.writer(out, delimiter=chance.choice(",;\t")).writerows(lines)
    path.write_bytes(out.getvalue().encode(encoding))
    return Made(path, meant, f"{encoding} {style!r} {order} {header} note={note!r} {rows}")


def _composed_file(path: Path, chance: random.Random) -> Made:
    """What columns and rows say beside the cells: units and currencies of rows, other sums, totals, the header again."""
    units = chance.sample(list(_BESIDE), chance.choice([1, 1, 2])) if chance.random() < 0.6 else [""]
    sums = chance.sample(_OTHER_SUMS, chance.choice([0, 0, 0, 1]))
    head = [
        "id",
        "owner",
        "account",
        "stage",
        "close date",
        "amount",
        chance.choice(["unit", "单位", "金额单位"]),
        *sums,
    ]
    meant, rows, total = {}, [head], Decimal(0)
    for n in range(chance.randrange(3, 9)):
        value, unit, day = Decimal(chance.randrange(1, 3000)), chance.choice(units), f"2024-01-{n + 1:02d}"
        worth, code = _BESIDE.get(unit, ("1", None))
        if chance.random() < 0.1:
            rows.append(head)
        rows.append([f"K{n}", "王芳", chance.choice(_CUSTOMERS), "Won", day, str(value), unit, *["7"] * len(sums)])
        meant[f"K{n}"] = ("王芳", _cents(value * Decimal(worth)), code, day)
        total += value
    if chance.random() < 0.7:  # with more or less of what a deal has
        filled = chance.choice([("", "", ""), ("T", "Won", "2024-02-01"), ("", "Won", ""), ("T", "", "")])
        amount = str(total + chance.choice([0, 0, 1]))
        rows.append([filled[0], chance.choice(_TOTALS), "", *filled[1:], amount, units[0], *["7"] * len(sums)])
        meant["T"] = ("", -1, "", "")
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return Made(path, meant, f"{rows}")


def _workbook(path: Path, chance: random.Random) -> Made:
    header, (unit, currency) = chance.choice(list(_UNITS.items()))
    code, (worth, named) = (
        chance.choice(list(_FORMATS.items())) if unit == "1" and currency is None else ("General", ("1", None))
    )
    book, meant = openpyxl.Workbook(), {}
    sheet: Any = book.active
    sheet.append(["id", "owner", "stage", "close date", header])
    for n in range(chance.randrange(3, 9)):
        value, day = _value(chance), dt.date(2024, 1, 1) + dt.timedelta(chance.randrange(360))
        sheet.append([f"K{n}", "王芳", "Won", day if chance.random() < 0.7 else day.isoformat(), float(value)])
        sheet.cell(sheet.max_row, 5).number_format = code
        meant[f"K{n}"] = ("王芳", _cents(value * Decimal(unit) * Decimal(worth)), currency or named, day.isoformat())
    book.save(path)
    return Made(path, meant, f"{header} {code}")


def _tried(store: Store, made: Made) -> tuple[Counter[str], list[str]]:
    """What became of each value of a file."""
    found: Counter[str] = Counter()
    values = 3 * len(made.meant)
    try:
        plan = opportunities.plan(store, made.path)
    except UserError:
        return Counter(refused=values), []
    if plan.questions():
        return Counter(asked=values), []
    wrong, left = [], dict(made.meant)
    for batch in typed_batches(plan):
        columns = batch.columns
        cents_read = columns.get("amount_cents", [None] * len(batch.key))
        for at, key in enumerate(batch.key):
            owner, cents, currency, day = left.pop(key)
            got = (columns["currency"][at] if "currency" in columns else None) or currency
            for is_right, what in (
                (batch.owner[at] == owner, f"{batch.owner[at]} for {owner}"),
                ((cents_read[at], got) == (cents, currency or got), f"{cents_read[at]} {got} for {cents}"),
                (columns["closed_on"][at] == day, f"{columns['closed_on'][at]} for {day}"),
            ):
                found["right" if is_right else "wrong"] += 1
                wrong += [] if is_right else [f"{key}: {what} ({made.told})"]
    found["refused"] += 3 * len(left)
    return found, wrong


def test_files_by_chance_are_read_right_asked_about_or_refused(file_store: Store, tmp_path: Path) -> None:
    is_long = settings.get_current_profile_name() == "long"
    seed, found, wrong = random.randrange(1 << 40) if is_long else 17, Counter[str](), []
    for n in range(FILES * (100 if is_long else 1)):
        chance = random.Random(seed + n)
        if n % 10 == 0:  # each is read by a process of its own
            made = _workbook(tmp_path / "x.xlsx", chance)
        else:
            made = (_composed_file if n % 3 == 1 else _text_file)(tmp_path / "x.csv", chance)
        here, bad = _tried(file_store, made)
        found += here
        wrong += [f"seed {seed + n}: {words}" for words in bad]
    tried = found.total()
    count(
        chance_values_tried=tried,
        chance_values_read_right=found["right"],
        chance_values_asked=found["asked"],
        chance_values_refused=found["refused"],
        chance_values_silently_wrong=found["wrong"],
    )
    assert wrong == []
    assert (tried > 1500, found["right"] > tried // 3, min(found["asked"], found["refused"]) > 0) == (True, True, True)
