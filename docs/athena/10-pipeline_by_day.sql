-- The open opportunities at the end of each of the last 400 days (UTC), by stage and currency. An
-- amount that decimal(18, 2) cannot hold, or that is no number, is in no sum and counted apart.
CREATE OR REPLACE VIEW pipeline_by_day AS
WITH days AS (
  SELECT day FROM relay_as_of
  CROSS JOIN UNNEST(sequence(date_add('day', -399, CAST(as_of AS date)), CAST(as_of AS date))) AS t (day)
)
SELECT day, catalog, stage, currency, count(*) AS deals, sum(amount) AS amount,
  count(*) - count(amount) AS deals_without_amount
FROM days
JOIN deal_versions
  ON from_time < CAST(date_add('day', 1, day) AS timestamp)
  AND (until_time IS NULL OR until_time >= CAST(date_add('day', 1, day) AS timestamp))
WHERE stage NOT IN ('Launched', 'Closed Lost') AND NOT is_withdrawn
GROUP BY day, catalog, stage, currency
