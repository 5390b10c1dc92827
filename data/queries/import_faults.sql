-- Faults that the import of this edition found.
-- Grain: one row per fault (import_fault_number).   Parameters: none
SELECT file, spreadsheet_row AS row, header, written_value, code, details::VARCHAR AS details
FROM import_fault
ORDER BY import_fault_number
