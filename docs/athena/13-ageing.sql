-- How long each open opportunity has been in its stage, unchanged, and past its target close date.
CREATE OR REPLACE VIEW ageing AS
SELECT deals.catalog, deals.id, deals.title, deals.stage, deals.amount, deals.currency, deals.owner,
  (to_unixtime(as_of) - to_unixtime(entered_at)) / 86400 AS days_in_stage,
  (to_unixtime(as_of) - to_unixtime(modified_at)) / 86400 AS days_unchanged,
  CASE WHEN target_close_date < CAST(as_of AS date)
    THEN date_diff('day', target_close_date, CAST(as_of AS date)) ELSE 0 END AS days_overdue
FROM deals
CROSS JOIN relay_as_of
LEFT JOIN stage_stays
  ON stage_stays.catalog = deals.catalog AND stage_stays.id = deals.id AND left_at IS NULL
WHERE NOT is_closed AND NOT is_withdrawn
