-- Everybody who left, as far as lists and earlier rosters tell, with what was known on that day.
-- Grain: one row per person and day of leaving (nip, exited_on).   Parameters: none
SELECT *
FROM exit
ORDER BY exited_on, nip
