import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Relay } from './relay.ts';

/** Account and ARN of the credentials that are in use. */
export async function callerOf({
  clientSettings,
}: Pick<Relay, 'clientSettings'>): Promise<{ readonly account: string; readonly arn: string }> {
  const { Account = '', Arn = '' } = await new STSClient(clientSettings).send(
    new GetCallerIdentityCommand({}),
  );
  return { account: Account, arn: Arn };
}
