-- Each state of each opportunity, and from when until when it was the newest one. Athena cannot
-- unpack a version that is stored packed: the state before it continues. If the newest version is
-- packed, the summary of the current item stands in for it.
CREATE OR REPLACE VIEW deal_versions AS
WITH readable AS (
  SELECT pk, catalog, id, version, tombstone AS is_withdrawn, occurred_at,
    json_extract_scalar(payload, '$.LifeCycle.M.Stage.S') AS stage,
    TRY_CAST(json_extract_scalar(payload, '$.Project.M.ExpectedCustomerSpend.L[0].M.Amount.S') AS decimal(18, 2)) AS amount,
    json_extract_scalar(payload, '$.Project.M.ExpectedCustomerSpend.L[0].M.CurrencyCode.S') AS currency
  FROM relay_records
  WHERE kind = 'opportunity' AND sk <> 'current' AND payload IS NOT NULL
), states AS (
  SELECT * FROM readable
  UNION ALL
  SELECT pk, catalog, id, version, tombstone AS is_withdrawn, modified_at AS occurred_at, stage, amount, currency
  FROM relay_records AS newest
  WHERE kind = 'opportunity' AND sk = 'current'
    AND NOT EXISTS (SELECT 1 FROM readable WHERE readable.pk = newest.pk AND readable.version = newest.version)
), timed AS (
  -- A change that was found late has an earlier time than the version before: it counts from that one on.
  SELECT pk, catalog, id, version, is_withdrawn, stage, amount, currency,
    max(TRY(CAST(from_iso8601_timestamp(occurred_at) AS timestamp))) OVER (PARTITION BY pk ORDER BY version) AS from_time
  FROM states
)
SELECT pk, catalog, id, version, is_withdrawn, stage, amount, currency, from_time,
  lead(from_time) OVER (PARTITION BY pk ORDER BY version) AS until_time
FROM timed
