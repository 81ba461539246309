-- Why opportunities are lost, and the expected monthly spend that goes with them.
CREATE OR REPLACE VIEW loss_reasons AS
SELECT catalog, COALESCE(json_extract_scalar(payload, '$.LifeCycle.M.ClosedLostReason.S'), 'unknown') AS reason,
  currency, count(*) AS deals, sum(amount) AS amount
FROM relay_records
WHERE kind = 'opportunity' AND sk = 'current' AND stage = 'Closed Lost'
GROUP BY 1, 2, 3
