import { join } from 'node:path';
import { type Duration, RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Architecture,
  Code,
  type IEventSource,
  type IFunction,
  Function as LambdaFunction,
  RecursiveLoop,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { type ILogGroup, LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import {
  type Contract,
  type Environment,
  partitionsFor,
  type sharedEnvironment,
} from '../../lambdas/runtime/contract.ts';
import { acknowledgeFindings } from './function-findings.ts';
import { type FunctionNetwork, joinNetwork } from './function-network.ts';
import { acknowledgeWildcards, type GrantScope } from './grant-scope.ts';
import { allowKeyTo } from './key-use.ts';

/** Props that every function of a deployment shares. */
export interface FunctionDefaults {
  /** Folder that holds one folder per bundle. */
  readonly bundles: string;
  readonly logRetention: RetentionDays;
  /** Of logs, tables, queues and secrets. @default keys of AWS */
  readonly key?: IKey | undefined;
  /** Whether X-Ray traces every invocation. */
  readonly tracing: boolean;
}

export interface ServiceFunctionProps<C extends Contract> {
  readonly contract: C;
  readonly defaults: FunctionDefaults;
  /** Exactly the variables that the contract declares. */
  readonly commonEnvironment: Environment<C['environment']>;
  /** One scope for each resource in the contract. */
  readonly grants: { readonly [Resource in keyof C['actions']]: GrantScope };
  readonly timeout: Duration;
  /**
   * Whether it sends messages to its own queue, directly or through another function. Unless
   * allowed, Lambda stops such a loop after 16 rounds.
   * @default false Lambda stops loops
   */
  readonly sendsToOwnQueue?: boolean;
  readonly memoryMb: number;
  /** @default none: the function runs outside any VPC */
  readonly network?: FunctionNetwork;
}

/**
 * A Lambda function with exactly the bundle, environment and actions that its contract declares.
 */
export class ServiceFunction<C extends Contract> extends Construct {
  readonly contract: C;
  readonly function: IFunction;
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<C>) {
    super(scope, id);
    const { contract, defaults } = props;
    this.contract = contract;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: defaults.logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(defaults.key && { encryptionKey: defaults.key }),
    });
    this.logGroup = logGroup;
    // AWS's managed policy is not used: it allows writing to the logs of every function.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const [resource, grant] of Object.entries<GrantScope>(props.grants)) {
      if (grant.arns.length === 0) continue;
      for (const { actions, partitions } of grantedRows(contract, resource))
        role.addToPolicy(
          new PolicyStatement({
            actions: [...actions],
            resources: [...grant.arns],
            conditions: { ...grant.conditions, ...rowConditions(partitions) },
          }),
        );
      acknowledgeWildcards(this, grant);
    }
    const keyUses = defaults.key ? allowKeyTo(contract, defaults.key) : [];
    for (const statement of keyUses) role.addToPolicy(statement);
    const sharedVariables: Environment<typeof sharedEnvironment> = {
      STACK_NAME: Stack.of(this).stackName,
    };
    const lambda = new LambdaFunction(this, 'Function', {
      code: Code.fromAsset(join(defaults.bundles, contract.name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memoryMb,
      environment: { ...props.commonEnvironment, ...sharedVariables },
      recursiveLoop: props.sendsToOwnQueue ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      tracing: defaults.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      logGroup,
      role,
    });
    this.function = lambda;
    if (props.network) joinNetwork(lambda, role, props.network);
    acknowledgeFindings(this, defaults.tracing);
  }

  /** @param noDestinationReason for cdk-nag: why the event source has no failure destination */
  addEventSource(source: IEventSource, noDestinationReason: string): void {
    this.function.addEventSource(source);
    Validations.of(this).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: noDestinationReason,
    });
  }
}

/** The actions on a resource, by the partitions in which they are allowed. */
function grantedRows(contract: Contract, resource: string) {
  const allowed = contract.actions[resource] ?? [];
  const rowsOf = (action: string) => partitionsFor(contract.partitions?.[resource], action);
  return [...new Set(allowed.map(rowsOf))].map((partitions) => ({
    actions: allowed.filter((action) => rowsOf(action) === partitions),
    partitions,
  }));
}

/** Restricts actions on a table to the rows of these partitions. DynamoDB checks every item. */
function rowConditions(partitions: readonly string[] | undefined) {
  return partitions && { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } };
}
