-- Everybody on the roster, with the unit as the unit table names it.
-- Grain: one row per person (nip).   Parameters: none
SELECT
    employee.* EXCLUDE (unit, opd, kecamatan, npsn),
    unit.name AS unit,
    unit.opd,
    coalesce(employee.kecamatan, unit.kecamatan) AS kecamatan,
    coalesce(employee.npsn, unit.npsn) AS npsn
FROM employee
JOIN unit USING (unit_id)
ORDER BY employee.nip
