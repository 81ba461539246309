import type { bundles } from '../lambdas/build.ts';
import { localCredentials, localRegion } from '../local/host/local-account.ts';

type Contracts = (typeof bundles)[number]['contract'];
/** Every variable that any function reads. The type distributes over the contracts. */
type Variable<C = Contracts> = C extends { readonly environment: infer Spec } ? keyof Spec & string : never;

/** The variables of the Lambda runtime that the SDK and Powertools read. */
const setByLambda = {
  AWS_REGION: localRegion,
  AWS_DEFAULT_REGION: localRegion,
  AWS_ACCESS_KEY_ID: localCredentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: localCredentials.secretAccessKey,
  AWS_SESSION_TOKEN: 'local',
  AWS_LAMBDA_FUNCTION_NAME: 'bench',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  LAMBDA_TASK_ROOT: '/var/task',
};

const queue = 'http://127.0.0.1:1/000000000000';

/** The variable that the stack gives to every function. */
const setByStack = { STACK_NAME: 'bench' };

const readByFunctions = {
  RECORDS_TABLE_NAME: 'records',
  WEBHOOKS_TABLE_NAME: 'webhooks',
  CONTROL_TABLE_NAME: 'control',
  QUEUE_URL: `${queue}/own`,
  PARKED_QUEUE_URL: `${queue}/parked`,
  KEPT_QUEUE_URL: `${queue}/kept`,
  FAN_OUT_QUEUE_URL: `${queue}/fan-out`,
  DELIVERY_QUEUE_URL: `${queue}/delivery`,
  ACT_QUEUE_URL: 'none',
  WRITES_PER_SECOND: '1',
  WRITES_PER_DAY: '10000',
  OPPORTUNITY_QUEUE_URL: `${queue}/opportunity`,
  INVITATION_QUEUE_URL: `${queue}/invitation`,
  ENGAGEMENT_QUEUE_URL: `${queue}/engagement`,
  WEBHOOK_NETWORK: 'public',
  ALLOWED_CIDRS: 'none',
  CA_CERTIFICATE: 'none',
  SECRET_NAME_PREFIX: 'PartnerCentralRelay/endpoints/',
  CLIENT_SECRET_NAME_PREFIX: 'PartnerCentralRelay/clients/',
  SLOTS_PER_ENDPOINT: '10',
  TIME_SCALE: '1',
  SETTLE_SECONDS: '5',
  EARLY_READ_PERCENT: '50',
  READS_PER_SECOND: '10',
  READS_PER_DAY: '100000',
  REJECTED_INVITATIONS: 'keep',
  CATALOGS: 'AWS',
  RECONCILE_MINUTES: '60',
  FULL_PASS_DAYS: '1',
  EXPIRING_DAYS: '3',
  REMINDERS: 'none',
  SILENCE_DAYS: '3',
  COMMANDS: 'AWS:opportunity.update',
  RECORDS_TABLE_ARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/records',
  EXPORT_BUCKET_NAME: 'exports',
  EXPORT_KEY_ARN: 'none',
  EXPORT_HOURS: '24',
} as const satisfies Record<Variable, string>;

/**
 * The whole environment of a function in its own process. The environment of this process is not
 * inherited.
 */
export const functionEnvironment: Readonly<Record<string, string>> = {
  ...setByLambda,
  ...setByStack,
  ...readByFunctions,
};
