-- Live births by area and calendar year; is_reported FALSE: not to be used.
-- Grain: one row per area and year (area, year).   Parameters: none
SELECT area, year, birth_count, is_reported
FROM birth
ORDER BY area, year
