/** The largest supported difference between the clocks of two workers. */
export const maxClockSkewMs = 60_000;
