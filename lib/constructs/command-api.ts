import { RemovalPolicy, Stack, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import {
  FilterPattern,
  type ILogGroup,
  LogGroup,
  MetricFilter,
  type RetentionDays,
} from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { metricDimension, metricNamespace } from '../../lambdas/runtime/contract.ts';

export interface CommandApiProps {
  readonly handler: IFunction;
  /** Who verifies signatures: AWS those of IAM, or the function those of clients. */
  readonly signedFor: 'iam' | 'function';
  readonly logRetention: RetentionDays;
  /** @default keys of AWS */
  readonly key?: IKey | undefined;
}

/** Partner Central takes one write a second, so more requests only wait longer. */
const throttle = { rateLimit: 10, burstLimit: 20 };

/** What is known of a caller before the function runs: its ARN or its address. */
const callers = { iam: '$context.identity.userArn', function: '$context.identity.sourceIp' };

/** Count of the requests that both doors have failed to answer. */
export const failedRequestsMetric = 'RequestsFailed';

/** Members of a log line: caller, route and answer. No body, and no key of a command. */
function logFormat(stackName: string, caller: string): AccessLogFormat {
  const logged = {
    [metricDimension]: stackName,
    requestId: '$context.requestId',
    time: '$context.requestTime',
    route: '$context.routeKey',
    status: '$context.status',
    caller,
    latencyMs: '$context.responseLatency',
    error: '$context.error.message',
    integrationError: '$context.integration.error',
  };
  const members = Object.entries(logged).map(([name, value]) => `"${name}":"${value}"`);
  return AccessLogFormat.custom(`{${members.join(',')}}`);
}

/** An HTTP API for commands. */
export class CommandApi extends Construct {
  /** `https://…`, without a slash at its end. */
  readonly url: string;
  readonly logGroup: ILogGroup;

  constructor(scope: Construct, id: string, props: CommandApiProps) {
    super(scope, id);
    const { handler, signedFor, logRetention, key } = props;
    const isOfIam = signedFor === 'iam';
    const api = new HttpApi(this, 'Api', {
      apiName: `${Stack.of(this).stackName} ${isOfIam ? 'commands' : 'signed commands'}`,
      createDefaultStage: false,
      ...(isOfIam && { defaultAuthorizer: new HttpIamAuthorizer() }),
    });
    if (!isOfIam)
      Validations.of(this).acknowledge({
        id: 'AwsSolutions-APIG4',
        reason: 'The function verifies the signature of each request before it does anything else',
      });
    const integration = new HttpLambdaIntegration('Commands', handler);
    api.addRoutes({ path: '/commands', methods: [HttpMethod.POST], integration });
    // The key may have slashes.
    api.addRoutes({ path: '/commands/{key+}', methods: [HttpMethod.GET], integration });
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: logRetention,
      removalPolicy: RemovalPolicy.DESTROY,
      ...(key && { encryptionKey: key }),
    });
    new HttpStage(this, 'Stage', {
      httpApi: api,
      stageName: '$default',
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.logGroup),
        format: logFormat(Stack.of(this).stackName, callers[signedFor]),
      },
    });
    this.addFailedRequests();
    this.url = api.apiEndpoint;
  }

  /**
   * Counts the requests that the API answers with 500: the function has thrown an error, ran out of
   * time or memory, did not start, or may not be called. The functions answer no 500 themselves.
   * Both doors add to one metric: the alarm on it costs the same with one door and with two.
   */
  private addFailedRequests(): void {
    new MetricFilter(this, 'FailedRequests', {
      logGroup: this.logGroup,
      filterPattern: FilterPattern.stringValue('$.status', '=', '500'),
      metricNamespace,
      metricName: failedRequestsMetric,
      metricValue: '1',
      dimensions: { [metricDimension]: `$.${metricDimension}` },
    });
  }
}
