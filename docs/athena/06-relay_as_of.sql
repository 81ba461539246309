-- Until when the data is known to be true: the newest read of a record.
CREATE OR REPLACE VIEW relay_as_of AS
SELECT max(TRY(CAST(from_iso8601_timestamp(read_at) AS timestamp))) AS as_of
FROM relay_records WHERE sk = 'current'
