/** What AWS grants. */
export const awsQuota = { perSecond: 10, perDay: 100_000 };

/** The defaults of a deployment that the local stage differs in. */
export const deployedSettings = {
  settleSeconds: 5,
  earlyReadPercent: 50,
  readsPerSecond: awsQuota.perSecond,
  readsPerDay: awsQuota.perDay,
};
