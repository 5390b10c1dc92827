"""Who is behind the numbers: the people of posts still to spare, and those who do not count."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from analytics.redistribution import Redistribution
from analytics.redistribution_findings import WHY_STAYS
from analytics.redistribution_words import Both

PEOPLE_COLUMNS = ["person_id", "npsn", "post", "is_counted", "why_code", "why", "why_en"]
_UNCOUNTED: Mapping[str, Both] = {
    "school_unassessed": ("kebutuhan sekolahnya tidak ada di data",
                          "the need of the school is not in the data"),
    "post_unassessed": ("kebutuhan jabatannya tidak ada di data",
                        "the need of the post is not in the data"),
    "post_unknown": ("jabatannya tidak dikenali", "the post is not understood"),
    "no_school": ("sekolahnya tidak diketahui", "the school is not known"),
}  # fmt: skip
_COUNTED: Mapping[str, Both] = {
    "locked_stay": ("dikunci tetap di sekolahnya", "is locked to stay"),
    "follows_pupils": ("ikut muridnya ke sekolah penerima",
                       "goes with the pupils to the receiving school"),
    **{code: WHY_STAYS[code] for code in ("near_bup", "bup_unknown", "school_locked", "employment",
                                          "employment_unknown", "serves_elsewhere")},
}  # fmt: skip
# He may move: why nothing came of it is told of his post.
_MAY_MOVE = "surplus_stays"


def people_left(found: Redistribution) -> pd.DataFrame:
    """Everybody in a post with people still to spare, and everybody who does not count.

    Which of several alike is the one to spare nobody decides here: all of the post are listed.

    Returns
    -------
    One row per person, by ``npsn``, ``post``, ``person_id``: ``is_counted`` (in a post to spare;
    False: counted nowhere), ``why_code``, ``why`` he stays or does not count, ``why_en``.

    Method: docs/method.md eq. 157.
    """
    left = found.surplus_left.loc[found.surplus_left["left_count"] > 0]
    of_post = left.set_index(["npsn", "post"])
    people = found.people
    at = pd.MultiIndex.from_frame(people[["npsn", "post"]])
    is_counted = at.isin(of_post.index) & people["outcome"].isin([_MAY_MOVE, *_COUNTED])
    rows = people.loc[is_counted | people["outcome"].isin(list(_UNCOUNTED))]
    told = {**_COUNTED, **_UNCOUNTED}
    post = of_post.reindex(pd.MultiIndex.from_frame(rows[["npsn", "post"]]))
    may = (rows["outcome"] == _MAY_MOVE).to_numpy()
    own = [told.get(outcome, ("", "")) for outcome in rows["outcome"]]
    table = rows[["person_id", "npsn", "post"]].assign(
        is_counted=is_counted.loc[rows.index],
        why_code=np.where(may, post["reason_code"], rows["outcome"]),
        why=np.where(may, post["reason"], [indonesian for indonesian, _ in own]),
        why_en=np.where(may, post["reason_en"], [english for _, english in own]),
    )
    order = ["npsn", "post", "person_id"]
    return table.sort_values(order, ignore_index=True)[PEOPLE_COLUMNS]
