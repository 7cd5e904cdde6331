"""Ways to corrupt a filled store behind the app's back, over every table: each is one thing somebody could do with SQL."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Corruption:
    """What is done (statements), what the check must say of it (one of the kinds), and whether a server lets it be done."""

    name: str
    statements: tuple[str, ...]
    keys: frozenset[str]
    server: bool = True
    """Whether PostgreSQL takes it with its triggers and foreign keys switched off; its types and CHECKs stay."""
    file: bool = True
    """Whether SQLite takes it."""


def corrupt(name: str, *statements: str, keys: str, server: bool = True, file: bool = True) -> Corruption:
    return Corruption(name, statements, frozenset(keys.split()), server, file)


def one(table: str, where: str = "1 = 1", which: str = "min") -> str:
    """The id of one row."""
    return f"(SELECT {which}(id) FROM (SELECT id FROM {table} WHERE {where}) AS t)"


SIGNED = "state = 'signed_off'"
CHANGED = "row_changed"

CORRUPTIONS = (
    # people
    corrupt("another name", f"UPDATE person SET name = 'Nobody' WHERE id = {one('person')}", keys=CHANGED),
    corrupt(
        "an earlier hire date", f"UPDATE person SET hired_on = '2001-01-01' WHERE id = {one('person')}", keys=CHANGED
    ),
    corrupt(
        "a garbage hire date",
        f"UPDATE person SET hired_on = 'last spring' WHERE id = {one('person')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "a day that does not exist",
        f"UPDATE person SET hired_on = '2026-02-31' WHERE id = {one('person')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "a hire in another age",
        f"UPDATE person SET hired_on = '0026-02-01' WHERE id = {one('person')}",
        keys="date_far_off row_changed",
    ),
    corrupt(
        "left before the hire",
        f"UPDATE person SET left_on = '1999-01-01' WHERE id = {one('person', 'hired_on IS NOT NULL')}",
        keys="order",
        server=False,
    ),
    corrupt(
        "another team",
        f"UPDATE person SET team_id = {one('team', which='max')} WHERE id = {one('person')}",
        keys=CHANGED,
    ),
    corrupt(
        "a team that is not there",
        f"UPDATE person SET team_id = 999 WHERE id = {one('person')}",
        keys="reference_broken",
    ),
    corrupt(
        "a name that is a number",
        f"UPDATE person SET name = x'00ff' WHERE id = {one('person')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "a name that is no text",
        f"UPDATE person SET name = CAST(x'ff41fe' AS TEXT) WHERE id = {one('person')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt("a person put in", "INSERT INTO person (name) VALUES ('Ghost')", keys="row_without_history"),
    corrupt("a person removed", f"DELETE FROM person WHERE id = {one('person', 'TRUE', 'max')}", keys="row_gone"),
    corrupt(
        "a forged role",
        f"INSERT INTO person_role (person_id, role) VALUES ({one('person', 'hired_on IS NOT NULL', 'max')}, 'trainer')",
        keys="row_without_history",
    ),
    corrupt("a role taken away", f"DELETE FROM person_role WHERE id = {one('person_role')}", keys="row_gone"),
    corrupt(
        "another role",
        f"UPDATE person_role SET role = 'team_lead' WHERE id = {one('person_role', which='max')}",
        keys=CHANGED,
    ),
    corrupt(
        "a role that does not exist",
        f"UPDATE person_role SET role = 'boss' WHERE id = {one('person_role')}",
        keys="value_unknown",
        server=False,
    ),
    corrupt(
        "a mentor without the role",
        "DELETE FROM person_role WHERE role = 'mentor' AND person_id = (SELECT min(mentor_id) FROM pairing WHERE ended_on IS NULL)",
        keys="pairing_no_mentor",
    ),
    corrupt(
        "a CRM name of somebody else",
        f"UPDATE crm_name SET person_id = {one('person')} WHERE id = {one('crm_name', which='max')}",
        keys="import_changed",
    ),
    corrupt(
        "a CRM name found by another",
        f"UPDATE crm_name SET match = 'zzz' WHERE id = {one('crm_name')}",
        keys="crm_name_match",
    ),
    corrupt("another industry", "UPDATE team SET industry = 'Mining' WHERE id = 1", keys=CHANGED),
    corrupt("another class of region", "UPDATE region SET kind = 'cultivation' WHERE name = 'East'", keys=CHANGED),
    corrupt("a region removed", "DELETE FROM region WHERE name = 'Northwest'", keys="row_gone"),
    # opportunities
    corrupt(
        "another amount",
        f"UPDATE opportunity SET amount_cents = amount_cents * 10 WHERE id = {one('opportunity', 'amount_cents > 0')}",
        keys="import_changed",
    ),
    corrupt(
        "another account",
        f"UPDATE opportunity SET account = 'Acme' WHERE id = {one('opportunity', which='max')}",
        keys="import_changed",
    ),
    corrupt(
        "another amount of an updated deal",
        "UPDATE opportunity SET amount_cents = 1 WHERE key = 'U-1'",
        keys="import_changed",
    ),
    corrupt(
        "lost becomes won",
        f"UPDATE opportunity SET status = 1 WHERE id = {one('opportunity', 'status = 2')}",
        keys="digest",
    ),
    corrupt(
        "a later close",
        f"UPDATE opportunity SET closed_on = '2026-11-23' WHERE id = {one('opportunity', 'status = 1')}",
        keys="digest",
    ),
    corrupt(
        "another owner",
        f"UPDATE opportunity SET owner_id = (SELECT max(owner_id) FROM opportunity) WHERE id = {one('opportunity')}",
        keys="digest",
    ),
    corrupt(
        "a deal put in",
        "INSERT INTO opportunity (key, owner_id, status, opened_on) VALUES ('ghost', 1, 0, '2026-01-01')",
        keys="row_without_history",
    ),
    corrupt("a deal removed", f"DELETE FROM opportunity WHERE id = {one('opportunity')}", keys="row_gone"),
    corrupt(
        "a deal exchanged for another",
        f"DELETE FROM opportunity WHERE id = {one('opportunity')}",
        "INSERT INTO opportunity (key, owner_id, status, opened_on) VALUES ('ghost', 1, 0, '2026-01-01')",
        keys="row_gone",
    ),
    corrupt(
        "closed before opened",
        f"UPDATE opportunity SET closed_on = '2000-01-01' WHERE id = {one('opportunity', 'status = 1')}",
        keys="order",
    ),
    corrupt(
        "won without a day",
        f"UPDATE opportunity SET closed_on = NULL WHERE id = {one('opportunity', 'status = 1')}",
        keys="order",
    ),
    corrupt(
        "a state that does not exist",
        f"UPDATE opportunity SET status = 7 WHERE id = {one('opportunity')}",
        keys="value_unknown",
    ),
    corrupt(
        "an amount in words",
        f"UPDATE opportunity SET amount_cents = 'plenty' WHERE id = {one('opportunity')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "a garbage closing date",
        f"UPDATE opportunity SET closed_on = 'soon' WHERE id = {one('opportunity')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "an expected date in words",
        f"UPDATE opportunity SET expected_on = '2026-13-01' WHERE id = {one('opportunity')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "two deals of one key",
        "DROP INDEX ix_opportunity_key",
        f"UPDATE opportunity SET key = (SELECT key FROM opportunity WHERE id = {one('opportunity', which='max')}) WHERE id = {one('opportunity')}",
        keys="duplicate",
    ),
    corrupt(
        "a digest's count",
        "UPDATE owner_digest SET opportunities = opportunities + 1 WHERE crm_name_id = (SELECT min(crm_name_id) FROM owner_digest)",
        keys="digest",
    ),
    corrupt(
        "a digest's first day",
        "UPDATE owner_digest SET first_on = '2001-01-01' WHERE crm_name_id = (SELECT min(crm_name_id) FROM owner_digest)",
        keys="digest",
    ),
    corrupt(
        "a digest emptied",
        "UPDATE owner_digest SET columns = '' WHERE crm_name_id = (SELECT min(crm_name_id) FROM owner_digest)",
        keys="digest not_examined",
    ),
    corrupt(
        "a digest removed",
        "DELETE FROM owner_digest WHERE crm_name_id = (SELECT min(crm_name_id) FROM owner_digest)",
        keys="digest",
    ),
    corrupt("a mapping broken", "UPDATE import_mapping SET mapping = '{\"amount\": '", keys="mapping_unreadable"),
    corrupt("a mapping changed", "UPDATE import_mapping SET mapping = '{}'", keys=CHANGED),
    corrupt("a digest that is words", "UPDATE owner_digest SET columns = 'words'", keys="digest", server=False),
    corrupt("an answer that is no text", "UPDATE playbook_answer SET body = x'00ff'", keys="answers", server=False),
    # who did what, when
    corrupt(
        "somebody else did it",
        f"UPDATE change_set SET actor_id = {one('person')}, actor_name = NULL WHERE id = {one('change_set')}",
        keys="history_changed",
    ),
    corrupt(
        "done by another name",
        f"UPDATE change_set SET actor_name = 'x' WHERE id = {one('change_set')}",
        keys="history_changed",
    ),
    corrupt(
        "done a minute later",
        "UPDATE change_set SET at = (SELECT max(at) FROM (SELECT at FROM change_set) AS t) WHERE id = 2",
        keys="history_changed",
    ),
    corrupt("another seal", "UPDATE change_seal SET hash = 'x' WHERE id = 1", keys="history_changed"),
    corrupt(
        "a seal gone", f"DELETE FROM change_seal WHERE id = {one('change_seal', which='max')}", keys="history_changed"
    ),
    corrupt(
        "a person saved once more", f"UPDATE person SET version = version + 1 WHERE id = {one('person')}", keys=CHANGED
    ),
    corrupt(
        "a deal saved once more", f"UPDATE opportunity SET version = 2 WHERE id = {one('opportunity')}", keys=CHANGED
    ),
    corrupt(
        "numbers given out twice",
        "UPDATE sqlite_sequence SET seq = 1 WHERE name = 'person'",
        keys="sequence",
        server=False,
    ),
    corrupt(
        "numbers skipped",
        "UPDATE sqlite_sequence SET seq = seq + 5 WHERE name = 'leave'",
        keys="sequence",
        server=False,
    ),
    corrupt("no number noted", "DELETE FROM sqlite_sequence WHERE name = 'activity'", keys="sequence", server=False),
    # the camp
    corrupt(
        "a pass mark lowered",
        "UPDATE programme_version SET definition = replace(definition, '\"pass_mark\": ', '\"pass_mark\": 0.')",
        keys=CHANGED,
    ),
    corrupt(
        "a requirement dropped to one",
        "UPDATE programme_version SET definition = replace(definition, '\"count\": ', '\"count\": 1')",
        keys=CHANGED,
    ),
    corrupt(
        "a programme that is no JSON", "UPDATE programme_version SET definition = 'none'", keys="programme_unreadable"
    ),
    corrupt(
        "a programme published at another time",
        "UPDATE programme_version SET published_at = '2026-01-01 10:00:00.000000' WHERE id = 1",
        keys=CHANGED,
    ),
    corrupt("the seal of the first programme gone", "DELETE FROM installed_seal", keys=CHANGED),
    corrupt("a programme unpublished", "UPDATE programme_version SET published_at = NULL", keys="enrolment_draft"),
    corrupt("another programme's number", "UPDATE programme_version SET number = 3", keys="numbering"),
    corrupt(
        "enrolled on another day",
        f"UPDATE enrolment SET enrolled_on = '2026-01-01' WHERE id = {one('enrolment')}",
        keys=CHANGED,
    ),
    corrupt("an enrolment removed", f"DELETE FROM enrolment WHERE id = {one('enrolment')}", keys="row_gone"),
    corrupt("a longer leave", "UPDATE leave SET last_on = '2027-12-31'", keys=CHANGED),
    corrupt(
        "a leave put in",
        "INSERT INTO leave (person_id, first_on) SELECT person_id, first_on FROM leave",
        keys="leave_twice",
    ),
    corrupt(
        "a gate passed instead of held",
        f"UPDATE gate_decision SET decision = 'passed' WHERE id = {one('gate_decision', 'TRUE', 'max')}",
        f"UPDATE gate_decision SET reason = 'forged' WHERE id = {one('gate_decision')}",
        keys=CHANGED,
    ),
    corrupt("a gate decision removed", f"DELETE FROM gate_decision WHERE id = {one('gate_decision')}", keys="row_gone"),
    corrupt(
        "a gate decision forged",
        "INSERT INTO gate_decision (person_id, programme_version_id, stage, decision, evidence, by_id, decided_on, at) SELECT person_id, programme_version_id, 'senior', 'passed', '{}', by_id, decided_on, at FROM gate_decision WHERE id = 1",
        keys="row_without_history",
    ),
    corrupt(
        "a gate passed by oneself",
        f"UPDATE gate_decision SET by_id = person_id WHERE id = {one('gate_decision')}",
        keys="gate_decision",
    ),
    corrupt(
        "a stage that does not exist",
        f"UPDATE gate_decision SET stage = 'heaven' WHERE id = {one('gate_decision')}",
        keys="gate_decision",
    ),
    corrupt(
        "a gate without its evidence",
        f"UPDATE gate_decision SET evidence = '{{}}' WHERE id = {one('gate_decision', chr(39).join(['decision = ', 'passed', '']))}",
        keys="gate_decision",
    ),
    corrupt(
        "evidence that is no JSON",
        f"UPDATE gate_decision SET evidence = '[' WHERE id = {one('gate_decision')}",
        keys="gate_decision",
    ),
    corrupt(
        "evidence of somebody else",
        f"UPDATE gate_decision SET evidence = '{{\"simulation\": [1, 2, 3, 4, 5, 6]}}' WHERE id = {one('gate_decision', which='max')}",
        keys="gate_decision",
    ),
    # the logbook
    corrupt(
        "words of what is signed off",
        f"UPDATE activity SET learned = 'everything' WHERE id = {one('activity', SIGNED)}",
        keys=CHANGED,
    ),
    corrupt(
        "minutes of what is signed off",
        f"UPDATE activity SET minutes = 600 WHERE id = {one('activity', SIGNED + ' AND minutes IS NOT NULL')}",
        keys=CHANGED,
    ),
    corrupt(
        "another host",
        f"UPDATE activity SET host_id = NULL WHERE id = {one('activity', SIGNED + ' AND host_id IS NOT NULL')}",
        keys=CHANGED,
    ),
    corrupt(
        "signed off by nobody",
        f"UPDATE activity SET state = 'signed_off' WHERE id = {one('activity', chr(39).join(['state = ', 'submitted', '']))}",
        keys="sign_off",
    ),
    corrupt(
        "no longer signed off",
        f"UPDATE activity SET state = 'draft' WHERE id = {one('activity', SIGNED)}",
        keys="sign_off",
    ),
    corrupt(
        "an activity of another person",
        f"UPDATE activity SET person_id = {one('person')} WHERE id = {one('activity', SIGNED)}",
        keys=CHANGED,
    ),
    corrupt(
        "an activity removed",
        f"DELETE FROM activity WHERE id = {one('activity', chr(39).join(['state = ', 'draft', '']))}",
        keys="row_gone",
    ),
    corrupt(
        "a kind that does not exist", f"UPDATE activity SET kind = 'yoga' WHERE id = {one('activity')}", keys="activity"
    ),
    corrupt(
        "a depth in words",
        f"UPDATE activity SET depth = 'deep' WHERE id = {one('activity')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "a depth of nine", f"UPDATE activity SET depth = 9 WHERE id = {one('activity')}", keys="activity", server=False
    ),
    corrupt("one's own host", f"UPDATE activity SET host_id = person_id WHERE id = {one('activity')}", keys="activity"),
    corrupt(
        "a correction of oneself", f"UPDATE activity SET revises_id = id WHERE id = {one('activity')}", keys="activity"
    ),
    corrupt(
        "a review forged",
        f"INSERT INTO review (activity_id, decision, by_id, at) SELECT {one('activity', SIGNED)}, 'signed_off', by_id, at FROM review WHERE id = 1",
        keys="row_without_history",
    ),
    corrupt(
        "a review by another",
        f"UPDATE review SET by_id = (SELECT max(id) FROM person) WHERE id = {one('review')}",
        keys=CHANGED,
    ),
    corrupt(
        "a review by oneself",
        "UPDATE review SET by_id = (SELECT person_id FROM activity WHERE activity.id = activity_id) WHERE id = 1",
        keys="sign_off",
    ),
    corrupt(
        "a review dated back", f"UPDATE review SET at = '2026-01-01 08:00:00' WHERE id = {one('review')}", keys=CHANGED
    ),
    corrupt(
        "a review's instant in words",
        f"UPDATE review SET at = 'noon' WHERE id = {one('review')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "a comment changed",
        "UPDATE review SET comment = 'perfect' WHERE id = (SELECT min(id) FROM review WHERE comment IS NOT NULL)",
        keys=CHANGED,
    ),
    corrupt("a review removed", f"DELETE FROM review WHERE id = {one('review')}", keys="row_gone"),
    corrupt("a better score", f"UPDATE assessment SET score = score + 1 WHERE id = {one('assessment')}", keys="score"),
    corrupt(
        "better scores",
        f"UPDATE assessment SET score = 5, scores = '[5, 5, 5]' WHERE id = {one('assessment')}",
        keys=CHANGED,
    ),
    corrupt(
        "scores that are no JSON", f"UPDATE assessment SET scores = 'high' WHERE id = {one('assessment')}", keys="score"
    ),
    # projects and pairings
    corrupt(
        "a mentor swapped",
        "UPDATE pairing SET mentor_id = (SELECT max(mentor_id) FROM pairing) WHERE id = 1",
        keys=CHANGED,
    ),
    corrupt(
        "a second active pairing",
        "DROP INDEX ix_pairing_active",
        "UPDATE pairing SET state = 'active', ended_on = NULL WHERE apprentice_id = (SELECT min(apprentice_id) FROM pairing WHERE ended_on IS NULL)",
        "INSERT INTO pairing (apprentice_id, mentor_id, started_on, state) SELECT apprentice_id, mentor_id, started_on, 'active' FROM pairing WHERE ended_on IS NULL",
        keys="pairing_twice",
    ),
    corrupt(
        "more apprentices than places",
        "UPDATE pairing SET mentor_id = (SELECT mentor_id FROM pairing WHERE ended_on IS NULL ORDER BY id DESC LIMIT 1) WHERE ended_on IS NULL AND apprentice_id <> (SELECT mentor_id FROM pairing WHERE ended_on IS NULL ORDER BY id DESC LIMIT 1)",
        keys="capacity",
    ),
    corrupt(
        "a pairing before the hire",
        f"UPDATE pairing SET started_on = '2000-01-01' WHERE id = {one('pairing')}",
        keys="pairing_before_hire",
    ),
    corrupt(
        "one's own mentor",
        f"UPDATE pairing SET mentor_id = apprentice_id WHERE id = {one('pairing')}",
        keys="pairing_self",
        server=False,
    ),
    corrupt(
        "an end before the start",
        f"UPDATE pairing SET ended_on = '2001-01-01' WHERE id = {one('pairing', 'ended_on IS NOT NULL')}",
        keys="order",
        server=False,
    ),
    corrupt(
        "a pairing of a state unknown",
        f"UPDATE pairing SET state = 'paused' WHERE id = {one('pairing')}",
        keys="value_unknown",
        server=False,
    ),
    corrupt("goals changed", f"UPDATE pairing SET goals = 'none' WHERE id = {one('pairing')}", keys=CHANGED),
    corrupt(
        "a pairing without project",
        f"DELETE FROM pairing_project WHERE pairing_id = {one('pairing')}",
        keys="pairing_unbound",
    ),
    corrupt(
        "a project before the pairing",
        f"UPDATE pairing_project SET first_on = '2000-01-01' WHERE id = {one('pairing_project')}",
        keys="pairing_project",
    ),
    corrupt(
        "a capacity in words",
        f"UPDATE mentor_capacity SET capacity = 'many' WHERE id = {one('mentor_capacity')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "a greater capacity",
        f"UPDATE mentor_capacity SET capacity = 50 WHERE id = {one('mentor_capacity')}",
        keys=CHANGED,
    ),
    corrupt(
        "a closing review changed",
        f"UPDATE pairing_review SET words = 'splendid' WHERE id = {one('pairing_review')}",
        keys=CHANGED,
    ),
    corrupt(
        "a closing review by a third",
        "UPDATE pairing_review SET by_id = (SELECT min(id) FROM person) WHERE id = 1",
        keys="pairing_review",
    ),
    corrupt(
        "a project won",
        f"UPDATE project SET outcome = 'won', closed_on = '2026-11-01' WHERE id = {one('project', chr(39).join(['outcome = ', 'open', '']))}",
        keys=CHANGED,
    ),
    corrupt(
        "closed without outcome",
        f"UPDATE project SET closed_on = '2026-11-01' WHERE id = {one('project', chr(39).join(['outcome = ', 'open', '']))}",
        keys="order",
        server=False,
    ),
    corrupt("a phase removed", f"DELETE FROM project_phase WHERE id = {one('project_phase')}", keys="cycle"),
    corrupt(
        "a phase done earlier",
        f"UPDATE project_phase SET done_on = '2020-01-01' WHERE id = {one('project_phase')}",
        keys=CHANGED,
    ),
    # points
    corrupt(
        "points added",
        f"UPDATE point_entry SET points = 9999 WHERE id = {one('point_entry', 'points > 0')}",
        keys="ledger",
    ),
    corrupt(
        "an entry removed from the end",
        f"DELETE FROM point_entry WHERE id = {one('point_entry', which='max')}",
        keys="ledger",
    ),
    corrupt("an entry removed", "DELETE FROM point_entry WHERE id = 7", keys="ledger"),
    corrupt(
        "an entry forged",
        "INSERT INTO point_entry (person_id, event, kind, points, balance, cause, turn, rule_id, occurred_on, at, note, hash) SELECT person_id, event, kind, 9999, balance + 9999, 'session:0', 1, rule_id, occurred_on, at, note, hash FROM point_entry WHERE id = 5",
        keys="ledger",
    ),
    corrupt("a note changed", f"UPDATE point_entry SET note = 'x' WHERE id = {one('point_entry')}", keys="ledger"),
    corrupt(
        "an entry's day in words",
        f"UPDATE point_entry SET occurred_on = 'today' WHERE id = {one('point_entry')}",
        keys="ledger",
        server=False,
    ),
    corrupt(
        "a balance in words",
        f"UPDATE point_entry SET balance = 'rich' WHERE id = {one('point_entry')}",
        keys="ledger",
        server=False,
    ),
    corrupt("a past rule", "UPDATE point_rule SET points = 50 WHERE event = 'session'", keys=CHANGED),
    corrupt(
        "a rule put in for the past",
        "INSERT INTO point_rule (event, points, first_on) VALUES ('gate', 500, '2020-01-01')",
        keys="rule_twice",
    ),
    corrupt(
        "a rule for what does not earn",
        f"UPDATE point_rule SET event = 'smile' WHERE id = {one('point_rule')}",
        keys="value_unknown",
    ),
    corrupt(
        "a rule without days",
        f"UPDATE point_rule SET first_on = '' WHERE id = {one('point_rule')}",
        keys="value_unreadable",
        server=False,
    ),
    corrupt("a reward's cost", f"UPDATE reward SET cost = 1 WHERE id = {one('reward')}", keys=CHANGED),
    corrupt(
        "a reward's stock",
        "UPDATE reward SET stock = 1000 WHERE id = (SELECT min(id) FROM reward WHERE stock IS NOT NULL)",
        keys=CHANGED,
    ),
    corrupt(
        "a redemption's points",
        "UPDATE redemption SET points = 1 WHERE id = (SELECT min(id) FROM redemption WHERE state = 'approved')",
        keys="redemption_unpaid",
    ),
    corrupt(
        "approved without spending",
        "UPDATE redemption SET state = 'approved', decided_by_id = (SELECT max(id) FROM person), decided_at = requested_at WHERE state = 'requested'",
        keys="redemption_unpaid",
    ),
    corrupt(
        "a redemption put in",
        "INSERT INTO redemption (person_id, reward_id, points, state, requested_at, decided_by_id, decided_at, fulfilled_at) SELECT person_id, reward_id, points, 'fulfilled', requested_at, decided_by_id, decided_at, decided_at FROM redemption WHERE state = 'approved'",
        keys="redemption_unpaid",
    ),
    corrupt(
        "decided by oneself",
        "UPDATE redemption SET decided_by_id = person_id WHERE state = 'approved'",
        keys="redemption_own",
        server=False,
    ),
    corrupt("a spending removed", "DELETE FROM point_entry WHERE kind = 'spend'", keys="redemption_unpaid"),
    # playbooks
    corrupt("a kind broken", "UPDATE playbook_kind SET definition = '{}' WHERE id = 1", keys="kind_unreadable"),
    corrupt("a goal lowered", "UPDATE playbook_kind SET definition = replace(definition, '100', '10')", keys=CHANGED),
    corrupt(
        "a version changed",
        "UPDATE playbook_version SET content = replace(content, 'body', 'Body') WHERE id = 1",
        keys="version_unreadable",
    ),
    corrupt(
        "words in a version",
        'UPDATE playbook_version SET content = replace(content, \'"title": "\', \'"title": "! \') WHERE id = 1',
        keys=CHANGED,
    ),
    corrupt(
        "a version removed",
        f"DELETE FROM playbook_version WHERE id = {one('playbook_version', which='max')}",
        keys="row_gone",
    ),
    corrupt(
        "a playbook approved",
        f"UPDATE playbook SET state = 'approved' WHERE id = {one('playbook', chr(39).join(['state = ', 'not_started', '']))}",
        keys="playbook_state",
    ),
    corrupt(
        "another owner of a playbook",
        f"UPDATE playbook SET owner_id = {one('person')} WHERE id = {one('playbook')}",
        keys=CHANGED,
    ),
    corrupt(
        "a part rewritten", f"UPDATE playbook_part SET body = 'nothing' WHERE id = {one('playbook_part')}", keys=CHANGED
    ),
    corrupt("a part removed", f"DELETE FROM playbook_part WHERE id = {one('playbook_part')}", keys="row_gone"),
    corrupt(
        "an approval forged",
        "INSERT INTO playbook_review (version_id, decision, by_id, at) SELECT version_id, 'approved', by_id, at FROM playbook_review WHERE id = 1",
        keys="row_without_history",
    ),
    corrupt(
        "an approval by the owner",
        "UPDATE playbook_review SET by_id = (SELECT owner_id FROM playbook JOIN playbook_version ON playbook_id = playbook.id WHERE playbook_version.id = version_id) WHERE id = 1",
        keys="playbook_review",
    ),
    corrupt(
        "a review of a playbook removed",
        f"DELETE FROM playbook_review WHERE id = {one('playbook_review')}",
        keys="row_gone",
    ),
    corrupt(
        "a reader's word",
        f"UPDATE playbook_helpful SET helpful = 1 - helpful WHERE id = {one('playbook_helpful')}",
        keys=CHANGED,
    ),
    corrupt(
        "an answer altered",
        f"UPDATE playbook_answer SET body = 'no' WHERE id = {one('playbook_answer')}",
        keys="answers",
    ),
    corrupt("an answer removed", f"DELETE FROM playbook_answer WHERE id = {one('playbook_answer')}", keys="answers"),
    corrupt("the search emptied", "DELETE FROM answer_search", keys="search"),
    corrupt(
        "the search altered",
        "UPDATE answer_search SET title = 'x' WHERE rowid = (SELECT min(id) FROM playbook_answer)",
        keys="search",
        server=False,
    ),
    *(
        corrupt(f"in the search's own tables: {statement}", statement, keys="search", server=False)
        for statement in (
            "INSERT INTO answer_search_data SELECT max(id) + 1, block FROM answer_search_data",
            "INSERT INTO answer_search_data SELECT max(id) + (1 << 37), block FROM answer_search_data",
            "UPDATE answer_search_data SET block = x'0101' WHERE id = 1",
            "UPDATE answer_search_docsize SET sz = x'0505' WHERE id = (SELECT max(id) FROM answer_search_docsize)",
            "INSERT INTO answer_search_docsize VALUES (9999, x'0102')",
            "DELETE FROM answer_search_docsize WHERE id = (SELECT max(id) FROM answer_search_docsize)",
            "INSERT INTO answer_search_idx VALUES (99, 'x', 2)",
            "DELETE FROM answer_search_idx WHERE segid = (SELECT max(segid) FROM answer_search_idx)",
            "INSERT INTO answer_search_config VALUES ('rank', 'bm25(1.0, 9.0)')",
            "INSERT INTO answer_search_content VALUES (9999, 'price', 'price')",
        )
    ),
    corrupt(
        "the search altered on a server",
        "UPDATE answer_search SET words = to_tsvector('simple', 'x') WHERE id = (SELECT min(id) FROM playbook_answer)",
        keys="search",
        file=False,
    ),
    corrupt(
        "the search's own index broken", "DELETE FROM answer_search_data WHERE id > 10", keys="search", server=False
    ),
    corrupt(
        "an attachment's hash",
        "UPDATE playbook_attachment SET sha256 = replace(sha256, substr(sha256, 1, 2), 'zz')",
        keys="attachment",
    ),
    corrupt("an attachment's size", "UPDATE playbook_attachment SET size = size + 1", keys="attachment"),
    corrupt("an attachment of another file", "UPDATE playbook_attachment SET sha256 = '" + "0" * 64 + "'", keys="file"),
    corrupt("an attachment taken off", "UPDATE playbook_attachment SET removed = 1", keys=CHANGED),
    # the history
    corrupt(
        "a change removed",
        f"DELETE FROM change WHERE id = {one('change', chr(39).join(['operation = ', 'insert', '']))}",
        keys="row_without_history history_broken",
    ),
    corrupt(
        "a change altered",
        "UPDATE change SET after = '{\"name\":\"Somebody\"}' WHERE id = (SELECT min(id) FROM change WHERE table_name = 'person')",
        keys=CHANGED,
    ),
    corrupt(
        "an old value altered",
        "UPDATE change SET before = replace(before, 'submitted', 'draft') WHERE id = (SELECT min(id) FROM change WHERE before LIKE '%submitted%')",
        keys="history_broken",
    ),
    corrupt(
        "a change that is no JSON",
        f"UPDATE change SET after = '{{' WHERE id = {one('change')}",
        keys="history_unreadable",
    ),
    corrupt(
        "a change of a table unknown",
        f"UPDATE change SET table_name = 'nothing' WHERE id = {one('change')}",
        keys="history_unreadable",
    ),
    corrupt(
        "a change by an operation unknown",
        f"UPDATE change SET operation = 'merge' WHERE id = {one('change')}",
        keys="history_unreadable",
    ),
    corrupt(
        "a change of another row",
        "UPDATE change SET row_id = row_id + 1 WHERE id = (SELECT max(id) FROM change WHERE table_name = 'activity')",
        keys="history_broken row_gone row_without_history",
    ),
    corrupt(
        "a change of no change set",
        f"UPDATE change SET change_set_id = 999 WHERE id = {one('change')}",
        keys="history_orphan",
    ),
    corrupt("a change set removed", "DELETE FROM change_set WHERE id = 2", keys="history_orphan"),
    corrupt(
        "a change set emptied",
        "DELETE FROM change WHERE change_set_id = (SELECT max(id) FROM change_set)",
        keys="history_gone",
    ),
    corrupt(
        "the end of history removed",
        "DELETE FROM change WHERE change_set_id = (SELECT max(id) FROM change_set)",
        "DELETE FROM change_set WHERE id = (SELECT max(id) FROM change_set)",
        keys="row_without_history row_changed history_gone",
    ),
    corrupt(
        "who did it",
        "UPDATE change_set SET actor_id = (SELECT max(id) FROM person) WHERE action = 'logbook.sign_off'",
        keys="act_not_allowed",
    ),
    corrupt(
        "when it was done",
        "UPDATE change_set SET at = '2026-01-01 00:00:00' WHERE action = 'logbook.sign_off'",
        keys="act_not_allowed",
    ),
    corrupt(
        "an instant of history in words",
        "UPDATE change_set SET at = 'then' WHERE id = 1",
        keys="value_unreadable",
        server=False,
    ),
    corrupt(
        "an import that never was",
        "UPDATE change SET after = '[[1, 2]]' WHERE operation = 'insert_many'",
        keys="row_without_history",
    ),
    corrupt(
        "an import's ranges broken",
        "UPDATE change SET after = '[[1]]' WHERE operation = 'insert_many'",
        keys="history_unreadable",
    ),
    # what the store is made of
    corrupt("a trigger missing", "DROP TRIGGER point_entry_no_update", keys="trigger_missing", server=False),
    corrupt(
        "a trigger that does nothing",
        "DROP TRIGGER review_no_delete",
        "CREATE TRIGGER review_no_delete BEFORE DELETE ON review BEGIN SELECT 1; END",
        keys="trigger_changed",
        server=False,
    ),
    corrupt(
        "a trigger of somebody else",
        "CREATE TRIGGER helper AFTER INSERT ON review BEGIN DELETE FROM leave; END",
        keys="trigger_unknown",
        server=False,
    ),
    corrupt("a table of somebody else", "CREATE TABLE evil (x)", keys="table_unknown", server=False),
    corrupt("a view of somebody else", "CREATE VIEW evil AS SELECT 1", keys="view_unknown", server=False),
    corrupt(
        "a server's trigger missing",
        "DROP TRIGGER point_entry_append_only ON point_entry",
        keys="trigger_missing",
        file=False,
    ),
    corrupt(
        "a server's trigger off",
        "ALTER TABLE review DISABLE TRIGGER review_append_only",
        keys="trigger_changed",
        file=False,
    ),
    corrupt(
        "a server's function empty",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN OLD; END $$",
        keys="function_changed",
        file=False,
    ),
    corrupt(
        "a constraint dropped",
        "ALTER TABLE pairing DROP CONSTRAINT ck_pairing_two",
        keys="constraint_missing",
        file=False,
    ),
    corrupt("an index missing", "DROP INDEX ix_pairing_mentor_id", keys="index_missing"),
    corrupt(
        "another index of that name",
        "DROP INDEX ix_pairing_mentor_id",
        "CREATE INDEX ix_pairing_mentor_id ON pairing (state)",
        keys="index_changed",
    ),
    corrupt(
        "a unique index that is none",
        "DROP INDEX ix_opportunity_key",
        "CREATE INDEX ix_opportunity_key ON opportunity (key)",
        keys="index_changed",
    ),
    corrupt("a table missing", "DROP TABLE leave", keys="table_missing"),
    corrupt("the search missing", "DROP TABLE answer_search", keys="table_missing"),
    corrupt("a column missing", "ALTER TABLE activity DROP COLUMN part", keys="column_missing"),
    corrupt("a column of history missing", "ALTER TABLE change DROP COLUMN before", keys="column_missing"),
    corrupt("a column more", "ALTER TABLE point_entry ADD COLUMN secret TEXT", keys="table_changed", server=False),
)
"""In the order of the tables."""
