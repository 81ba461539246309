import { GetFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import type { QuotaLimits } from '../../lambdas/quota/ledger.ts';
import type { Relay } from './relay.ts';

/** The settings of the deployed stack that commands need. */
export interface DeployedSettings {
  readonly catalogs: readonly string[];
  readonly limits: QuotaLimits;
  /** Whether a reminder is switched on. */
  readonly reminders: boolean;
}

const positive = v.pipe(v.string(), v.transform(Number), v.number(), v.gtValue(0));
const variables = v.object({
  CATALOGS: v.string(),
  READS_PER_SECOND: positive,
  READS_PER_DAY: positive,
  /** The release before does not have it. */
  REMINDERS: v.optional(v.string(), 'none'),
});

/** Reads the environment of `reconcile`: the local cdk.json may differ from what was deployed. */
export async function deployedSettings({
  clients,
  output,
}: Pick<Relay, 'clients' | 'output'>): Promise<DeployedSettings> {
  const FunctionName = output('ReconcileFunctionName');
  const { Environment } = await clients.lambda.send(new GetFunctionConfigurationCommand({ FunctionName }));
  const read = v.parse(variables, Environment?.Variables ?? {});
  return {
    catalogs: read.CATALOGS.split(',').map((name) => name.trim()),
    limits: { perSecond: read.READS_PER_SECOND, perDay: read.READS_PER_DAY },
    reminders: read.REMINDERS !== 'none',
  };
}
