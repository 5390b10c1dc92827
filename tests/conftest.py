"""What holds for every test."""

from __future__ import annotations

import pytest
from hypothesis import settings

# A busy machine is no fault of the code: speed is measured in tests/benchmarks, never here.
settings.register_profile("estafet", deadline=None)
settings.load_profile("estafet")


@pytest.fixture(autouse=True, scope="session")
def every_figure_is_checked() -> None:
    """Have Plotly check what pages draw; on the screen it is drawn as it is, which is quicker."""
    from pages.shared import charts

    charts.IS_CHECKED = True
