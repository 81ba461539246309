import {
  type CloudFormationClient,
  DescribeStacksCommand,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import { errorName } from '../../lambdas/core/service-error.ts';
import { UsageError } from './errors.ts';

/** The options of every command that choose the stack and the credentials. */
export interface StackChoice {
  readonly stack?: string | undefined;
  readonly profile?: string | undefined;
}

export interface FoundStack {
  readonly name: string;
  readonly outputs: ReadonlyMap<string, string>;
}

/** What no other stack is likely to have together. */
const marks = ['RecordsTableName', 'WebhooksTableName', 'EndpointSecretNamePrefix'];

/**
 * The one stack of this project in the region, or the one of that name.
 * @throws UsageError where there is none, or several and no name
 */
export async function findStack(client: CloudFormationClient, name: string | undefined): Promise<FoundStack> {
  if (name !== undefined) return namedStack(client, name);
  const found: FoundStack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
    found.push(...Stacks.map(foundOf).filter(isOurs));
  const [first, ...others] = found;
  if (!first)
    throw new UsageError(
      'stack: none of this account in us-east-1 is a Partner Central Relay. Deploy it with `npx cdk deploy`, or use the credentials of its account (--profile).',
    );
  if (others.length > 0)
    throw new UsageError(
      `--stack: not given, and there are several; allowed: ${found.map((each) => each.name).join(', ')}`,
    );
  return first;
}

async function namedStack(client: CloudFormationClient, name: string): Promise<FoundStack> {
  const [asked] = await Promise.allSettled([client.send(new DescribeStacksCommand({ StackName: name }))]);
  // That is how CloudFormation says that there is none of this name.
  if (asked.status === 'rejected' && errorName(asked.reason) !== 'ValidationError') throw asked.reason;
  const [stack] = asked.status === 'fulfilled' ? (asked.value.Stacks ?? []) : [];
  if (!stack)
    throw new UsageError(
      `--stack ${name}: there is none in us-east-1; allowed: the name of one that is there`,
    );
  const found = foundOf(stack);
  if (isOurs(found)) return found;
  throw new UsageError(
    `--stack ${name}: it is no Partner Central Relay; allowed: one with outputs such as ${marks[0]}`,
  );
}

function foundOf({ StackName = '', Outputs = [] }: Stack): FoundStack {
  const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const);
  return { name: StackName, outputs: new Map(outputs) };
}

function isOurs({ outputs }: FoundStack): boolean {
  return marks.every((mark) => outputs.has(mark));
}
