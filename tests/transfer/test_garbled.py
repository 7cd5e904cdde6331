"""Texts that somebody upstream read in a wrong encoding: they are refused with their place, never somebody's name."""

from pathlib import Path

import pytest

from mentor_app.core.people.queries import people
from mentor_app.core.store import Store
from mentor_app.transfer import opportunities
from mentor_app.transfer import people as people_file
from mentor_app.transfer.garbled import is_garbled
from tests.transfer.files import complaints, read_in, written

NAMES = "José|Müller|Françoise|Zoë|Wójcik|Иван Петров|Γιώργος|Ayşe|สมชาย|王芳|李小明|张伟|陳怡君|田中太郎|김민수|赢单|L’Oréal"
MISTAKES = [("utf-8", "latin-1"), ("utf-8", "cp1252"), ("gb18030", "latin-1"), ("utf-8", "gb18030"), ("cp1251", "latin-1"),
            ("utf-8", "cp1251"), ("utf-8", "cp1250"), ("utf-8", "cp437")]  # fmt: skip
UNSEEN = ["Jos茅", "Zo毛", "MĂĽller", "ZoĂ«", "AyЕџe", "аёЄаёЎаёЉаёІаёў", "й™іжЂЎеђ›", "╬ô╬╣╧Ä╧ü╬│╬┐╧é"]
"""What could be words, for all that can be told."""
REAL = (
    "Ordóñez, Íñigo|María Ñíguez|Óñez Íñaki|Weiß Bau Server · Weiß Bau|Groß Weiß Otto|José|Françoise|Łukasz Małgorzata|Иван|Γιώργος|Oğuzhan Işıl|สมชาย|王芳|陳怡君|田中太郎 さとう|김민수|SÃO PAULO|ÅÄÖ|Ærø|ØRSTED|É.D.|"
    "« café »|“IRMÃ”|ANDRÉ’S BAR|„Ä“|NOËL’S|ÖÖ|骁龙|闫妮|璟雯|鑫鑫鑫|赟|囍|珺翀|Đặng Văn|Nguyễn Thị|Þór|20°C|Café™|Häagen-Dazs|ÎLE|5 €|"
    "深圳市腾讯计算机|𠮷野家|㈱日立|L´Oréal|王芳│华东|e城e家|麻辣烫烫|TĂŞNAD|Ünlü|Ş. Yılmaz|½|naïve|café  Paris|André  was|café “Paris”|IRMÃ MARIA|é\u00a0 x|Nº 5|√完成|<b>&amp;</b>|AT&T; Co|100% Wool|C:\\users|"
    "José · Alvarez|à · b|José Šimek|André Žižek|café €5|¡olé ¡olé!|café ½, bar|Señorà ‹Ana›|Zoë „Zo“ Roth|·à faire|·é|plan ·ê|°é"
)


@pytest.mark.parametrize("name", NAMES.split("|"))
def test_a_name_read_in_a_wrong_encoding_is_noticed(name: str) -> None:
    tried = 0
    for right, wrong in MISTAKES:
        try:
            made = name.encode(right).decode(wrong)
        except UnicodeError:
            continue
        tried += 1
        assert made in (name, *UNSEEN) or is_garbled(made), (made, right, wrong)
    assert tried > 1


@pytest.mark.parametrize(
    "name",
    [
        "Ann\ufffd",
        "锟斤拷",
        "烫烫烫烫",
        "å¼ ä¼Ÿ",
        "æ ¡æ ·",
        "æ ·",
        "VIP æ · B",
        "ì •ë¯¼",
        "ÐÂ",
        "Ã©",
        "â€™s",
        "ï»¿Ann",
        "¤ýªÚ",
        "Jos&eacute;",
        "D&#39;Arcy",
        "\\u5f20\\u4f1f",
        "%E5%BC%A0%E4%BC%9F",
        "=?UTF-8?B?5byg?=",
    ],
)
def test_well_known_ruins_of_names_are_noticed(name: str) -> None:
    assert is_garbled(name)


@pytest.mark.parametrize("name", REAL.split("|"))
def test_a_real_name_is_a_name(name: str) -> None:
    assert not is_garbled(name)


@pytest.mark.parametrize("sign", "·«»–—…•†‡§©®™°±¿¡£¥€¢¬¶‹›“”‘’„‚‰½¼¾²³¹ºª÷×¦´¸µ")
def test_a_sign_between_words_tells_nothing_behind_any_letter(sign: str) -> None:
    words = [f"caf{letter} {sign} bar" for letter in map(chr, range(0xE0, 0xF0))]
    assert [one for one in words if is_garbled(one)] == []


def test_a_garbled_owner_stage_or_account_is_a_row_to_mend(file_store: Store, tmp_path: Path) -> None:
    head = ("id", "owner", "stage", "close date", "account", "amount")
    rows = [
        ["1", "Ann"],
        ["2", "å¼ ä¼Ÿ"],
        ["3", "J?rgen"],
        ["4", "Ann", "ÕÅÎ°"],
        ["5", "Ann", "Won", "锟斤拷"],
        ["Ã©", "Ann"],
    ]
    rows = [[row[0], row[1], *(row[2:3] or ["Won"]), "2024-02-01", *(row[3:4] or ["Dell"]), "5"] for row in rows]
    found = read_in(opportunities, file_store, written(tmp_path / "a.csv", [head, *rows]), only_good_rows=True)
    assert complaints(found) == [
        (3, "owner", "å¼ ä¼Ÿ"),
        (4, "owner", "J?rgen"),
        (5, "stage", "ÕÅÎ°"),
        (6, "account", "锟斤拷"),
        (7, "id", "Ã©"),
    ]
    assert {str(one.reason)[:32] for one in found.rejected} == {"These characters were garbled be"}
    listed = written(
        tmp_path / "p.csv", [("name", "team"), ("Bo", "East"), ("ZoÃ«", "East"), ("Cy", "å\u008d\u008e东")]
    )
    assert complaints(read_in(people_file, file_store, listed, only_good_rows=True)) == [
        (3, "name", "ZoÃ«"),
        (4, "team", "å\u008d\u008e东"),
    ]
    with file_store.read() as connection:
        assert [one.name for one in people(connection)] == ["Ann", "Bo"]
