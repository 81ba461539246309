/**
 * Work that is younger is on time: events settle, batches fill, and doorbells come again after a
 * minute. Only the age of older work is sent as a metric, because AWS bills a metric for each hour
 * in which it is sent.
 */
export const lateWorkMs = 5 * 60_000;
