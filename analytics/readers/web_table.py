"""A web table saved under a spreadsheet's name, as many personnel systems export it."""

from __future__ import annotations

from html.parser import HTMLParser

Span = tuple[tuple[int, int], tuple[int, int]]


class _Table(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[object]] = []
        self.merged: list[Span] = []
        self._taken: dict[int, int] = {}
        self._cell: list[str] | None = None
        self._span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
            self._taken = {column: left - 1 for column, left in self._taken.items() if left > 1}
        elif tag in ("td", "th") and self.rows:
            self._close()
            given = dict(attrs)
            self._span = (_size(given.get("rowspan")), _size(given.get("colspan")))
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._close()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def _close(self) -> None:
        if self._cell is None:
            return
        row = self.rows[-1]
        while self._taken.get(len(row), 0):
            row.append("")
        top, left = len(self.rows) - 1, len(row)
        row.append("".join(self._cell).strip())
        tall, wide = self._span
        row.extend([""] * (wide - 1))
        if tall > 1:
            # One more than remains below: the next row start takes one off.
            self._taken.update(dict.fromkeys(range(left, left + wide), tall))
        if tall > 1 or wide > 1:
            self.merged.append(((top, left), (top + tall - 1, left + wide - 1)))
        self._cell = None


def _size(written: str | None) -> int:
    return min(int(written), 1000) if written and written.isdigit() and written != "0" else 1


def rows_of(text: str) -> tuple[list[list[object]], tuple[Span, ...]]:
    """Rows of every table of a page, one below the other, and the merged ranges."""
    parser = _Table()
    parser.feed(text)
    parser.close()
    width = max((len(row) for row in parser.rows), default=0)
    for row in parser.rows:
        row.extend([""] * (width - len(row)))
    return parser.rows, tuple(parser.merged)
