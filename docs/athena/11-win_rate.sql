-- Of the opportunities that were closed in a month and are still closed, the share that was won.
CREATE OR REPLACE VIEW win_rate AS
SELECT catalog, CAST(date_trunc('month', entered_at) AS date) AS month,
  count_if(stage = 'Launched') AS won,
  count_if(stage = 'Closed Lost') AS lost,
  CAST(count_if(stage = 'Launched') AS double) / count(*) AS win_rate
FROM stage_stays
WHERE left_at IS NULL AND stage IN ('Launched', 'Closed Lost')
GROUP BY 1, 2
