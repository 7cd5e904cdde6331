"""Texts of many languages in every encoding that people meet: found or asked about, never read as something else."""

import random
import re
from pathlib import Path

import pytest

from mentor_app.core.errors import UserError
from mentor_app.transfer.encoding import encoding_of

WORDS = {
    "王芳 李小明 张伟 陈静 浙江大华科技有限公司 续约项目 商务谈判 欧阳娜娜": "gb18030 hz utf-7 utf-16-le utf-16-be utf-16 utf-8",
    "陳怡君 林志豪 張雅婷 臺灣積體電路 國泰金融 續約專案 王建國": "big5 cp950",
    "田中太郎 佐藤花子 鈴木一郎 株式会社日立製作所 スズキ株式会社 さとう 山本さくら ㈱日立": "cp932",
    "田中太郎 佐藤花子 鈴木一郎 高橋健 伊藤美咲 渡辺直美": "euc_jp iso2022_jp shift_jis",
    "김민수 이영희 박지훈 최수진 삼성전자 현대자동차 강하늘": "euc_kr cp949",
    "Иван_Петров Анна_Сидорова Сергей_Иванов Ольга_Смирнова Газпром Выиграна ООО_Ромашка": "cp1251 koi8_r cp866 iso8859_5",
    "Γιώργος_Παπαδόπουλος Μαρία_Νικολάου Ελένη Κώστας_Δημητρίου Αθήνα Κερδισμένη": "cp1253 iso8859_7",
    "สมชาย_ใจดี สมหญิง_รักไทย วิชัย_ศรีสุข บริษัท_ไทยเบฟ กรุงเทพ อนุชา_แสงทอง": "cp874",
    "Jürgen_Müller Käthe_Schäfer Björn_Groß Zürich Schröder François_Lefèvre Hélène": "cp1252 cp850 cp437 mac_roman utf-7",
    "Łukasz_Śliwiński Małgorzata_Wójcik Żaneta_Kamiński Grażyna_Dąbrowska Zieliński": "cp1250 iso8859_2 cp852",
    "Ayşe_Yılmaz Mehmet_Çelik Oğuzhan_Şahin Işıl_Doğan Gökhan_Yıldırım İbrahim_Kılıç": "cp1254",
    "Jiří_Novák Tomáš_Dvořák Lukáš_Černý Škoda Ondřej_Němec Zdeněk_Růžička": "cp1250 cp852",
    "משה_כהן דוד_לוי רחל_פרץ יעקב_מזרחי": "cp1255",
}
CASES = [(words, encoding) for words, encodings in WORDS.items() for encoding in encodings.split()]
SELDOM_KNOWN = {"hz", "utf-7", "cp1254", "cp1255", "mac_roman"}
"""Asked about even where a file holds much of it: their signs are everyday ones, too."""


@pytest.mark.parametrize(("words", "encoding"), CASES, ids=[encoding for _, encoding in CASES])
def test_an_encoding_is_found_or_asked_about(tmp_path: Path, words: str, encoding: str) -> None:
    names, path = words.replace("_", " ").split(" ") if "_" not in words else words.split(), tmp_path / "x.csv"
    chance = random.Random(encoding)
    for size in (1, 1, 2, 2, 3, len(names)):
        cells = [name.replace("_", " ") for name in chance.sample(names, size)]
        if "".join(cells).isascii():
            continue
        text = "id,owner,stage,amount\n" + "".join(f"K{n},{cell},Won,5\n" for n, cell in enumerate(cells))
        path.write_bytes(text.encode(encoding))
        found = encoding_of(path)
        for name in found.choices or (found.name,):
            assert found.examples or not found.choices
            if path.read_bytes().decode(name) == text:
                break
        else:
            assert found.choices, (cells, found)  # another one is only ever asked about
        if size == len(names) and encoding not in SELDOM_KNOWN:
            assert not found.choices, (encoding, found)


def _table(names: list[str]) -> str:
    return "id,owner,stage,note\n" + "".join(f"K{n},{name},{name[:2]} {n},\n" for n, name in enumerate(names * 4))


@pytest.mark.parametrize(
    ("words", "encoding"), [(words, name) for words, name in CASES if name in ("gb18030", "big5", "cp932", "euc_kr")]
)
@pytest.mark.parametrize("harm", ["flipped", "cut", "put in"])
def test_of_several_bytes_a_character_a_damaged_one_is_told_with_its_row(
    tmp_path: Path, words: str, encoding: str, harm: str
) -> None:
    lines, path = _table(words.split()).encode(encoding).split(b"\n"), tmp_path / "x.csv"
    before, name, *rest = lines[2].split(b",")
    name = {"flipped": name[:1] + b" " + name[2:], "cut": name[:-1], "put in": name + name[:1]}[harm]
    lines[2] = b",".join((before, name, *rest))
    path.write_bytes(b"\n".join(lines))
    for given in (None, encoding):
        with pytest.raises(UserError, match=f"is written in {encoding.upper()}, but row 3 can't be read in it"):
            encoding_of(path, given)
    with pytest.raises(UserError, match="is not written in ascii"):
        encoding_of(path, "ascii")


