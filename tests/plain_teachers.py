"""Teachers needed, worked out one school and one rule at a time: plain loops over the tables.

Written without the model's code, from docs/method.md eq. 50-56; slow, and easy to read beside it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from datetime import date

ALMOST = 1e-9
LEVEL_OF_GRADE = ["TK", *["SD"] * 6, *["SMP"] * 3, *["SMA"] * 3]


def in_force(table, day, *levels):
    """Rows about some levels on a day, as dictionaries."""
    found = []
    for row in table.to_dict("records"):
        begins, ends = row["effective_from"].date(), row["effective_to"].date()
        if begins <= day <= ends and row["level"].upper() in levels:
            found.append(row)
    return found


def needed(cells, book, choice, religions):
    """{(npsn, school_year, level, post): (whole posts, posts before rounding, rules)}."""
    schools = defaultdict(list)
    for cell in cells.to_dict("records"):
        told = cell.get("level")
        level = told if isinstance(told, str) and told else LEVEL_OF_GRADE[cell["grade"]]
        schools[cell["npsn"], cell["school_year"], level.upper()].append(cell)
    headed = {row["level"].upper() for row in book.teacher_rules.to_dict("records")
              if row["key"] == "heads_per_school"}  # fmt: skip
    found, heads = {}, defaultdict(list)
    for (npsn, year, level), rows in schools.items():
        if level not in headed:
            continue
        own = of_school(rows, year, level, book, choice, religions.get(npsn, {}), bool(religions))
        for post, told in own.items():
            found[npsn, year, level, post] = told
            if post == "kepala_sekolah":
                heads[npsn, year].append(level)
    for (npsn, year), levels in heads.items():
        for level in sorted(levels, key=["TK", "SD", "SMP", "SMA"].index)[1:]:
            del found[npsn, year, level, "kepala_sekolah"]
    return found


def of_school(rows, year, level, book, choice, shares, some_told):
    """Posts of one school, level and year."""
    day = date(year, 7, 1)
    most = dict(choice.class_sizes).get(level)
    most = most or int(in_force(book.class_sizes, day, level)[0]["max_pupils"])
    classes = []
    for row in rows:
        pupils = round(row["pupil_count"])
        if pupils:
            classes.append((row["grade"], math.ceil(pupils / most), row["pupil_count"]))
    if not classes:
        return {}
    rules = in_force(book.teacher_rules, day, level, "*")

    def rule(key, post=""):
        own = [row for row in rules if row["key"] == key and row["post"] == post]
        return (int(own[0]["value"]), own[0]["rule_id"]) if own else None

    found = {}

    def add(post, fte, ids, fewest=0):
        whole = max(math.ceil(fte - ALMOST), fewest if fte > 0 else 0)
        if whole:
            found[post] = (whole, fte, "+".join(ids))

    rombel = sum(count for _, count, _ in classes)
    a_class = rule("class_teachers_per_rombel", "guru_kelas")
    if a_class:
        add("guru_kelas", rombel * a_class[0], [a_class[1]])
    by_post = defaultdict(list)
    for row in in_force(book.subject_hours, day, level):
        kinds = {"compulsory", "subject_teacher"}
        kinds |= {"local_content"} if choice.local_content else set()
        kinds |= {"elective"} if choice.electives else set()
        english = row["kind"] == "english" and choice.english == "post"
        if row["kind"] in kinds or (english and row["reading"] == choice.english_start):
            by_post[row["post"]].append(row)
    for post in sorted(by_post):
        load, load_id = rule("weekly_hours_per_teacher")
        floor = rule("fewest_posts", post)
        fewest = floor[0] if floor else 0
        ids = [row["rule_id"] for row in by_post[post]] + [load_id] + ([floor[1]] if floor else [])

        def jp(grade, own=by_post[post]):
            taught = [row for row in own if row["grade_from"] <= grade <= row["grade_to"]]
            return sum(row["jp_per_week"] for row in taught)

        if post != "guru_agama" or not shares:
            add(post, sum(count * jp(grade) for grade, count, _ in classes) / load, ids, fewest)
        if post != "guru_agama" or not some_told:
            continue
        few = rule("fewest_pupils_per_religion", "guru_agama")
        largest = min(shares, key=lambda one: (-shares[one], one), default=None)
        for religion, share in shares.items():
            groups = [
                (math.ceil(math.ceil(pupils * share - ALMOST) / most), jp(grade))
                for grade, _, pupils in classes
            ]
            fte = sum(count * hours for count, hours in groups) / load
            of_all = sum(pupils * share for _, _, pupils in classes)
            is_own = religion == largest or of_all + ALMOST >= (few[0] if few else 1)
            if not is_own:
                hours = max(jp(grade) for grade, _, _ in classes)
                fte = min(fte, math.ceil(math.ceil(of_all - ALMOST) / most) * hours / load)
            whole = max(math.ceil(fte - ALMOST), fewest) if is_own and fte > 0 else 0
            if fte > 0:
                told = [*ids, *([few[1]] if few else [])]
                found[f"guru_agama:{religion}"] = (whole, fte, "+".join(told))
    counsellor = rule("pupils_per_counsellor", "guru_bk")
    if counsellor:
        add("guru_bk", sum(round(pupils) for *_, pupils in classes) / counsellor[0],
            [counsellor[1]])  # fmt: skip
    head = rule("heads_per_school", "kepala_sekolah")
    if head:
        add("kepala_sekolah", float(head[0]), [head[1]])
    return found
