"""The growth camp: programme, enrolment, leave, gates."""
