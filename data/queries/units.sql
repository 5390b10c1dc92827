-- Units of a government with the number of people in each.
-- Grain: one row per unit (unit_id).   Parameters: $government_id ('*' for all)
SELECT
    unit.*,
    count(employee.nip) AS people_count
FROM unit
LEFT JOIN employee USING (unit_id)
WHERE $government_id = '*' OR unit.government_id = $government_id
GROUP BY unit.*
ORDER BY unit.opd, unit.name, unit.unit_id
