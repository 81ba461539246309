import { PartnerCentralSellingClient } from '@aws-sdk/client-partnercentral-selling';
import { onEachAttempt, signedAttempts, withoutReplaced } from './signed-attempts.ts';

/**
 * One attempt per call: throttling is per account, so the SDK's quick retries would fail too and
 * only spend quota. The queue retries with a longer delay.
 */
export function sellingApiClient(): PartnerCentralSellingClient {
  const client = withoutReplaced(
    new PartnerCentralSellingClient({
      region: 'us-east-1',
      maxAttempts: 1,
      // AWS asks integrations to identify themselves.
      customUserAgent: [['partner-central-relay', '0.1.0']],
    }),
  );
  client.middlewareStack.addRelativeTo(
    signedAttempts(client.config, 'partnercentral-selling'),
    onEachAttempt,
  );
  return client;
}
