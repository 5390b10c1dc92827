-- Everybody on the roster, with unit and OPD as the file wrote them; what the next edition is built from.
-- Grain: one row per person (nip).   Parameters: none
SELECT * EXCLUDE (unit_id)
FROM employee
ORDER BY nip
