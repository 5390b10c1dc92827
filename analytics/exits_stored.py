"""The learnt exit model as a file in the data folder, so that a restart need not learn it anew.

Plain JSON of dates, names and coefficients: reading it runs nothing, and a file that is not what
it should be is left aside. Its name is a digest of all it was learnt from and of the code that
learnt it. Nothing in it is about one person. Trees beside the curves stand in it as their table.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from functools import cache
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analytics.exact_sums import YearEffect
from analytics.exits import ExitModel
from analytics.exits_boosting import NO_TREES, TABLE_SHAPE, Blend, Trees
from analytics.exits_learning import CauseModel, Curve, scale_for
from analytics.exits_prior import prior_rates
from analytics.exits_years import YearOutlook

_FOLDER, _KEPT = "models", 4
_OUTLOOK = ("log_level", "log_variance", "covariance")
_Told = dict[str, Any]


def digest(spells: pd.DataFrame, since: date, until: date, rates: pd.DataFrame) -> str:
    """Digest of all that ``exits.exit_model`` would learn from, and of the code that learns."""
    found = hashlib.sha256(_code())
    found.update(f"{since} {until}".encode())
    for table in (spells, rates):
        found.update(repr([*table.columns]).encode())
        found.update(pd.util.hash_pandas_object(table.reset_index(drop=True)).to_numpy().tobytes())
    return found.hexdigest()[:32]


@cache
def _code() -> bytes:
    here = Path(__file__).parent
    return b"".join(path.read_bytes() for path in sorted(here.glob("exits*.py")))


def write(model: ExitModel, folder: Path, name: str) -> None:
    """Keep a model in the data folder under its digest; the latest four stay.

    Nothing is kept where the folder cannot be written to.
    """
    path = folder / _FOLDER / f"exits-{name}.json"
    half = path.with_suffix(f".{os.getpid()}.tmp")
    try:
        path.parent.mkdir(exist_ok=True)
        half.write_text(json.dumps(_told(model), allow_nan=False), encoding="utf-8")
        half.replace(path)
        for old in sorted(path.parent.glob("exits-*.json"), key=_written)[:-_KEPT]:
            old.unlink(missing_ok=True)
    except (OSError, ValueError):
        # A model that is not kept is learnt anew.
        with suppress(OSError):
            half.unlink(missing_ok=True)


def _written(path: Path) -> float:
    return path.stat().st_mtime


def read(folder: Path, name: str, rates: pd.DataFrame) -> ExitModel | None:
    """The model of a digest; None where it is not kept, or the file is not a model."""
    try:
        told = json.loads((folder / _FOLDER / f"exits-{name}.json").read_text(encoding="utf-8"))
        return _model(told, rates)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _told(model: ExitModel) -> _Told:
    outlook = asdict(model.outlook)
    outlook |= {name: outlook[name].tolist() for name in _OUTLOOK}
    return {
        "observed_from": model.observed_from.isoformat(),
        "observed_until": model.observed_until.isoformat(),
        "year_count": model.year_count,
        "causes": [*model.causes],
        "exit_counts": dict(model.exit_counts),
        # JSON has no word for endless.
        "half_life_years": None if np.isinf(model.half_life_years) else model.half_life_years,
        "trees": _told_blend(model.blend),
        "outlook": outlook,
        "year_effect": asdict(model.year_effect),
        "past": _written_table(model.past),
        "prior_share": model.prior_share,
        "overdue_hazard": model.overdue_hazard,
        "models": {cause: _told_cause(each) for cause, each in model.models.items()},
        "mandatory": model.mandatory,
        "cause_shares": {cause: dict(each) for cause, each in model.cause_shares.items()},
        "ratios": _written_table(model.ratios),
    }


def _model(told: _Told, rates: pd.DataFrame) -> ExitModel:
    outlook = told["outlook"]
    outlook |= {name: np.array(outlook[name], float) for name in _OUTLOOK}
    half_life = told["half_life_years"]
    return ExitModel(
        observed_from=date.fromisoformat(told["observed_from"]),
        observed_until=date.fromisoformat(told["observed_until"]),
        year_count=told["year_count"],
        causes=tuple(told["causes"]),
        exit_counts=told["exit_counts"],
        half_life_years=float("inf") if half_life is None else half_life,
        blend=_blend(told["trees"]),
        outlook=YearOutlook(**outlook),
        year_effect=YearEffect(**told["year_effect"]),
        past=_read_table(told["past"]),
        prior_share=told["prior_share"],
        overdue_hazard=told["overdue_hazard"],
        models={cause: _cause(each) for cause, each in told["models"].items()},
        prior=prior_rates(rates),
        mandatory=told["mandatory"],
        cause_shares=told["cause_shares"],
        ratios=_read_table(told["ratios"]),
    )


def _told_cause(model: CauseModel) -> _Told:
    curve = model.curve
    return {
        "ages": curve.scale.ages.tolist(),
        "services": curve.scale.services.tolist(),
        "names": [*curve.names],
        "coefficients": curve.coefficients.tolist(),
        "curve_log_sd": _plain(curve.log_sd),
        "factors": {
            name: {str(level): float(ratio) for level, ratio in each.items()}
            for name, each in model.factors.items()
        },
        "log_sd": _plain(model.log_sd),
    }


def _cause(told: _Told) -> CauseModel:
    scale = scale_for(
        np.array(told["ages"], dtype=np.int64), np.array(told["services"], dtype=np.int64)
    )
    coefficients = np.array(told["coefficients"], dtype=np.float64)
    curve = Curve(scale, tuple(told["names"]), coefficients, told["curve_log_sd"])
    return CauseModel(curve, told["factors"], told["log_sd"])


def _told_blend(blend: Blend) -> _Told | None:
    if blend.trees is None:
        return None
    return {
        "table": blend.trees.table.ravel().tolist(),
        "weight": blend.weight,
        "shift": blend.shift,
    }


def _blend(told: _Told | None) -> Blend:
    if told is None:
        return NO_TREES
    table = np.array(told["table"], dtype=np.float64).reshape(TABLE_SHAPE)
    if not np.isfinite(table).all():
        raise ValueError("a table of log odds has only numbers")
    return Blend(Trees(table), float(told["weight"]), float(told["shift"]))


def _plain(values: Mapping[str, float]) -> dict[str, float]:
    return {name: float(each) for name, each in values.items()}


def _written_table(table: pd.DataFrame) -> str:
    return str(table.to_json(orient="table", index=False, double_precision=15))


def _read_table(written: str) -> pd.DataFrame:
    return pd.read_json(StringIO(written), orient="table", precise_float=True)
