"""Importing CRM exports: the real one, the well-known systems' layouts, and bad ones."""

import csv
import datetime as dt
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select, text

from mentor_app.core.check import problems
from mentor_app.core.errors import UserError
from mentor_app.core.imports import Imported
from mentor_app.core.people.queries import people, unmatched_crm_names
from mentor_app.core.pipeline.queries import opportunities as read_opportunities
from mentor_app.core.pipeline.queries import opportunity_ids, ramp
from mentor_app.core.pipeline.tables import opportunity
from mentor_app.core.ramp.outcome import LOST, OPEN, WON
from mentor_app.core.store import Store
from mentor_app.core.store.history import change
from mentor_app.transfer import opportunities
from tests.conftest import ME, TODAY


def run(store: Store, path: Path, **options: Any) -> Imported:
    planning = {k: options.pop(k) for k in ("sheet", "encoding", "columns", "stages", "order") if k in options}
    made = opportunities.plan(store, path, **planning)
    return opportunities.run(store, ME, made, today=TODAY, **options).result


def statuses(store: Store) -> dict[int, int]:
    with store.read() as connection:
        rows = connection.execute(select(opportunity.c.status, func.count()).group_by(opportunity.c.status))
        return {row[0]: row[1] for row in rows}


def only(store: Store) -> Any:
    with store.read() as connection:
        return next(iter(read_opportunities(connection, opportunity_ids(connection)).values()))


def write(path: Path, *lines: str, encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join(lines).encode(encoding))
    return path


def test_the_real_export_agrees_with_what_is_true_of_it(store: Store, pipeline_csv: Path) -> None:
    result = run(store, pipeline_csv)
    assert (result.read, result.new, result.updated, result.unchanged, result.rejected) == (8800, 8800, 0, 0, [])
    assert statuses(store) == {WON: 4238, LOST: 2473, OPEN: 2089}
    with store.read() as connection:
        company = ramp(connection, dt.date(2017, 12, 31))
        assert len(people(connection)) == 30
        assert all(p.hired_on_inferred for p in people(connection))
        assert problems(connection) == []
        stages = select(opportunity.c.stage, func.count()).group_by(opportunity.c.stage)
        assert dict(connection.execute(stages).all()) == {
            "Won": 4238,
            "Lost": 2473,
            "Engaging": 1589,
            "Prospecting": 500,
        }
        missing = [
            select(func.count()).where(c.is_(None))
            for c in (
                opportunity.c.opened_on,
                opportunity.c.closed_on,
                opportunity.c.amount_cents,
                opportunity.c.account,
            )
        ]
        assert [connection.execute(s).scalar() for s in missing] == [500, 2089, 2089, 1425]
        span = select(*(f(c) for c in (opportunity.c.opened_on, opportunity.c.closed_on) for f in (func.min, func.max)))
        assert connection.execute(span).one() == (
            dt.date(2016, 10, 20),
            dt.date(2017, 12, 27),
            dt.date(2017, 3, 1),
            dt.date(2017, 12, 31),
        )
    curves = {c.hire.name: c for c in company.curves()}
    darcel, anna = curves["Darcel Schlecht"], curves["Anna Snelling"]
    assert (darcel.won, darcel.lost) == (349, 204)
    assert (anna.won, anna.lost, anna.open) == (208, 128, 112)
    assert anna.hire.hired_on == dt.date(2016, 10, 29)
    assert (anna.months[4].won, anna.months[4].lost) == (25, 9)
    assert not anna.months[3].covered
    assert anna.months[4].covered
    closings = Counter[int]()
    for curve in curves.values():
        for month in curve.months:
            closings[month.month] += month.closed
    assert {m: n for m, n in closings.items() if n} == {
        4: 151,
        5: 627,
        6: 646,
        7: 746,
        8: 655,
        9: 668,
        10: 742,
        11: 623,
        12: 613,
        13: 726,
        14: 487,
        15: 27,
    }


