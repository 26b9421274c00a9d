"""The site has a name that its feeds keep for ever, whatever its address becomes."""

from uuid import uuid4

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


setting = sa.table("setting", sa.column("name", sa.String), sa.column("value", sa.JSON))


def upgrade() -> None:
    """Give the site the name that its feeds keep for ever."""
    op.bulk_insert(setting, [{"name": "uid", "value": str(uuid4())}])


def downgrade() -> None:
    """Forget it."""
    op.execute(setting.delete().where(setting.c.name == "uid"))
