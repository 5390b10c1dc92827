"""The promises the layout makes about itself (docs/decisions, README)."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pandas as pd
import pytest

from analytics.regrouping_stored import ROADS_FOLDER

ROOT = Path(__file__).resolve().parents[1]
TOP_LEVEL = {
    "app.py", "pages", "analytics", "data", "tests", "requirements.txt", "README.md",
    "Makefile", "pyproject.toml", "CHANGELOG.md", "docs", ".streamlit", ".ci", ".gitignore",
}  # fmt: skip
# Made on the spot, never in a commit.
LOCAL = {
    ".git",
    ".venv",
    ".pytest_cache",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    "build",
    "__pycache__",
}

ANALYTICS = sorted((ROOT / "analytics").rglob("*.py"))
PAGES = sorted((ROOT / "pages").rglob("*.py"))

MAP = (ROOT / "docs" / "map.md").read_text(encoding="utf-8")
ONLY = {"duckdb": "store", "sqlalchemy": "state"}


@cache
def subjects() -> list[list[str]]:
    """Files of the model as docs/map.md lists them: one list a heading, in the order of imports."""
    told = MAP.split("## The model, in order", 1)[1].split("\n## ", 1)[0]
    found: list[list[str]] = []
    for block in re.findall(r"```text\n(.*?)```", told, flags=re.DOTALL):
        found.append([])
        for line in block.splitlines():
            name = line.split()[0]
            # What stands further in lies in the folder named last above it.
            folder = "readers/" if line.startswith(" ") else ""
            if not name.endswith("/"):
                found[-1].append(folder + name)
    return found


@cache
def imported(path: Path) -> set[str]:
    """Dotted names of everything a file imports, at any depth of the code."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; say where it comes from"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def dotted(name: str) -> str:
    """The module of a file below analytics/: readers/siasn.py -> analytics.readers.siasn."""
    return "analytics." + name.removesuffix(".py").replace("/", ".")


def modules_imported(path: Path) -> set[str]:
    """Modules of the model that a file imports, whole or something out of them."""
    return {
        name if (ROOT / f"{name.replace('.', '/')}.py").exists() else name.rpartition(".")[0]
        for name in imported(path)
    }


def test_top_level_names_are_the_agreed_ones():
    found = {path.name for path in ROOT.iterdir()} - LOCAL
    assert found <= TOP_LEVEL, found - TOP_LEVEL


@pytest.mark.parametrize("path", ANALYTICS, ids=lambda path: path.name)
def test_the_model_knows_nothing_of_the_screen(path):
    assert not {
        name for name in imported(path) if name.split(".")[0] in {"streamlit", "plotly", "pages"}
    }


@pytest.mark.parametrize("path", ANALYTICS, ids=lambda path: path.name)
def test_one_module_each_talks_to_each_database(path):
    for library, keeper in ONLY.items():
        uses = any(name.split(".")[0] == library for name in imported(path))
        assert not uses or path.stem.split("_")[0] == keeper, (
            f"only {keeper}.py may import {library}"
        )
    imports_duckdb = any(name.split(".")[0] == "duckdb" for name in imported(path))
    assert imports_duckdb == (path.name == "store.py"), "one file, whatever stands beside it"


def test_no_page_talks_to_a_database():
    for path in [*PAGES, ROOT / "app.py"]:
        assert not {name for name in imported(path) if name.split(".")[0] in ONLY}, path


def test_the_map_names_every_file_of_the_model_once():
    named = [name for files in subjects() for name in files]
    there = {str(path.relative_to(ROOT / "analytics")) for path in ANALYTICS}
    there -= {"__init__.py", "readers/__init__.py"}
    assert sorted(named) == sorted(there), (
        f"docs/map.md does not name {there - set(named)}, names {set(named) - there} in vain"
    )


@pytest.mark.parametrize("path", ANALYTICS, ids=lambda path: path.name)
def test_a_model_file_imports_only_those_before_it(path):
    level = {dotted(name): rank for rank, files in enumerate(subjects()) for name in files}
    own = dotted(str(path.relative_to(ROOT / "analytics")))
    for other in level.keys() & modules_imported(path):
        assert own not in level or level[other] <= level[own], (
            f"{own} imports {other}, which docs/map.md puts further down"
        )


def test_no_files_of_the_model_import_each_other_in_a_circle():
    graph = {
        dotted(str(path.relative_to(ROOT / "analytics"))): modules_imported(path)
        for path in ANALYTICS
    }
    graph = {own: others & graph.keys() for own, others in graph.items()}
    list(TopologicalSorter(graph).static_order())


def test_what_the_map_names_is_there():
    named = set(re.findall(r"`([^`\n]+)`", MAP))
    homes = [ROOT, *(ROOT / at for at in ("analytics", "pages", "pages/shared", "data/rules"))]
    for name in sorted(named):
        if re.fullmatch(r"[\w/]+\.(?:py|csv|sql|md)|[\w/]+/", name):
            assert any((home / name).exists() for home in homes), f"docs/map.md names {name}"
        elif "*" in name:
            found = [*ROOT.glob(name), *(ROOT / "analytics").glob(name)]
            assert found or [*(ROOT / "pages" / "shared").glob(name)], f"docs/map.md names {name}"
        elif re.fullmatch(r"[a-z_]+\.\w+(?:\.\w+)?", name):
            module, *inside = name.split(".")
            files = [home / f"{module}.py" for home in homes if (home / f"{module}.py").exists()]
            assert files, f"docs/map.md names {name}"
            for each in inside:
                meant = rf"^ *(?:def {each}\(|class {each}\b|{each}\b.* = )"
                text = files[0].read_text(encoding="utf-8")
                assert re.search(meant, text, flags=re.MULTILINE), f"docs/map.md names {name}"