def test_all_owners_agree_with_an_independent_calculation(file_store: Store, pipeline_csv: Path) -> None:
    run(file_store, pipeline_csv)
    with pipeline_csv.open(newline="") as file:
        rows = list(csv.DictReader(file))
    hired: dict[str, str] = {}
    for row in rows:
        if row["engage_date"]:
            hired[row["sales_agent"]] = min(hired.get(row["sales_agent"], "9999"), row["engage_date"])

    def month(start: str, day: str) -> int:
        """Step through the months one by one; shares nothing with the app."""
        h = dt.date.fromisoformat(start)
        n = 1
        while True:
            year, mon = h.year + (h.month - 1 + n) // 12, (h.month - 1 + n) % 12 + 1
            last = h.day
            while True:
                try:
                    begins = dt.date(year, mon, last)
                    break
                except ValueError:
                    last -= 1
            if dt.date.fromisoformat(day) < begins:
                return n
            n += 1

    want: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    for row in rows:
        if row["deal_stage"] in ("Won", "Lost"):
            cell = want[row["sales_agent"]][month(hired[row["sales_agent"]], row["close_date"])]
            cell[row["deal_stage"] == "Lost"] += 1
    with file_store.read() as connection:
        curves = ramp(connection, dt.date(2017, 12, 31)).curves()
    got = {c.hire.name: {m.month: [m.won, m.lost] for m in c.months if m.closed} for c in curves}
    assert got == {name: dict(months) for name, months in want.items()}


def test_the_same_file_again_changes_nothing_and_a_newer_one_updates(
    store: Store, pipeline_csv: Path, tmp_path: Path
) -> None:
    lines = pipeline_csv.read_text().splitlines()[:500]
    path = write(tmp_path / "a.csv", *lines)
    run(store, path)
    with store.read() as connection:
        before = connection.execute(select(func.count()).select_from(change)).scalar()
    again = run(store, path)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 499)
    with store.read() as connection:
        assert connection.execute(select(func.count()).select_from(change)).scalar() == before
    at = next(i for i, line in enumerate(lines) if "Engaging" in line)
    cells = lines[at].split(",")
    lines[at] = ",".join([*cells[:4], "Won", cells[5], "2017-12-30", "777"])
    newer = run(
        store, write(tmp_path / "b.csv", *lines, "NEW00001,Anna Snelling,MG,Isdom,Lost,2017-01-01,2017-06-01,0")
    )
    assert (newer.new, newer.updated, newer.unchanged) == (1, 1, 498)
    with store.read() as connection:
        assert problems(connection) == []
        kept = connection.execute(select(change.c.before).where(change.c.operation == "update_many")).scalars().one()
    assert "Engaging" in kept
    assert statuses(store)[WON] == sum(",Won," in line for line in lines)


HEAD_OF = "opportunity_id,sales_agent,deal_stage,engage_date,close_date,close_value"


def test_bad_rows_are_reported_with_row_column_value_and_reason(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "bad.csv",
        HEAD_OF,
        "A1,Ann,Won,2024-01-01,2024-02-01,10",
        "A2,Ann,Won,2024-03-01,2024-02-01,10",
        "A3,Ann,Won,2024-01-01,,10",
        "A1,Ann,Lost,2024-01-01,2024-02-01,10",
        "A4,,Lost,2024-01-01,2024-02-01,10",
        "A5,Ann,Lost,2024-13-01,2024-02-01,10",
        "A6,Ann,Lost,2024-01-01,2024-02-01,ten",
        "A7,Ann,Lost,2024-01-01,2024-02-01,10,extra",
        "A8,Ann,Lost,2024-01-01,2031-02-01,10",
        "A9,Ann,Lost,2024-01-01,2024-02-01,12",
    )
    result = run(store, path)
    assert not result.applied
    assert statuses(store) == {}
    assert (result.read, result.new) == (10, 2)
    assert [(p.row, p.column, p.value) for p in result.rejected] == [
        (3, "close_date", "2024-02-01"),
        (4, "close_date", ""),
        (5, "opportunity_id", "A1"),
        (6, "sales_agent", ""),
        (7, "engage_date", "2024-13-01"),
        (8, "close_value", "ten"),
        (9, "", "extra"),
        (10, "close_date", "2031-02-01"),
    ]
    assert str(result.rejected[0].reason) == "Closed before it was opened on 2024-03-01."
    good = run(store, path, only_good_rows=True)
    assert good.applied
    assert statuses(store) == {WON: 1, LOST: 1}


