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

/** Outputs that together identify a stack of this project. */
const identifyingOutputs = ['RecordsTableName', 'WebhooksTableName', 'EndpointSecretNamePrefix'];

/**
 * Finds the stack with this name, or the only stack of this project in the region.
 * @throws UsageError if there is none, or several and no name is given
 */
export async function findStack(client: CloudFormationClient, name: string | undefined): Promise<FoundStack> {
  if (name !== undefined) return namedStack(client, name);
  const found = await findStacks(client);
  const [first, ...others] = found;
  if (!first)
    throw new UsageError(
      'stack: this account has no Partner Central Relay in us-east-1. Deploy it with `npx cdk deploy`, or use the credentials of its account (--profile).',
    );
  if (others.length > 0)
    throw new UsageError(
      `--stack: not given, but there are several; allowed: ${found.map((each) => each.name).join(', ')}`,
    );
  return first;
}

/** Finds every stack of this project in the region. */
export async function findStacks(client: CloudFormationClient): Promise<readonly FoundStack[]> {
  const found: FoundStack[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client }, {}))
    found.push(...Stacks.map(foundOf).filter(isOurs));
  return found;
}

async function namedStack(client: CloudFormationClient, name: string): Promise<FoundStack> {
  const [answer] = await Promise.allSettled([client.send(new DescribeStacksCommand({ StackName: name }))]);
  // CloudFormation answers ValidationError if no stack has this name.
  if (answer.status === 'rejected' && errorName(answer.reason) !== 'ValidationError') throw answer.reason;
  const [stack] = answer.status === 'fulfilled' ? (answer.value.Stacks ?? []) : [];
  if (!stack)
    throw new UsageError(
      `--stack ${name}: it does not exist in us-east-1; allowed: the name of an existing stack`,
    );
  const found = foundOf(stack);
  if (isOurs(found)) return found;
  throw new UsageError(
    `--stack ${name}: it is not a Partner Central Relay; allowed: a stack with outputs such as ${identifyingOutputs[0]}`,
  );
}

function foundOf({ StackName = '', Outputs = [] }: Stack): FoundStack {
  const outputs = Outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue] as const);
  return { name: StackName, outputs: new Map(outputs) };
}

function isOurs({ outputs }: FoundStack): boolean {
  return identifyingOutputs.every((name) => outputs.has(name));
}
