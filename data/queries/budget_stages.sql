-- The APBD, every year and stage loaded.
-- Grain: one row per budget year and stage (year, is_realised).   Parameters: none
SELECT
    year, is_realised, total_idr, personnel_idr, teacher_allowance_idr,
    is_teacher_allowance_told, council_head_idr, transfer_idr, source
FROM budget_year
ORDER BY year, is_realised
