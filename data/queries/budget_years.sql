-- The APBD year by year: realised where it is, else planned.
-- Grain: one row per budget year (year).   Parameters: none
SELECT
    year, is_realised, total_idr, personnel_idr, teacher_allowance_idr,
    is_teacher_allowance_told, council_head_idr, transfer_idr, source
FROM budget_year
QUALIFY row_number() OVER (PARTITION BY year ORDER BY is_realised DESC) = 1
ORDER BY year
