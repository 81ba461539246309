-- The engagement invitations of each month, and the share of the answered or expired ones that was
-- accepted.
CREATE OR REPLACE VIEW acceptance AS
SELECT catalog, month, count(*) AS invitations,
  count_if(status = 'ACCEPTED') AS accepted,
  count_if(status = 'REJECTED') AS rejected,
  count_if(status = 'EXPIRED') AS expired,
  count_if(status = 'PENDING') AS pending,
  CAST(count_if(status = 'ACCEPTED') AS double)
    / NULLIF(count_if(status IN ('ACCEPTED', 'REJECTED', 'EXPIRED')), 0) AS acceptance_rate
FROM (
  SELECT catalog, status,
    CAST(date_trunc('month', TRY(CAST(from_iso8601_timestamp(
      json_extract_scalar(payload, '$.InvitationDate.S')) AS timestamp))) AS date) AS month
  FROM relay_records WHERE kind = 'engagement-invitation' AND sk = 'current'
) AS invitations
GROUP BY 1, 2
