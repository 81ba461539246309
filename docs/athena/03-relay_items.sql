-- The newest image of each item, from the newest chain whose full export is complete. An item that
-- was deleted is absent, and nothing that was erased or redacted appears again.
CREATE OR REPLACE VIEW relay_items AS
WITH newest_chain AS (
  SELECT max(chain) AS chain FROM relay_files WHERE is_full
), images AS (
  SELECT
    COALESCE(json_extract_scalar(line, '$.Item.pk.S'), json_extract_scalar(line, '$.Keys.pk.S')) AS pk,
    COALESCE(json_extract_scalar(line, '$.Item.sk.S'), json_extract_scalar(line, '$.Keys.sk.S')) AS sk,
    -- A full export has no time of writing, and is older than all incremental ones of its chain.
    COALESCE(TRY_CAST(json_extract_scalar(line, '$.Metadata.WriteTimestampMicros.N') AS bigint), 0) AS written_at,
    json_format(COALESCE(json_extract(line, '$.Item'), json_extract(line, '$.NewImage'))) AS item
  FROM relay_export
  JOIN relay_files ON regexp_replace("$path", '^s3://[^/]+/', '') = file_key
  JOIN newest_chain ON relay_files.chain = newest_chain.chain
), ranked AS (
  SELECT pk, sk, written_at, item,
    row_number() OVER (PARTITION BY pk, sk ORDER BY written_at DESC) AS place
  FROM images
)
SELECT pk, sk, written_at, item FROM ranked WHERE place = 1 AND item IS NOT NULL
