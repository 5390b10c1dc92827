-- Pupils by school and religion of one school year, or of all.
-- Grain: one row per school, school year and religion (npsn, school_year, religion).   Parameters: $school_year (NULL for all)
SELECT npsn, school_year, religion, pupil_count
FROM pupil_religion
WHERE $school_year::INTEGER IS NULL OR school_year = $school_year
ORDER BY npsn, school_year, religion
