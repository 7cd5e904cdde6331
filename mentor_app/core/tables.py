"""Every table there is, for what goes through all of them: a process imports only what it needs, and would miss the others."""

from mentor_app.core import imports
from mentor_app.core.camp import tables as camp
from mentor_app.core.logbook import tables as logbook
from mentor_app.core.pairing import tables as pairing
from mentor_app.core.people import tables as people
from mentor_app.core.pipeline import tables as pipeline
from mentor_app.core.playbooks import tables as playbooks
from mentor_app.core.points import tables as points
from mentor_app.core.projects import tables as projects
from mentor_app.core.store.schema import metadata

ROOMS = (camp, imports, logbook, pairing, people, pipeline, playbooks, points, projects)

__all__ = ["ROOMS", "metadata"]
