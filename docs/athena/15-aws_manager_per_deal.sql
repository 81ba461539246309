-- Who is responsible for each opportunity at AWS, and what AWS says about it.
CREATE OR REPLACE VIEW aws_manager_per_deal AS
SELECT aws_manager, catalog, id, title, customer_name, stage, aws_stage, aws_score, aws_origin, amount, currency,
  target_close_date
FROM deals WHERE aws_manager IS NOT NULL
