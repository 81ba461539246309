-- Lets DuckDB run the views of this folder on exports that were copied to a folder: functions of
-- Athena that DuckDB has under another name, and the table relay_export. EXPORT_FOLDER is the folder.
CREATE OR REPLACE MACRO json_extract_scalar(document, path) AS
  CASE WHEN json_valid(document) AND json_type(document, path) NOT IN ('OBJECT', 'ARRAY')
    THEN json_extract_string(document, path) END;
CREATE OR REPLACE MACRO json_format(document) AS CAST(document AS VARCHAR);
CREATE OR REPLACE MACRO json_parse(document) AS CAST(document AS JSON);
CREATE OR REPLACE MACRO regexp_like(subject, pattern) AS regexp_matches(subject, pattern);
CREATE OR REPLACE MACRO from_iso8601_timestamp(instant) AS CAST(instant AS TIMESTAMPTZ) AT TIME ZONE 'UTC';
CREATE OR REPLACE MACRO to_unixtime(instant) AS epoch(instant);
CREATE OR REPLACE MACRO sequence(first_day, last_day) AS
  list_transform(generate_series(first_day::TIMESTAMP, last_day::TIMESTAMP, INTERVAL 1 DAY), lambda day: day::DATE);
CREATE OR REPLACE MACRO date_add(unit, days, day) AS (day + CAST(days AS INTEGER))::DATE;
CREATE OR REPLACE VIEW relay_export AS
SELECT line,
  's3://EXPORT_BUCKET/' || regexp_extract(replace(filename, chr(92), '/'), 'records/[^/]+/AWSDynamoDB/.*$') AS "$path"
FROM read_csv('EXPORT_FOLDER/records/**/*.json*', columns = {'line': 'VARCHAR'}, header = false, delim = chr(1),
  quote = '', escape = '', max_line_size = 8000000, filename = true);
