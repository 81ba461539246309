-- One row for each opportunity, with AWS's side of it. Opportunities that AWS withdrew are marked.
CREATE OR REPLACE VIEW deals AS
SELECT deal.catalog, deal.id, deal.title, deal.customer_name, deal.partner_id, deal.stage, deal.review_status,
  TRY_CAST(deal.due_on AS date) AS target_close_date,
  deal.amount, deal.currency, deal.owner, deal.next_steps, deal.engagement_id,
  TRY(CAST(from_iso8601_timestamp(deal.modified_at) AS timestamp)) AS modified_at,
  deal.tombstone AS is_withdrawn,
  COALESCE(deal.stage IN ('Launched', 'Closed Lost'), false) AS is_closed,
  aws_side.stage AS aws_stage, aws_side.score AS aws_score, aws_side.origin AS aws_origin,
  aws_side.account_manager AS aws_manager
FROM relay_records AS deal
LEFT JOIN relay_records AS aws_side
  ON aws_side.kind = 'aws-opportunity-summary' AND aws_side.sk = 'current'
  AND aws_side.catalog = deal.catalog AND aws_side.id = deal.id
WHERE deal.kind = 'opportunity' AND deal.sk = 'current'
