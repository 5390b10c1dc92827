"""The tables of the state database: one comment above each says what a row is."""

from __future__ import annotations

import sqlalchemy as sa

every = sa.MetaData()

# One row per decision which edition is current; the last one counts.
edition_choice = sa.Table(
    "edition_choice",
    every,
    sa.Column("edition_choice_id", sa.Integer, primary_key=True),
    sa.Column("edition_number", sa.Integer, nullable=False),
    sa.Column("chosen_at", sa.String, nullable=False),
    sa.Column("chosen_by", sa.String, nullable=False),
)
# One row per decision which readings of the law are in force; the last one counts.
law_choice = sa.Table(
    "law_choice",
    every,
    sa.Column("law_choice_id", sa.Integer, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # JSON
    sa.Column("chosen_at", sa.String, nullable=False),
    sa.Column("chosen_by", sa.String, nullable=False),
)
# One row per setting.
setting = sa.Table(
    "setting",
    every,
    sa.Column("setting_id", sa.String, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # JSON
)
# One row per set of headers that somebody mapped to our columns.
header_mapping = sa.Table(
    "header_mapping",
    every,
    sa.Column("signature", sa.String, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # JSON: header -> canonical column
)
# One row per position title that somebody gave a role; beside the patterns in data/rules/.
local_title = sa.Table(
    "local_title",
    every,
    sa.Column("title_key", sa.String, primary_key=True),
    sa.Column("role_group", sa.String, nullable=False),
    sa.Column("jenjang", sa.String, nullable=False),
    sa.Column("mapped_at", sa.String, nullable=False),
    sa.Column("mapped_by", sa.String, nullable=False),
)
# One row per reason for leaving that somebody gave a cause; beside data/rules/exit_cause.csv.
exit_reason = sa.Table(
    "exit_reason",
    every,
    sa.Column("reason_key", sa.String, primary_key=True),
    sa.Column("cause", sa.String, nullable=False),
    sa.Column("mapped_at", sa.String, nullable=False),
    sa.Column("mapped_by", sa.String, nullable=False),
)
# One row per time that somebody gave one exit a cause; the last one counts, '' takes it back.
exit_classification = sa.Table(
    "exit_classification",
    every,
    sa.Column("exit_classification_id", sa.Integer, primary_key=True),
    sa.Column("nip", sa.String, nullable=False),
    sa.Column("exited_on", sa.String, nullable=False),  # ISO date
    sa.Column("cause", sa.String, nullable=False),
    sa.Column("classified_at", sa.String, nullable=False),
    sa.Column("classified_by", sa.String, nullable=False),
)
# One row per thing that a plan must leave as it is: a person, a school, a pair.
plan_lock = sa.Table(
    "plan_lock",
    every,
    sa.Column("plan", sa.String, primary_key=True),  # redistribution, regrouping
    sa.Column("kind", sa.String, primary_key=True),
    sa.Column("thing_id", sa.String, primary_key=True),
    sa.Column("other_id", sa.String, primary_key=True),  # '' where the lock names one thing
    sa.Column("locked_at", sa.String, nullable=False),
    sa.Column("locked_by", sa.String, nullable=False),
)
# One row per account.
account = sa.Table(
    "account",
    every,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("role", sa.String, nullable=False),
    sa.Column("salt", sa.String, nullable=False),
    sa.Column("password_hash", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.CheckConstraint("role IN ('pimpinan', 'perencana', 'pengelola')"),
)
# One row per name that failed to sign in lately, whether or not it has an account.
sign_in_failure = sa.Table(
    "sign_in_failure",
    every,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("failed_count", sa.Integer, nullable=False),
    sa.Column("failed_at", sa.String, nullable=False),
    sa.Column("blocked_until", sa.String, nullable=False),
)
# One row per thing that somebody did.
audit = sa.Table(
    "audit",
    every,
    sa.Column("audit_id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("action", sa.String, nullable=False),
    sa.Column("detail", sa.Text, nullable=False),
)
# One row per kind of decision, counting its changes; part of the key of every cache.
version = sa.Table(
    "version",
    every,
    sa.Column("subject", sa.String, primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
)
# One row per scenario that somebody saved.
scenario = sa.Table(
    "scenario",
    every,
    sa.Column("scenario_id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
    sa.Column("name_key", sa.String, nullable=False, unique=True),  # the name, folded
    sa.Column("revision", sa.Integer, nullable=False),  # the last one
    sa.Column("standing", sa.String, nullable=False),
    sa.Column("standing_at", sa.String, nullable=False),
    sa.Column("standing_by", sa.String, nullable=False),
    sa.CheckConstraint("standing IN ('draft', 'submitted', 'approved', 'locked')"),
)
# One row per time that a scenario was saved; never changed.
scenario_revision = sa.Table(
    "scenario_revision",
    every,
    sa.Column("scenario_id", sa.ForeignKey("scenario.scenario_id"), primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),  # JSON of the scenario
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("saved_at", sa.String, nullable=False),
    sa.Column("saved_by", sa.String, nullable=False),
)
# One row per move of a scenario from one standing to another.
scenario_move = sa.Table(
    "scenario_move",
    every,
    sa.Column("scenario_move_id", sa.Integer, primary_key=True),
    sa.Column("scenario_id", sa.ForeignKey("scenario.scenario_id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("standing_from", sa.String, nullable=False),
    sa.Column("standing_to", sa.String, nullable=False),
    sa.Column("comment", sa.Text, nullable=False),
    sa.Column("moved_at", sa.String, nullable=False),
    sa.Column("moved_by", sa.String, nullable=False),
    sa.Column("role", sa.String, nullable=False),
)
# One row per result that was kept with a revision: by what it can be computed again, and its hash.
scenario_result = sa.Table(
    "scenario_result",
    every,
    sa.Column("scenario_result_id", sa.Integer, primary_key=True),
    sa.Column("scenario_id", sa.ForeignKey("scenario.scenario_id"), nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("provenance", sa.Text, nullable=False),  # JSON
    sa.Column("summary", sa.Text, nullable=False),  # JSON
    sa.Column("output_sha256", sa.String, nullable=False),
    sa.Column("kept_at", sa.String, nullable=False),
    sa.Column("kept_by", sa.String, nullable=False),
)
