-- One row for each stay of an opportunity in a stage. The last stay has no end.
CREATE OR REPLACE VIEW stage_stays AS
WITH steps AS (
  SELECT catalog, id, pk, version, stage, from_time,
    lag(stage) OVER (PARTITION BY pk ORDER BY version) AS stage_before
  FROM deal_versions WHERE stage IS NOT NULL
), entries AS (
  SELECT catalog, id, stage, from_time AS entered_at,
    lead(from_time) OVER (PARTITION BY pk ORDER BY version) AS left_at
  FROM steps WHERE stage_before IS NULL OR stage_before <> stage
)
SELECT catalog, id, stage, entered_at, left_at,
  (to_unixtime(left_at) - to_unixtime(entered_at)) / 86400 AS days
FROM entries
