-- The lines of all files of all exports. EXPORT_BUCKET is the output ExportBucketName of the stack.
-- A line is one column, because the JSON SerDes ignore the case of names. JSON always escapes the
-- control character that separates columns, so no line has a second one.
CREATE EXTERNAL TABLE IF NOT EXISTS relay_export (line string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY '\001'
LOCATION 's3://EXPORT_BUCKET/records/'