def test_a_dry_run_writes_nothing(store: Store, pipeline_csv: Path) -> None:
    result = run(store, pipeline_csv, dry_run=True)
    assert (result.new, result.applied) == (8800, False)
    assert statuses(store) == {}
    with store.read() as connection:
        assert people(connection) == []
        assert problems(connection) == []


CRMS = {
    "salesforce": (
        "utf-8",
        '"Opportunity Owner","Account Name","Opportunity Name","Stage","Amount","Probability (%)","Age","Close Date","Created Date","Opportunity ID"',
        '"Ann Lee","Acme","Deal","Closed Won","1,054.00","100","3","12/31/2024","11/02/2024","0061"',
        '"",,,,,,,,,',
        '"Confidential Information - Do Not Distribute"',
    ),
    "hubspot": (
        "utf-8-sig",
        "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Create Date,Associated Company",
        "1,Deal,Closed Won,2024-12-31 10:15,Ann Lee,1054,2024-11-02 09:00,Acme",
    ),
    "pipedrive": (
        "utf-8",
        "Deal - ID,Deal - Title,Deal - Status,Deal - Stage,Deal - Owner,Deal - Organization,Deal - Value,Deal - Deal created,Deal - Won time,Deal - Lost time",
        "1,Deal,Won,Negotiation,Ann Lee,Acme,1054,2024-11-02 09:00:00,2024-12-31 10:00:00,",
    ),
    "dynamics": (
        "cp1252",
        "Topic;Potential Customer;Est. Close Date;Est. Revenue;Status;Owner;Created On;Actual Close Date",
        "Deal für Zoë;Acme;15.12.2024;1.054,00;Won;Ann Lee;02.11.2024;31.12.2024",
    ),
    "zoho": (
        "utf-8",
        "Record Id,Deal Name,Deal Owner,Stage,Created Time,Closing Date,Amount,Account Name",
        "zcrm_1,Deal,Ann Lee,Closed Won,2024-11-02 09:00:00,2024-12-31,1054,Acme",
    ),
    "odoo": (
        "utf-8",
        "Opportunity,Salesperson,Stage,Created on,Closed Date,Expected Revenue,Active,Customer",
        "Deal,Ann Lee,Won,2024-11-02,2024-12-31 08:00:00,1054,True,Acme",
    ),
    "纷享销客": (
        "gb18030",
        "商机编号,商机名称,客户名称,销售阶段,赢率,商机金额,成交日期,负责人,创建时间",
        "SJ1,智联项目,华宇机电,赢单,100%,￥1,054.00,2024年12月31日,Ann Lee,2024/11/02".replace(
            "￥1,054.00", '"￥1,054.00"'
        ),
    ),
    "销售易": (
        "utf-16",
        "商机编号\t商机名称\t客户名称\t商机阶段\t商机金额\t结单日期\t商机所有人\t创建时间",
        "SJ1\t智联项目\t华宇机电\t赢单\t０．１０５４万\t2024/12/31\tAnn Lee\t2024/11/02",
    ),
    "悟空CRM": (
        "utf-8-sig",
        "商机名称,客户名称,商机状态组,商机阶段,商机金额,预计成交日期,备注,负责人,创建人,创建时间,更新时间",
        "智联项目,华宇机电,默认,赢单,1054,2024-12-31,,Ann Lee,Bo,2024-11-02 10:00:00,2024-12-30 10:00:00",
    ),
}


