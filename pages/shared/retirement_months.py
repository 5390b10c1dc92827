"""The month calendar: years down, months across, darker where more people leave.

Plotly takes 100 ms and more to write 240 numbers into a figure; a plain table takes a few, and a
cell of it can be clicked, reached by keyboard and read aloud.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import retirement_view as view_of
from pages.shared.retirement_figures import Look
from pages.shared.retirement_view import View
from pages.shared.words import t

# How much of the blue is seen; deeper, the ink of the light page would be hard to read on it.
_FAINTEST, _DEEPEST = 0.10, 0.76
_CSS = """
h3 { margin: 0 0 .35rem; font-size: 1rem; font-weight: 600; color: var(--st-text-color); }
table { width: 100%; border-collapse: separate; border-spacing: 2px; table-layout: fixed;
  font-variant-numeric: tabular-nums; font-size: clamp(.72rem, .6rem + .5vw, 1rem);
  color: var(--st-text-color); font-family: var(--st-font); }
th { font-weight: 400; opacity: .75; padding: 1px 0; text-align: center; }
tbody th { text-align: left; }
td { height: 1.55em; padding: 0; text-align: center; border-radius: 2px;
  background: rgb(31 111 168 / var(--depth)); }
td[role=button] { cursor: pointer; }
td[role=button]:hover, td:focus-visible { outline: 2px solid var(--st-primary-color); }
"""
_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('[data-root]') || parentElement;
  const picked = (event) => {
    const cell = event.target.closest('td[data-month]');
    if (cell && (event.type === 'click' || event.key === 'Enter' || event.key === ' ')) {
      event.preventDefault();
      setTriggerValue('picked', cell.dataset.month);
    }
  };
  const made = (tag, text, parent) => {
    const element = document.createElement(tag);
    element.textContent = text;
    parent.append(element);
    return element;
  };
  root.replaceChildren();
  made('h3', data.finding, root);
  const table = made('table', '', root);
  table.setAttribute('aria-label', data.finding);
  const head = made('tr', '', made('thead', '', table));
  made('th', '', head);
  for (const month of data.months) made('th', month, head).scope = 'col';
  const body = made('tbody', '', table);
  for (const [year, cells] of data.years) {
    const row = made('tr', '', body);
    made('th', year, row).scope = 'row';
    cells.forEach(([count, depth], i) => {
      const cell = made('td', count, row);
      cell.style.setProperty('--depth', depth);
      if (!count) return;
      const month = String(i + 1).padStart(2, '0');
      cell.dataset.month = `${year}-${month}`;
      cell.setAttribute('role', 'button');
      cell.tabIndex = 0;
      cell.title = `${data.months[i]} ${year}: ${count}`;
    });
  }
  table.onclick = picked;
  table.onkeydown = picked;
}
"""
_mounted = st.components.v2.component(
    "retirement_months", html="<div data-root></div>", css=_CSS, js=_JS
)


@lru_cache(maxsize=256)
def _content(view: View, seen: Look) -> dict[str, Any]:
    grid = view_of.calendar(view).grid
    top = max(int(grid.to_numpy().max()), 1)

    def cell(count: int) -> tuple[str, float]:
        if not count:
            return "", 0.04
        strength = (2 if seen.is_small(count) else count) / top
        return seen.count(count), round(_FAINTEST + (_DEEPEST - _FAINTEST) * strength, 2)

    return {
        "finding": _finding(grid, seen),
        "months": view_of.month_names(),
        "years": [
            (str(year), [cell(int(count)) for count in row])
            for year, row in zip(grid.index, grid.to_numpy(), strict=True)
        ],
    }


def _finding(grid: pd.DataFrame, seen: Look) -> str:
    by_month = grid.sum()
    busiest = int(by_month.idxmax())
    return t(
        "{month} paling ramai: {count} dari {total} orang",
        month=view_of.long_month_names()[busiest - 1],
        count=seen.count(int(by_month[busiest])),
        total=seen.count(int(by_month.sum())),
    )


def draw(view: View, seen: Look, key: str, on_pick: Callable[[str], None]) -> None:
    """Show the calendar; ``on_pick`` is called with the month clicked, such as ``2027-03``."""

    def picked() -> None:
        if month := (st.session_state.get(key) or {}).get("picked"):
            on_pick(str(month))

    _mounted(key=key, data=_content(view, seen), on_picked_change=picked)
