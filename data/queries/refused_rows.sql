-- Rows that the import of this edition left out.
-- Grain: one row per spreadsheet row (refused_row_number).   Parameters: none
SELECT sheet, spreadsheet_row AS row, codes, reasons, cells::VARCHAR AS cells
FROM refused_row
ORDER BY refused_row_number