@pytest.mark.parametrize("crm", CRMS)
def test_well_known_crms_are_recognised_without_help(file_store: Store, tmp_path: Path, crm: str) -> None:
    encoding, *lines = CRMS[crm]
    result = run(file_store, write(tmp_path / "export.csv", *lines, encoding=encoding))
    assert (result.read, result.new, result.rejected) == (1, 1, [])
    found = only(file_store)
    assert (found.owner, found.status, found.opened_on, found.closed_on, found.amount_cents) == (
        "Ann Lee",
        WON,
        dt.date(2024, 11, 2),
        dt.date(2024, 12, 31),
        105400,
    )


def test_archived_odoo_deals_are_lost_and_open_deals_keep_their_expected_date(
    file_store: Store, tmp_path: Path
) -> None:
    run(
        file_store,
        write(
            tmp_path / "odoo.csv",
            "Opportunity,Salesperson,Stage,Created on,Closed Date,Active",
            "A,Ann,Qualified,2024-11-02,2024-12-01,False",
            "B,Ann,Qualified,2024-11-02,2027-12-01,True",
        ),
    )
    with file_store.read() as connection:
        a, b = sorted(read_opportunities(connection, opportunity_ids(connection)).values(), key=lambda o: o.name or "")
    assert (a.status, a.closed_on) == (LOST, dt.date(2024, 12, 1))
    assert (b.status, b.closed_on, b.expected_on) == (OPEN, None, dt.date(2027, 12, 1))


def test_the_day_on_which_a_deal_ended_is_not_overwritten_by_the_one_on_which_it_was_expected_to(
    file_store: Store, tmp_path: Path
) -> None:
    head = "Id,Owner,Stage,Created Date,{}Expected Close Date,Amount"
    first = [
        head.format("Close Date,"),
        "A,Ann,Won,2024-11-02,2024-12-01,2024-12-20,5",
        "B,Ann,Open,2024-11-02,,2025-01-20,7",
    ]
    run(file_store, write(tmp_path / "a.csv", *first))
    then = [head.format(""), "A,Ann,Won,2024-11-02,2024-12-20,6", "B,Ann,Lost,2024-11-02,2025-01-20,7"]
    assert run(file_store, write(tmp_path / "b.csv", *then)).updated == 2
    with file_store.read() as connection:
        found = [deal.closed_on for deal in read_opportunities(connection, opportunity_ids(connection)).values()]
    assert sorted(map(str, found)) == ["2024-12-01", "2025-01-20"]
    assert run(file_store, tmp_path / "b.csv").unchanged == 2


def test_how_all_deals_of_a_file_without_stages_stand_is_asked_and_not_remembered(
    file_store: Store, tmp_path: Path
) -> None:
    path = write(tmp_path / "won.csv", "Id,Owner,Created,Closed,Amount", "A1,Ann,2024-01-02,2024-02-02,1")
    for _ in range(2):
        with pytest.raises(UserError, match='--stage "\\*=won"'):
            run(file_store, path)
        run(file_store, path, stages={"*": "won"})
        assert only(file_store).status == WON
    both = write(tmp_path / "a.csv", HEAD_OF, "A1,Ann,Won,2024-01-02,2024-02-02,1")
    with pytest.raises(UserError, match="says of each deal how it stands"):
        run(file_store, both, stages={"*": "won"})


