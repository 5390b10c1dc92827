-- Teachers and staff of the Dapodik GTK list.
-- Grain: one row per person and school, per subject where hours are told (school_teacher_id).   Parameters: none
SELECT *
FROM school_teacher
ORDER BY school_teacher_id
