-- Posts needed by workload analysis (ABK), every year loaded.
-- Grain: one row per OPD, unit, title and year (opd, unit, title, year).   Parameters: none
SELECT opd, unit, title, year, job_class, in_post_count, needed_fte, is_from_workload
FROM post_need
ORDER BY opd, unit, title, year
