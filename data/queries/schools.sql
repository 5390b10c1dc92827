-- School profiles of one school year, or of all.
-- Grain: one row per school and school year (npsn, school_year).   Parameters: $school_year (NULL for all)
SELECT *
FROM school_year_profile
WHERE $school_year::INTEGER IS NULL OR school_year = $school_year
ORDER BY npsn, school_year
