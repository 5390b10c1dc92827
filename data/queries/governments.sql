-- Governments whose units stand in the edition.
-- Grain: one row per government (government_id).   Parameters: none
SELECT government_id, name
FROM government
ORDER BY government_id
