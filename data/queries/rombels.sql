-- Classes by school and grade of one school year, or of all.
-- Grain: one row per school, school year and grade (npsn, school_year, grade).   Parameters: $school_year (NULL for all)
SELECT npsn, school_year, grade, rombel_count
FROM rombel_by_grade
WHERE $school_year::INTEGER IS NULL OR school_year = $school_year
ORDER BY npsn, school_year, grade