def test_dates_that_fit_both_orders_are_asked_about(file_store: Store, tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", HEAD_OF, "A1,Ann,Won,03/04/2024,05/04/2024,1")
    with pytest.raises(UserError, match="day first or month first"):
        run(file_store, path)
    assert run(file_store, path, order="dmy").new == 1
    assert only(file_store).closed_on == dt.date(2024, 4, 5)
    # The order once given is remembered for files with these headers.
    assert run(file_store, path).unchanged == 1


def test_a_mapping_once_made_is_remembered(file_store: Store, tmp_path: Path) -> None:
    lines = ["nr,who,state,from,to", "1,Ann,yes,2024-01-01,2024-02-01"]
    path = write(tmp_path / "own.csv", *lines)
    with pytest.raises(UserError, match="nr, who, state"):
        run(file_store, path)
    mapping = {"id": ["nr"], "owner": ["who"], "stage": ["state"], "opened_on": ["from"], "closed_on": ["to"]}
    assert run(file_store, path, columns=mapping, stages={"yes": "won"}).new == 1
    assert run(file_store, write(tmp_path / "next.csv", lines[0], lines[1].replace("1,", "2,", 1))).new == 1
    assert statuses(file_store) == {WON: 2}
    with pytest.raises(UserError, match="no column called X"):
        run(file_store, path, columns={"owner": ["X"]})


def test_workbooks_are_read_typed_hidden_sheets_left_alone(file_store: Store, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Secret"  # type: ignore[union-attr]
    book.active.append(["not", "this"])  # type: ignore[union-attr]
    book.active.sheet_state = "hidden"  # type: ignore[union-attr]
    sheet = book.create_sheet("Deals")
    sheet.append(["Deals of the year"])
    sheet.append(HEAD_OF.split(","))
    sheet.append([7, "Ann", "Won", dt.datetime(2024, 1, 1), 45351, 1054.5])
    path = tmp_path / "deals.xlsx"
    book.save(path)
    assert run(file_store, path).new == 1
    found = only(file_store)
    assert (found.key, found.opened_on, found.closed_on) == ("7", dt.date(2024, 1, 1), dt.date(2024, 2, 29))
    assert found.amount_cents == 105450


def test_files_that_are_no_tables_say_so(file_store: Store, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_text("\n")
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 nothing more")
    for name, words in (("empty.csv", "is empty"), ("broken.xlsx", "damaged"), ("gone.csv", "can't be opened")):
        with pytest.raises(UserError, match=words):
            run(file_store, tmp_path / name)
    renamed = write(tmp_path / "really_csv.xlsx", HEAD_OF, "A1,Ann,Won,2024-01-01,2024-02-01,10")
    assert run(file_store, renamed).new == 1


def test_a_zip_bomb_is_not_opened(file_store: Store, tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (120 << 20))
    with pytest.raises(UserError, match="would unpack"):
        run(file_store, path)


def test_cancelling_leaves_nothing(store: Store, pipeline_csv: Path) -> None:
    from mentor_app.core.errors import Cancelled

    def stop(rows: int, total: int) -> None:
        assert total == 8800
        if rows > 4000:
            raise Cancelled

    with pytest.raises(Cancelled):
        run(store, pipeline_csv, progress=stop)
    assert statuses(store) == {}
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM change_set")).scalar() == 0
        assert problems(connection) == []


def test_it_can_be_cancelled_once_all_rows_are_read(store: Store, tmp_path: Path) -> None:
    """What takes long comes then: comparing with the deals that are here, and writing."""
    from mentor_app.core.errors import Cancelled

    row = "{},Ann,Won,2024-01-{:02},2024-02-01,{}"
    run(store, write(tmp_path / "a.csv", HEAD_OF, *(row.format(f"A{n}", n, n) for n in range(1, 9))))
    more = write(tmp_path / "b.csv", HEAD_OF, *(row.format(f"B{n}", n, n * 7) for n in range(9, 20)))
    times = list[int]()
    with store.read() as connection:
        before = connection.execute(text("SELECT count(*) FROM change_set")).scalar()

    def stop_after(most: int) -> None:
        def look(rows: int, total: int) -> None:
            assert (rows, total) == (11, 11)
            times.append(most)
            if times.count(most) > most:
                raise Cancelled

        opportunities.run(store, ME, opportunities.plan(store, more, renamed="new"), today=TODAY, progress=look)

    for most in range(5):
        with pytest.raises(Cancelled):
            stop_after(most)
    with store.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM change_set")).scalar() == before
    assert sum(statuses(store).values()) == 8


def test_unknown_owners_can_be_left_unmatched_or_matched(file_store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv", HEAD_OF, "A1,Ann,Won,2024-01-01,2024-02-01,10", "A2,Bo,Lost,2024-01-01,2024-02-01,10"
    )
    run(file_store, path, owners={"Ann": None}, add_people=True)
    with file_store.read() as connection:
        assert [p.name for p in people(connection)] == ["Bo"]
        assert [name for name, _ in unmatched_crm_names(connection)] == ["Ann"]


def test_an_inferred_hire_date_stays_marked_until_it_is_confirmed(store: Store, tmp_path: Path) -> None:
    from mentor_app.core.people.actions import confirm_hire_dates

    run(store, write(tmp_path / "a.csv", HEAD_OF, "A1,Ann,Won,2024-03-05,2024-04-01,10"))
    with store.read() as connection:
        ann = people(connection)[0]
    assert (ann.hired_on, ann.hired_on_inferred) == (dt.date(2024, 3, 5), True)
    done = store.act(ME, confirm_hire_dates, [ann.id])
    assert done.result == [dt.date(2024, 3, 5)]
    run(
        store, write(tmp_path / "b.csv", HEAD_OF, "A0,Ann,Won,2024-01-05,2024-02-01,10")
    )  # an earlier one comes to light
    with store.read() as connection:
        ann = people(connection)[0]
        curve = ramp(connection, dt.date(2024, 6, 1)).curve(0)
    assert (ann.hired_on, ann.hired_on_inferred) == (dt.date(2024, 3, 5), False)
    assert (curve.won, curve.before_hire) == (1, 1)


def test_an_owner_is_called_as_the_file_writes_the_name_best(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.csv",
        "id,owner,stage,close date,amount",
        "A1,ANNA BERG,Won,2024-01-02,5",
        "A2,Anna\u00a0Berg,Won,2024-01-02,6",
        "A3,山田\u3000太郎,Won,2024-01-02,9",
    )
    assert sorted(run(store, path).people_added) == ["Anna Berg", "山田 太郎"]


def test_names_written_as_in_a_web_page_are_read_as_they_were_meant(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.csv",
        "id,owner,account,stage,close date",
        "A1,Se&aacute;n O&#39;Neil,Fink &amp; Co,Won,2024-01-02",
        "A2,M&uuml;ller Jan,AT&T,Won,2024-01-02",
        "A3,R&amp;D Tom,&lt;Acme&gt;,Won,2024-01-02",
    )
    result = run(store, path)
    assert sorted(result.people_added) == ["Müller Jan", "R&D Tom", "Seán O'Neil"]
    with store.read() as connection:
        accounts = connection.execute(select(opportunity.c.account).order_by(opportunity.c.key)).scalars().all()
    assert accounts == ["Fink &amp; Co", "AT&T", "&lt;Acme&gt;"]  # not written so throughout: as it stands


def test_a_sign_of_a_web_page_among_others_stays_garbled(store: Store, tmp_path: Path) -> None:
    path = write(
        tmp_path / "x.csv", "id,owner,stage,close date", "A1,M&uuml;ller,Won,2024-01-02", "A2,R&D,Won,2024-01-02"
    )
    result = run(store, path, only_good_rows=True)
    assert [(one.row, one.column) for one in result.rejected] == [(2, "owner")]


@pytest.mark.parametrize("keep", [False, True])
def test_empty_cells_of_deals_empty_what_is_here_or_leave_it(file_store: Store, tmp_path: Path, keep: bool) -> None:
    head = "Opportunity ID,Opportunity Name,Account Name,Owner,Stage,Created Date,Close Date,Amount"
    run(file_store, write(tmp_path / "a.csv", head, "A1,CRM,Acme,Ann,Proposal,2026-01-13,2026-12-14,100"))
    path = write(tmp_path / "b.csv", head, "A1,CRM,,Ann,Closed Won,,2026-11-02,")
    done = opportunities.run(file_store, ME, opportunities.plan(file_store, path, keep_cells=keep), today=TODAY).result
    deal = only(file_store)
    assert (done.updated, deal.status, deal.closed_on) == (1, WON, dt.date(2026, 11, 2))
    kept = ("Acme", dt.date(2026, 1, 13), 10000)
    assert (deal.account, deal.opened_on, deal.amount_cents) == (kept if keep else (None, None, None))
    again = opportunities.run(file_store, ME, opportunities.plan(file_store, path, keep_cells=keep), today=TODAY)
    assert again.result.unchanged == 1
