"""Alembic's entry: the connection and its transaction come from mentor_app.core.store.migrate."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
context.run_migrations()