def test_the_map_tells_where_every_part_of_the_screen_belongs():
    told = MAP.split("## The screen", 1)[1]
    begins = tuple(re.findall(r"`(\w+_)\*`", told))
    lost = [
        path.name
        for path in (ROOT / "pages" / "shared").glob("*.py")
        if not path.name.startswith(begins) and f"`{path.name}`" not in told
    ]
    assert not lost, f"docs/map.md does not say what {lost} belong to"
    for path in (ROOT / "pages").glob("*.py"):
        assert f"`{path.name}`" in told, f"docs/map.md does not name {path.name}"


def test_no_page_does_anything_on_import():
    allowed = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign)
    for path in (ROOT / "pages").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            is_docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
            assert is_docstring or isinstance(node, allowed), (
                f"{path.name} line {node.lineno} runs on import"
            )
        assert any(isinstance(n, ast.FunctionDef) and n.name == "render" for n in tree.body), (
            path.name
        )


def test_every_page_asks_who_is_there_before_anything_else():
    for path in (ROOT / "pages").glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        render = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "render")
        statements = [
            n
            for n in render.body
            if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))
        ]
        assert ast.unparse(statements[0]).startswith("access.require("), path.name


@pytest.mark.parametrize(
    "path", sorted((ROOT / "data" / "queries").glob("*.sql")), ids=lambda p: p.name
)
def test_every_query_states_its_grain_and_parameters(path):
    head = path.read_text(encoding="utf-8").split("SELECT")[0]
    assert "-- Grain:" in head, "say what one row is"
    stated = set(re.findall(r"\$(\w+)", head))
    used = set(re.findall(r"\$(\w+)", path.read_text(encoding="utf-8").removeprefix(head)))
    assert used <= stated, f"parameters not in the header: {used - stated}"


@pytest.mark.parametrize(
    "path", sorted((ROOT / "data" / "rules").glob("*.csv")), ids=lambda p: p.name
)
def test_every_rule_row_has_a_source_and_a_date(path):
    rules = pd.read_csv(path, dtype=str, keep_default_na=False)
    assert (rules["source"].str.strip() != "").all()
    assert pd.to_datetime(rules["checked_on"], format="%Y-%m-%d").notna().all()
    assert set(rules["standing"]) <= {"settled", "unconfirmed", "disputed", "local_choice"}


def test_every_cited_equation_is_written_down():
    written = set(
        re.findall(r"\(eq\. (\d+)\)", (ROOT / "docs" / "method.md").read_text(encoding="utf-8"))
    )
    cited = set()
    for path in [*ANALYTICS, *PAGES]:
        cited |= set(re.findall(r"eq\. (\d+)", path.read_text(encoding="utf-8")))
    assert cited, "the model cites no equation"
    assert cited <= written, f"cited but not in docs/method.md: {sorted(cited - written)}"


def test_the_glossary_has_one_row_a_term_and_names_what_the_code_names():
    written = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    terms = re.findall(r"^\| ([^|]+) \|", written, flags=re.MULTILINE)
    terms = [term for term in terms if term != "Istilah"]
    assert len(terms) > 100
    assert not (twice := {term for term in terms if terms.count(term) > 1}), twice
    code = "".join(
        path.read_text(encoding="utf-8")
        for folder in ("analytics", "pages", "data")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in {".py", ".sql", ".csv"}
    )
    words = set(re.findall(r"\w+", code)) | set(re.findall(r"[\w./]*\w", code))
    named = re.findall(r"`([^`]+)`", written.split("\n## ", 1)[1])
    assert not (lost := sorted(set(named) - words)), lost


def test_the_readme_tree_is_the_real_one():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\b(?:analytics|pages|data|docs|tests)/[\w./-]*\w", readme))
    for name in named:
        assert (ROOT / name).exists(), f"README names {name}, which is not there"
    tree = readme.split("```text")[1].split("```")[0]
    for path in (ROOT / "pages").glob("*.py"):
        assert path.name in tree, f"README's tree does not name {path.relative_to(ROOT)}"


def test_the_project_names_no_machine():
    # Paths of one machine and hosts of one network mean nothing to the next reader.
    suspicious = re.compile(r"/work/|/root/|find-links|file:///")
    for path in ROOT.rglob("*"):
        parts = path.relative_to(ROOT).parts
        if (
            not path.is_file()
            or parts[0] in LOCAL
            or "__pycache__" in parts
            or path == Path(__file__)
        ):
            continue
        if (
            path.suffix in {".py", ".md", ".toml", ".csv", ".sql", ".txt", ".po"}
            or path.name == "Makefile"
        ):
            found = suspicious.search(path.read_text(encoding="utf-8"))
            assert not found, f"{path.relative_to(ROOT)}: {found}"


def test_every_pinned_package_says_what_it_earns():
    told = (ROOT / "docs" / "decisions" / "0002-stack.md").read_text(encoding="utf-8")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if "==" in line]
    for group in project["dependency-groups"].values():
        pinned += [line for line in group if isinstance(line, str)]
    assert not [one for one in pinned if one.replace("==", " ") not in told]


def test_operations_name_every_folder_that_a_backup_must_hold():
    told = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert f"`data/store/{ROADS_FOLDER}/" in told
