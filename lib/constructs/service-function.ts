import { join } from 'node:path';
import { type Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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
import type { Contract, Environment } from '../../lambdas/runtime/contract.ts';
import { type FunctionNetwork, joinNetwork } from './function-network.ts';

/** What every function of a deployment has in common. */
export interface FunctionDefaults {
  /** Folder that holds a folder per bundle. */
  readonly bundles: string;
  readonly logRetention: RetentionDays;
}

/** Where the actions of one resource of a contract are allowed. */
export interface GrantScope {
  /** None: what the deployment has chosen to do without is not granted. */
  readonly arns: readonly string[];
  /** IAM condition: operator, key, values. @default none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Why an ARN with a `*` is the narrowest one there is. Required where there is one: cdk-nag asks. @default none */
  readonly wildcardReason?: string;
}

export interface ServiceFunctionProps<C extends Contract> {
  readonly contract: C;
  readonly defaults: FunctionDefaults;
  /** Exactly what the contract reads. */
  readonly commonEnvironment: Environment<C['environment']>;
  /** One scope for every resource that the contract acts on. */
  readonly grants: { readonly [Resource in keyof C['actions']]: GrantScope };
  readonly timeout: Duration;
  /**
   * Whether it sends messages to the queue that it works from, itself or by way of another function, for as long as it takes.
   * Lambda takes that for a runaway loop and ends it after 16 rounds, unless it is told otherwise.
   * @default false Lambda ends what looks like a loop
   */
  readonly sendsToOwnQueue?: boolean;
  readonly memoryMb: number;
  /** Subnets and security groups of a VPC that it runs in. @default none: outside of any VPC */
  readonly network?: FunctionNetwork;
}

/** A function as its contract describes it: that bundle, that environment, those actions and nothing besides. */
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
    });
    this.logGroup = logGroup;
    // Without AWS's managed policy, which would let it write to the logs of every function of the account.
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const [resource, grant] of Object.entries<GrantScope>(props.grants)) {
      if (grant.arns.length === 0) continue;
      role.addToPolicy(
        new PolicyStatement({
          actions: [...(contract.actions[resource] ?? [])],
          resources: [...grant.arns],
          ...(grant.conditions && { conditions: grant.conditions }),
        }),
      );
      this.acknowledgeWildcards(grant);
    }
    const lambda = new LambdaFunction(this, 'Function', {
      code: Code.fromAsset(join(defaults.bundles, contract.name)),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: props.timeout,
      memorySize: props.memoryMb,
      environment: { ...props.commonEnvironment },
      recursiveLoop: props.sendsToOwnQueue ? RecursiveLoop.ALLOW : RecursiveLoop.TERMINATE,
      tracing: Tracing.ACTIVE,
      logGroup,
      role,
    });
    this.function = lambda;
    if (props.network) joinNetwork(lambda, role, props.network);
    this.acknowledgeFindings();
  }

  /** @param noDestinationReason where work stays that failed for good, as no event source here has a failure destination */
  addEventSource(source: IEventSource, noDestinationReason: string): void {
    this.function.addEventSource(source);
    Validations.of(this).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: noDestinationReason,
    });
  }

  private acknowledgeWildcards({ arns, wildcardReason }: GrantScope): void {
    if (wildcardReason === undefined) return;
    const { account } = Stack.of(this);
    for (const arn of arns) {
      const shown = Token.isUnresolved(account) ? arn.replaceAll(account, '<AWS::AccountId>') : arn;
      Validations.of(this).acknowledge({
        id: `AwsSolutions-IAM5[Resource::${shown}]`,
        reason: wildcardReason,
      });
    }
  }

  private acknowledgeFindings(): void {
    Validations.of(this).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason:
        'xray:PutTraceSegments and xray:PutTelemetryRecords know no resource, nor do the network interfaces that Lambda makes for a function in a VPC; tracing and such a function need them',
    });
    Validations.of(this).acknowledge({
      id: 'Serverless-LambdaDLQ',
      reason:
        'Queues and streams call this function synchronously and keep what failed; the sweep, which a schedule calls, does again what its last run left',
    });
  }
}
