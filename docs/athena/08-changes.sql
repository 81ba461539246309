-- One row for each member that a version changed. Values are text, lists and maps DynamoDB's JSON.
-- A version that is stored packed has no row.
CREATE OR REPLACE VIEW changes AS
SELECT catalog, kind, id, version, TRY(CAST(from_iso8601_timestamp(occurred_at) AS timestamp)) AS occurred_at, type,
  json_extract_scalar(change, '$.M.path.S') AS path,
  COALESCE(
    json_extract_scalar(change, '$.M.before.S'), json_extract_scalar(change, '$.M.before.N'),
    json_extract_scalar(change, '$.M.before.BOOL'), json_format(json_extract(change, '$.M.before'))
  ) AS value_before,
  COALESCE(
    json_extract_scalar(change, '$.M.after.S'), json_extract_scalar(change, '$.M.after.N'),
    json_extract_scalar(change, '$.M.after.BOOL'), json_format(json_extract(change, '$.M.after'))
  ) AS value_after
FROM relay_records
CROSS JOIN UNNEST(CAST(json_parse(changes) AS array(json))) AS t (change)
WHERE sk <> 'current'