def test_a_telephone_number_is_no_other_encoding(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("id,phone,sum\n1,+8613800138000,a+b\n2,+491701234567,C+Node\n3,+12025550123,~{\n", encoding="ascii")
    assert encoding_of(path).choices == ()


def test_very_many_names_are_weighed_by_some_of_them_and_a_stranger_is_found_all_the_same(tmp_path: Path) -> None:
    chance, letters = random.Random(1), "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
    rows = "".join(f"K{n},{''.join(chance.choices(letters, k=4))}{n % 10},5\n" for n in range(60_000))
    path = tmp_path / "x.csv"
    path.write_bytes(rows.encode("gb18030"))
    assert (encoding_of(path).name, encoding_of(path).choices) == ("gb18030", ())
    path.write_bytes(rows[:90000].encode("gb18030") + "K,浙江大华科技有限公司,5\n".encode())
    with pytest.raises(UserError, match="more than one encoding"):
        encoding_of(path)


def test_a_few_rare_characters_are_not_taken_for_sure(tmp_path: Path) -> None:
    """Found by chance: 이영희 reads as three rare Chinese characters, and nothing else in the file says more."""
    path = tmp_path / "x.csv"
    path.write_bytes("id,owner,金額（億円）\nK0,이영희,2\n".encode("euc_kr"))
    assert set(encoding_of(path).choices) == {"gb18030", "euc_kr"}


@pytest.mark.parametrize(
    ("cell", "is_asked"),
    [
        ("Anne·marie", False),  # Anne路marie in the other
        ("East · Retail", False),
        ("Café · Größe B", False),
        ("Amount (¥)", False),
        ("£ 5", False),
        ("5·6", True),
        ("·", True),
        ("½ page", True),  # somebody is called 陆
    ],
)
def test_a_sign_of_utf_8_is_told_from_a_chinese_character_by_what_stands_beside_it(
    tmp_path: Path, cell: str, is_asked: bool
) -> None:
    path = tmp_path / "x.csv"
    path.write_text(f"id,floor\n1,{cell}\n", encoding="utf-8")
    assert encoding_of(path).choices == (("utf-8", "gb18030") if is_asked else ())


CHANCE = "商机名称,客户,负责人,单位\n台一扩容,台一,王芳,万元\n续约,通联,李雷,元\n新购,联通,Ann,万\n试点,Acme,Bob,千\n增购,Acme,Bob,元\n巡检,台一,Bob,台\n"


@pytest.mark.parametrize("times", [1, 40])
def test_cells_that_are_utf_8_by_chance_make_no_mixed_file(tmp_path: Path, times: int) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes((CHANCE + CHANCE.split("\n", 1)[1] * times).encode("gb18030"))
    found = encoding_of(path)
    assert (found.name, found.choices) == ("gb18030", ())


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ((("gb18030", CHANCE), ("utf-8", "备选,华夏,王芳,元\n")), "row 8 is UTF-8, row 1 is not"),
        ((("utf-8", CHANCE), ("gb18030", "备选,华夏,王芳,元\n")), "row 1 is UTF-8, row 8 is not"),
        ((("gb18030", CHANCE + "备选,华夏,"), ("utf-8", "王芳"), ("gb18030", ",元\n")), "row 8 is UTF-8, row 1 is not"),
        ((("gb18030", CHANCE), ("utf-8", "New,Acme,王芳,x\n")), "row 8 is UTF-8, row 1 is not. Save it again in one."),
        (
            (("utf-8", "José,Peña\nZoë,Café\n"), ("gb18030", "王芳,鼎新\n")),
            "row 1 is UTF-8, row 3 is not. Save it again in one.",
        ),
        (
            (("utf-8", "佐藤,丸山\n"), ("cp932", "田中さくら,ソニー\n")),
            "row 1 is UTF-8, row 2 is not. Save it again in one.",
        ),
        ((("gb18030", CHANCE), ("big5", "陳剛說話應該,張麗華\n")), "row 8 looks like BIG5. Save it again in one."),
        ((("gb18030", CHANCE + "New,x,谢小协,x\n"),), "(--encoding gb18030 reads all of it as it stands)"),  # by chance
    ],
)
def test_a_mixed_file_is_refused_with_its_rows_and_an_encoding_only_where_all_of_it_reads_well_in_it(
    tmp_path: Path, lines: tuple[tuple[str, str], ...], said: str
) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(b"".join(words.encode(encoding) for encoding, words in lines))
    with pytest.raises(UserError, match=re.escape(said) + r"(?! \(--)"):
        encoding_of(path)
