"""Employee numbers in texts of others: a short one goes only where something tells that it is theirs."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from mentor_app.core.history.before_erasing import all_places, preview
from mentor_app.core.logbook import actions as logbook
from mentor_app.core.people import actions as people
from mentor_app.core.personal.actions import erase
from mentor_app.core.personal.mentions import mentions
from mentor_app.core.personal.places import DOUBTFUL, GOES, STAYS
from mentor_app.core.pipeline.actions import import_opportunities
from mentor_app.core.points import actions as points
from mentor_app.core.store import Store
from tests.conftest import TODAY
from tests.core.history.world import deals, details, person
from tests.core.points.mentoring import Camp

A10 = {
    "Mary Watson (A10)": "X (X)",
    "Employee no.: A10": "Employee no.: X",
    "Personalnummer A10": "Personalnummer X",
    "They met. Emp No A10; all well": "They met. Emp No X; all well",
    "工号：A10": "工号：X",
    "工號【A10】": "工號【X】",
}
MAY_BE_OTHERS = {
    "A10 Mary Watson": "X X",
    "<b>A10</b> · Watson, Mary": "<b>X</b> · X",
    "Ａ１０, mary.watson": "X, X",
    "Seat A10 (Mary Watson)": "Seat X (X)",
    "Mary Watson, A10 towards Paris": "X, X towards Paris",
    "Mary Watson (A10 towards Paris)": "X (X towards Paris)",
    "Mary Watson: A10 is closed": "X: X is closed",
    "Mary Watson<br>A10 is closed": "X<br>X is closed",
    "Mary Watson – A10 is closed": "X – X is closed",
    "Number A10": "Number X",
    "编号A10": "编号X",
    "N° A10": "N° X",
    "工号是A10的": "工号是X的",
    "No employee (A10 closed)": "No employee (X closed)",
    "For the employee A10 is the way home": "For the employee X is the way home",
    "Huayu's employee No. A10": "Huayu's employee No. X",
    "Employee No. A10 of Huayu": "Employee No. X of Huayu",
}
OTHERS = (
    "Took the A10 to Utrecht",
    "Garage A10 Nord",
    "Acme a10",
    "a10 Mary Watson",
    "Mary Watson A10-3",
    "Mary Watson. A10 is closed",
    "Bo (A10), Mary Watson",
    "no A10 here",
    "Room 2-A10",
    "We lost an employee. A10 was jammed",
    "Employee No. A10:A20 is the range",
    "Employee No. A10-A20",
    "员工A10高速",
    "工号A10号楼",
)
"""In which it stays, and is shown."""
NO_NUMBER = ("Class A100", "BA10", "A10.5 km", "AA10")


def test_a_short_number_goes_beside_the_name_or_behind_a_word_for_it_and_is_shown_elsewhere(store: Store) -> None:
    at = Camp(store, paired=False)
    told = {**A10, **MAY_BE_OTHERS, **{words: words.replace("Mary Watson", "X") for words in (*OTHERS, *NO_NUMBER)}}
    rows = {at.act(points.save_reward, words, "resource", 20): words for words in told}
    number = at.act(people.add_person, replace(person("Mary Watson"), code="A10"))
    with store.read() as connection:
        found, shown = list(all_places(connection, number)), preview(connection, number)
    for fate, some in ((GOES, A10), (DOUBTFUL, MAY_BE_OTHERS), (STAYS, OTHERS)):
        is_so = [one for one in found if str(one.fate) == fate and one.place.casefold() in ("a10", "ａ１０")]
        assert sorted(str(one.record) for one in is_so) == sorted(some)
    assert shown.places == len(OTHERS)
    assert f"{len(MAY_BE_OTHERS)} places in texts of others" in " ".join(map(str, shown.goes))
    assert "unless it stands beside the name or behind a word for it: A10" in " ".join(map(str, shown.stays))
    at.act(erase, number)
    with store.read() as connection:
        names = {row.id: row.name for row in connection.execute(text("SELECT id, name FROM reward"))}
    assert {words: names[row].replace(f"⌫{number}", "X") for row, words in rows.items()} == told


@pytest.mark.parametrize(
    ("code", "words", "fates"),
    [
        ("W07", "ticket W07-3, w07", [STAYS, STAYS]),
        ("A-1", "a 1 % rise, A1", [STAYS]),
        ("B12", "Jo Roth (B-12), B 12, b 12", [GOES, STAYS, STAYS]),
        ("E777", "E 777 came; Jo Roth (e777); employee E-777", [DOUBTFUL, GOES, GOES, DOUBTFUL]),
        ("HR-12", "hr12", [DOUBTFUL]),
        ("HR-104", "hr104, ticket HR-104-7", [GOES, DOUBTFUL]),
        ("W07", "Jo Roth (No. W07)", [GOES, GOES]),
        ("1050", "Jo Roth (1050), 1050 boxes, Jo Roth 1050 (1050)", [GOES] * 3 + [STAYS] * 3),
        ("1050", "Huayu's employee no. 1050; Invoice No. 1050; Employee No. 1050", [GOES, STAYS]),
        ("1050", "工号：1050，金额1050元，他的工号 1050 和", [GOES, STAYS]),
        ("2045", "Jo Roth (ID 2045) [2045]; Jo Roth [Employee No.: 2045]", [GOES, GOES, GOES, GOES, STAYS]),
        ("2045", "Personalnr. 2045 (Jo Roth); No. 2045 Jo Roth", [GOES, GOES, GOES, STAYS]),
        ("K9", "Jo Roth (K9), K9 unit, K9-2, k9, Jo Roth: K9", [GOES, GOES, GOES, STAYS, STAYS]),
        ("K9", "Employee No. K9; seat K9", [GOES]),
        ("1050", "Jo Roth, No. 1050; Jo Roth, 编号：1050; Jo Roth – ID 1050", [GOES] * 3 + [STAYS] * 3),
        ("1050", "Jo Roth called. No. 1050 is blue", [GOES]),
        ("07", "07:00, 2026-07-07, Jo Roth 07", [GOES, STAYS]),
        ("ABC", "ABC of sales, ABC Jo Roth", [GOES, STAYS, STAYS]),
    ],
)
def test_what_happens_to_a_number_depends_on_how_many_letters_and_figures_it_has(
    file_store: Store, code: str, words: str, fates: list[str]
) -> None:
    at = Camp(file_store, paired=False)
    at.act(points.save_reward, words, "resource", 20)
    number = at.act(people.add_person, replace(person("Jo Roth"), code=code))
    with file_store.read() as connection:
        assert [str(one.fate) for one in all_places(connection, number)] == fates


@pytest.mark.parametrize(
    ("called", "code", "words", "fates"),
    [
        ("W07", "W07", "W07 came, w07, Ticket ID W07, sheet1!W07", [DOUBTFUL, STAYS, STAYS, STAYS]),
        ("W07", "W07", "Jo Roth (W07), Jo Roth W07; Employee No. W07", [GOES, GOES, GOES, DOUBTFUL, GOES]),
        ("W07", None, "W07 Ltd, Jo Roth (W07), 工号W07", [GOES, GOES, GOES, STAYS]),
        ("A 10", None, "Room A 10; Jo Roth, A 10", [GOES, DOUBTFUL, STAYS]),
        ("K9", "K9", "K9 unit, Jo Roth [K9]", [GOES, GOES, STAYS]),
        ("20451", "20451", "20451 boxes, Jo Roth (20451)", [GOES, GOES, STAYS]),
        ("20451", None, "20451 boxes, 20451 bags", []),
        ("20451", None, "Priya Nair 20451", []),
        ("ABC", "ABC", "ABC of sales", [DOUBTFUL]),
        ("HR-1042", "HR-1042", "HR-1042, HR-1042-7", [GOES, DOUBTFUL]),
        ("Will", None, "it will rain", [DOUBTFUL]),
    ],
)
def test_a_crm_name_that_is_a_number_goes_from_texts_as_an_employee_number_does(
    file_store: Store, called: str, code: str | None, words: str, fates: list[str]
) -> None:
    at = Camp(file_store, paired=False)
    at.act(people.add_person, person("Priya Nair"))
    at.act(points.save_reward, words, "resource", 20)
    number = at.act(people.add_person, replace(person("Jo Roth", crm_names=(called,)), code=code))
    with file_store.read() as connection:
        assert [str(one.fate) for one in all_places(connection, number)] == fates
    at.act(erase, number)
    with file_store.read() as connection:
        rows = connection.execute(text("SELECT name, match FROM crm_name")).all()
    assert not any(called.casefold() in (row.name.casefold(), row.match) for row in rows)


def test_a_number_goes_from_what_a_record_is_known_by_as_from_what_is_shown(store: Store) -> None:
    at = Camp(store, paired=False)
    names = ["工号 A10", "Jo Roth A10 deal", "Jo Roth", "A10 road works", "HR-1042 (old number)"]
    accounts = ["Huayu", "Max", "Foods GmbH", "A10 Logistics", "A10"]
    keys = [f"{name}\x1f{account}\x1f2026-01-05" for name, account in zip(names, accounts, strict=True)]
    (batch,) = deals(*keys)
    batch.columns |= {"name": names, "account": accounts}
    at.act(import_opportunities, [batch], today=TODAY)
    code = f"Ann · shadowing · 2026-11-01 · Huayu · {names[0]} · 09:00"
    said = replace(details(at), customer="Huayu", title=names[0])
    row = logbook.Row(number=2, code=code, person_id=at.hire.person_id or 0, details=said, state="submitted")
    at.act(logbook.import_activities, [row], TODAY, who=at.lead)
    number = at.act(people.add_person, replace(person("Jo Roth"), code="HR-1042"))
    at.act(people.edit_person, number, replace(person("Jo Roth"), code="A10"))
    with store.read() as connection:
        fates = Counter((str(one.field), str(one.fate)) for one in all_places(connection, number))
    for fate in (GOES, DOUBTFUL, STAYS):
        shown = fates["Opportunity name", fate] + fates["Account", fate]
        assert fates["Identity", fate] == shown
        assert fates["Key in the file", fate] == fates["Title", fate]
    at.act(erase, number)
    with store.read() as connection:
        for row in connection.execute(text("SELECT key, name, account FROM opportunity")):
            assert row.key == f"{row.name}\x1f{row.account}\x1f2026-01-05"
        entry = connection.execute(text("SELECT code, title FROM activity WHERE code IS NOT NULL")).one()
    assert entry.code == code.replace("A10", f"⌫{number}")
    assert entry.title == f"工号 ⌫{number}"


@pytest.mark.parametrize(
    ("words", "fate"),
    [
        ("Priya Nair (Employee No. 1050)", DOUBTFUL),
        ("It was said to Priya Nair, employee number 1050", DOUBTFUL),
        ("Employee No. 1050, Priya Nair", DOUBTFUL),
        ("Priya Nair's day. Employee No. 1050", GOES),
        ("Employee number 1050, Dingxin", DOUBTFUL),
        ("Employee number 1050, see below", GOES),
        ("Dingxin: employee number 1050", DOUBTFUL),
        ("Acme GmbH (employee number 1050)", DOUBTFUL),
        ("客户鼎信，工号1050", DOUBTFUL),
        ("Jo Roth: employee number 1050", GOES),
        ("Non-employee ID 1050", DOUBTFUL),
        ("王秀英（工号：1050）", DOUBTFUL),
        ("王秀英的：工号1050", DOUBTFUL),
        ("工号1050", GOES),
        ("Jo Roth (Employee No. 1050), Priya Nair", GOES),
        ("Priya Nair, Jo Roth (1050)", GOES),
    ],
)
@pytest.mark.parametrize("code", ["1050", "1050-22"])
def test_a_number_beside_somebody_else_s_name_is_shown_before_it_goes(
    file_store: Store, code: str, words: str, fate: str
) -> None:
    at = Camp(file_store, paired=False)
    for name in ("Priya Nair", "王秀英"):
        at.act(people.add_person, person(name))
    at.act(points.save_reward, words.replace("1050", code), "resource", 20)
    number = at.act(people.add_person, replace(person("Jo Roth"), code=code))
    with file_store.read() as connection:
        found = [one for one in all_places(connection, number) if one.place == code]
    assert [str(one.fate) for one in found] == [fate]


def test_a_crm_name_that_is_a_colleague_s_number_is_shown_before_it_goes(store: Store) -> None:
    at = Camp(store, paired=False)
    at.act(people.add_person, replace(person("Priya Nair"), code="W07"))
    at.act(points.save_reward, "工号W07；Jo Roth (W07), Priya Nair (W07)", "resource", 20)
    number = at.act(people.add_person, person("Jo Roth", crm_names=("W07",)))
    with store.read() as connection:
        found = [str(one.fate) for one in all_places(connection, number) if one.place == "W07"]
    assert found == [DOUBTFUL, GOES, STAYS]


def test_a_number_that_changed_hands_is_shown_before_it_goes(store: Store) -> None:
    at = Camp(store, paired=False)
    wang, tom = (at.act(people.add_person, person(name)) for name in ("Wang Bo", "Tom Ray"))
    at.act(people.edit_person, wang, replace(person("Wang Bo"), code="HR-1042"))
    at.act(people.edit_person, wang, replace(person("Wang Bo"), code="HR-1099"))
    at.act(people.edit_person, tom, replace(person("Tom Ray"), code="HR-1042"))
    at.act(points.save_reward, "HR-1042 signed; Employee No. HR-1042; Wang Bo (HR-1042); HR-1099", "resource", 20)
    for one, fates in ((wang, [DOUBTFUL, DOUBTFUL, GOES, GOES]), (tom, [DOUBTFUL] * 3)):
        with store.read() as connection:
            found = [str(spot.fate) for spot in all_places(connection, one) if spot.place.startswith("HR")]
        assert found == fates


def judged(words: str, code: str, name: str = "Priya Nair") -> str:
    """Words with "+" before what goes and "?" before a number that is listed and stays."""
    found = mentions([name], [], (), (), [code])
    assert found is not None
    goes, listed = found.judged(words)
    for begin, sign in sorted([*((one[0], "+") for one in goes), *((one[0], "?") for one in listed)], reverse=True):
        words = words[:begin] + sign + words[begin:]
    return words


@pytest.mark.parametrize(
    "told",
    [
        "+Priya Nair (emp. +1050)",
        "+Priya Nair (employee +1050)",
        "+Priya Nair (empl. no. +1050)",
        "+Priya Nair (MA-Nr. +1050)",
        "+Priya Nair (工牌号+1050)",
        "+Priya Nair (胸牌号：+1050)",
        "+Priya Nair (Nº empleado +1050)",
        "+Priya Nair (numero di matricola +1050)",
        "MA-Nr. +1050",
        "従業員番号：+1050",
        "職員番号 +1050",
        "사원번호: +1050",
        "Nº de empleado: +1050",
        "Número de empleado +1050",
        "numero di matricola +1050",
        "Employee numbers +1050 and 1051",
        "Employee numbers 1049 and +1050",
        "Employee numbers: 1048, 1049, and +1050.",
        "工号：+1050、1051",
        "工号：1049、+1050",
        "Mitarbeiternummern 1049 und +1050",
        "Acme, emp. ?1050",
        "Employee number 1049, ?1050",
        "Employee numbers 1049 and ?1050 were mixed",
        "编号：?1050",
        "合同编号：1050",
        "Nos. 1049, 1050",
        "boxes 1050, 1050, 20",
    ],
)
def test_labels_for_employee_numbers_are_known_also_before_a_list(told: str) -> None:
    assert judged(told.replace("+", "").replace("?", ""), "1050") == told


@pytest.mark.parametrize(
    "told",
    [
        "+Priya Nair (Berlin, ?1050)",
        "+Priya Nair's number is ?1050",
        "+Priya Nair, code ?1050",
        "+Priya Nair: Nos. 1049, ?1050",
        "+Priya Nair, Mr. Roth, St. Petersburg (ref. ?1050)",
        "+Priya Nair; Berlin; ?1050",
        "The badge ?1050 is that of +Priya Nair",
        "+Priya Nair在?1050号楼的员工会",
        "+Priya Nair的编号?1050",
        "+Priya Nair ordered ?1050 boxes for 1050 € and 1050,00 and 1.050 €, on 10.50",
        "+Priya Nair signed. The 1050 boxes came.",
        "+Priya Nair signed\n1050 boxes",
        "+Priya Nair<br>Berlin<br>1050",
    ],
)
def test_a_number_in_the_sentence_of_the_name_is_listed(told: str) -> None:
    assert judged(told.replace("+", "").replace("?", ""), "1050") == told


@pytest.mark.parametrize(
    "told",
    [
        "+8888号员工+王秀英",
        "请+8888号员工+王秀英来",
        "+8888 号员工：+王秀英",
        "+王秀英工号+8888",
        "请找+王秀英，工号：+8888。",
        "+王秀英的工号是+8888，已登记",
        "请联系工号+8888的+王秀英",
        "请联系工号+8888+王秀英来",
        "请联系员工+8888（+王秀英）",
        "+王秀英订了?8888箱",
        "?8888箱给+王秀英",
        "工号9999，+王秀英",
        "8888号楼。+王秀英",
        "9999号员工+王秀英",
    ],
)
def test_their_own_number_goes_where_a_word_for_it_joins_it_to_the_name_in_characters(told: str) -> None:
    assert judged(told.replace("+", "").replace("?", ""), "8888", "王秀英") == told


@pytest.mark.parametrize(
    "told", ["员工?8888号", "?8888号员工", "请?8888 号员工来", "编号?8888的员工", "共8888员工", "8888号楼的员工"]
)
def test_their_own_number_is_listed_on_either_side_of_a_word_for_an_employee(told: str) -> None:
    assert judged(told.replace("?", ""), "8888", "王秀英") == told
    other = told.replace("8888", "A88").replace("?", "+")
    if "+" in other:
        assert judged(other.replace("+", ""), "A88", "王秀英") == other


_WORDS = st.lists(
    st.sampled_from(["Berlin", "(", ")", ",", ";", "met", "badge", "emp.", "no.", "说", "–", "<b>", "ref", "&", "’s"])
)


@given(_WORDS, _WORDS, _WORDS, st.booleans())
def test_no_number_beside_the_name_goes_unmentioned(
    before: list[str], between: list[str], behind: list[str], is_first: bool
) -> None:
    both = ["Priya Nair", *between, "1050"]
    words = " ".join([*before, *(both if is_first else reversed(both)), *behind])
    told = judged(words, "1050")
    assert "+1050" in told or "?1050" in told


@given(st.lists(st.sampled_from(["Berlin", "1050", "1050 boxes", "1.050 €", "2050-10-50", "12", ",", "and", "for"])))
def test_a_number_in_a_text_without_the_name_is_none_of_theirs(words: list[str]) -> None:
    assert judged(" ".join(words), "1050") == " ".join(words)
