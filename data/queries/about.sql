-- What an edition is, and how many people stand in it.
-- Grain: one row.   Parameters: none
SELECT
    about.*,
    (SELECT count(*) FROM employee) AS people_count
FROM about
