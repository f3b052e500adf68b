"""The first tables"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("country", sa.String(length=2), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=False),
        sa.Column("workflow", sa.String(length=20), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("stage", sa.String(length=80), nullable=False),
        sa.Column("phase", sa.String(length=20), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("held_since", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("pathway", sa.String(length=30), nullable=False),
        sa.Column("municipality", sa.String(length=80), nullable=True),
        sa.Column("arrived", sa.Date(), nullable=True),
        sa.Column("permit_held", sa.Boolean(), nullable=True),
        sa.Column("permit_granted", sa.Date(), nullable=True),
        sa.Column("permit_expires", sa.Date(), nullable=True),
        sa.Column("registered", sa.Date(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("children", sa.Integer(), nullable=False),
        sa.Column(
            "languages", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "fields", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column(
            "tasks", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("reached_referral", sa.Date(), nullable=True),
        sa.Column("reached_assessment", sa.Date(), nullable=True),
        sa.Column("reached_preparation", sa.Date(), nullable=True),
        sa.Column("reached_matching", sa.Date(), nullable=True),
        sa.Column("reached_introduction", sa.Date(), nullable=True),
        sa.Column("reached_support", sa.Date(), nullable=True),
        sa.Column("reached_conclusion", sa.Date(), nullable=True),
        sa.Column("changed_on", sa.Date(), nullable=True),
        sa.Column(
            "timelines", sa.JSON().with_variant(postgresql.JSONB(astext_type=sa.Text()), "postgresql"), nullable=False
        ),
        sa.Column("clearance_until", sa.Date(), nullable=True),
        sa.Column("next_due", sa.Date(), nullable=True),
        sa.Column("next_end", sa.Date(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("import_key", sa.String(length=64), nullable=True),
        sa.Column("import_salt", sa.String(length=32), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("import_key", "programme", name=op.f("uq_cases_import_key_programme")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_clearance_until", ["clearance_until"], unique=False)
        batch_op.create_index("ix_cases_held_since", ["held_since"], unique=False)
        batch_op.create_index(
            "ix_cases_changed_on",
            ["changed_on"],
            unique=False,
            sqlite_where=sa.text("changed_on IS NOT NULL"),
            postgresql_where=sa.text("changed_on IS NOT NULL"),
        )
        batch_op.create_index("ix_cases_next_due", ["next_due"], unique=False)
        batch_op.create_index("ix_cases_next_end", ["next_end"], unique=False)
        batch_op.create_index(
            "ix_cases_open",
            ["rehearsal", "id"],
            unique=False,
            sqlite_where=sa.text("phase != 'closed'"),
            postgresql_where=sa.text("phase != 'closed'"),
        )

    op.create_table(
        "events",
        sa.Column("stream_kind", sa.String(length=20), nullable=False),
        sa.Column(
            "stream_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=32), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.String(length=32), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("stream_kind", "stream_id", "seq", name=op.f("pk_events")),
    )
    op.create_table(
        "notes",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_notes_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index("ix_notes_case_id", ["case_id"], unique=False)

    op.create_table(
        "persons",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("gender", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("identity", sa.String(length=30), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("joined_how", sa.String(length=12), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_how", sa.String(length=12), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_persons_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_persons_case_id_number")),
    )
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.create_index("ix_persons_identity", ["identity"], unique=False)
        batch_op.create_index("ix_persons_born", ["born"], unique=False)
        batch_op.create_index(
            "ix_persons_joined_how",
            ["joined_how"],
            unique=False,
            sqlite_where=sa.text("joined_how IS NOT NULL"),
            postgresql_where=sa.text("joined_how IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_persons_left_how",
            ["left_how"],
            unique=False,
            sqlite_where=sa.text("left_how IS NOT NULL"),
            postgresql_where=sa.text("left_how IS NOT NULL"),
        )

    op.create_table(
        "person_versions",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("programme", sa.String(length=80), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("gender", sa.String(length=10), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("identity", sa.String(length=30), nullable=True),
        sa.Column("joined_on", sa.Date(), nullable=True),
        sa.Column("joined_how", sa.String(length=12), nullable=True),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("left_how", sa.String(length=12), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_person_versions_case_id")),
        sa.PrimaryKeyConstraint("id", "version", name=op.f("pk_person_versions")),
    )
    with op.batch_alter_table("person_versions", schema=None) as batch_op:
        batch_op.create_index("ix_person_versions_case_id", ["case_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("person_versions", schema=None) as batch_op:
        batch_op.drop_index("ix_person_versions_case_id")

    op.drop_table("person_versions")
    with op.batch_alter_table("persons", schema=None) as batch_op:
        batch_op.drop_index("ix_persons_left_how")
        batch_op.drop_index("ix_persons_joined_how")
        batch_op.drop_index("ix_persons_born")
        batch_op.drop_index("ix_persons_identity")

    op.drop_table("persons")
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.drop_index("ix_notes_case_id")

    op.drop_table("notes")
    op.drop_table("events")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index("ix_cases_open")
        batch_op.drop_index("ix_cases_changed_on")
        batch_op.drop_index("ix_cases_held_since")
        batch_op.drop_index("ix_cases_next_end")
        batch_op.drop_index("ix_cases_next_due")
        batch_op.drop_index("ix_cases_clearance_until")

    op.drop_table("cases")
