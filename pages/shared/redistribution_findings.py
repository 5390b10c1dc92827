"""What is to mend or to know before moves are believed, in the visitor's language."""

from __future__ import annotations

import re
from typing import Any

from pages.shared import load_schools, regrouping_view
from pages.shared.load_redistribution import Plan
from pages.shared.words import language, t


def finding_words(row: Any, plan: Plan) -> str:  # noqa: ANN401 (a row of a frame)
    """One finding, as the model says it in Indonesian; the same by its code in English."""
    if language() == "id":
        return str(row.text)
    if row.code.startswith("coordinate"):
        named = load_schools.schools_of(plan.key.schools).set_index("npsn")["name"]
        return t(
            "{school}: {fault}; tidak diikutkan sampai dibetulkan.",
            school=named.get(row.npsn, row.npsn),
            fault=regrouping_view.point_faults().get(row.code, row.code),
        )
    count = re.match(r"\d+", row.text)
    return _said().get(row.code, row.text).format(n=count[0] if count else "")


def _said() -> dict[str, str]:
    return {
        "post_unknown": t("{n} guru jabatannya belum diketahui; tidak dihitung lebih atau kurang."),
        "school_unassessed": t("{n} guru di sekolah yang kebutuhannya tidak ada di data."),
        "post_unassessed": t("{n} guru pada jabatan yang kebutuhannya tidak ada di data."),
        "no_school": t("{n} guru tanpa sekolah yang diketahui."),
        "bup_unknown": t("{n} guru di sekolah berlebih tanpa tanggal pensiun; tidak dipindahkan."),
        "bup_none_known": t("Tanggal pensiun tidak ada; jarak ke BUP tidak dapat diperiksa."),
        "lock_unmet": t("Kunci 'harus pindah' tidak terpenuhi."),
        "lock_unknown": t("Kunci ini menyebut orang atau sekolah yang tidak ada di data."),
        "plan_unknown": t("Rencana penggabungan menyebut sekolah yang tidak ada di data."),
    }
