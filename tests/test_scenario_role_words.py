"""Sentences of a plan name roles as people call them, in both languages."""

from __future__ import annotations

import pytest

from analytics import rules
from analytics.mix_told import floor_unmet, lock_ineligible
from analytics.scenario_role_words import in_words, role_words


@pytest.mark.parametrize(
    ("role", "indonesian", "english"),
    [
        ("guru:guru_kelas@SD", "guru kelas SD", "class teacher SD"),
        ("guru:guru_pjok@SMP", "guru PJOK SMP", "teacher of PJOK SMP"),
        ("guru:guru_agama:islam@SD", "guru agama Islam SD", "teacher of religion (Islam) SD"),
        ("guru:guru_agama@SD", "guru agama SD", "teacher of religion SD"),
        ("guru:guru_mapel:ipa", "guru IPA", "teacher of science (IPA)"),
        ("guru:guru_mapel:seni_budaya_prakarya", "guru Seni Budaya Prakarya",
         "teacher of arts and crafts"),
        ("kepala_sekolah:kepala_sekolah@TK", "kepala sekolah TK", "head of school TK"),
        ("pelaksana", "pelaksana", "clerical and operational staff"),
        ("jf_keahlian", "JF keahlian", None),
        ("juru_selam", "juru_selam", "juru_selam"),
    ],
)  # fmt: skip
def test_a_role_is_called_what_people_call_it(role, indonesian, english):
    said = role_words(role, rules.load())
    assert said[0] == indonesian
    assert english is None or said[1] == english


def test_what_is_told_of_a_role_names_it_once_and_keeps_its_code_beside_it():
    role = "guru:guru_kelas@SD"
    told = (floor_unmet(role, 2027, 3.0, []), lock_ineligible("pppk_pw", role, 2028, 2))
    named = in_words(told, rules.load())
    assert [one.role for one in named] == [role, role]
    assert named[0].text_id == "Lantai layanan guru kelas SD 2027 tidak tercapai: kurang 3 jabatan."
    assert named[1].text_en.startswith("The fixed formation of P3K part time for class teacher SD")
    assert named[1].text_id.startswith("Formasi P3K paruh waktu yang dikunci untuk guru kelas SD")
    assert not any("guru_kelas" in one.text_id + one.text_en for one in named)
