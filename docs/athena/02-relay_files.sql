-- The data files of complete exports, from their manifests, which DynamoDB writes last. A chain is a
-- full export and the incremental ones after it, in a folder that is named by its time.
CREATE OR REPLACE VIEW relay_files AS
SELECT DISTINCT
  regexp_extract(file_key, '^records/([^/]+)/', 1) AS chain,
  file_key,
  -- Files of a full export are in a folder of their own, those of incremental exports are together.
  regexp_like(file_key, '/AWSDynamoDB/[^/]+/data/') AS is_full
FROM (
  SELECT json_extract_scalar(line, '$.dataFileS3Key') AS file_key
  FROM relay_export WHERE "$path" LIKE '%/manifest-files.json'
) AS manifests
WHERE file_key IS NOT NULL
