/** A list price of us-east-1, without any free tier or discount. */
export interface Price {
  readonly what: string;
  readonly usd: number;
  /** Quantity that the price buys. */
  readonly per: number;
  readonly unit: string;
  /** Page with the current list price of AWS. */
  readonly list: string;
  /** Page from which the figure was taken. */
  readonly readAt: string;
  /**
   * Whether the page at `readAt` states the figure. If not, it is the commonly known price, and no
   * page that could be opened confirms it.
   */
  readonly confirmed: boolean;
}

/**
 * Day on which the pages were read. The pages may be older. The price lists of AWS contain no
 * figures without JavaScript.
 */
export const readOn = '2026-11-24 (API Gateway on 2026-12-01)';

const aws = 'https://aws.amazon.com';
const cloudwatch = {
  list: `${aws}/cloudwatch/pricing/`,
  readAt: 'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/',
  confirmed: true,
};
const dynamodb = {
  list: `${aws}/dynamodb/pricing/on-demand/`,
  readAt: 'https://airbyte.com/data-engineering-resources/dynamodb-pricing',
  confirmed: true,
};
const lambda = {
  list: `${aws}/lambda/pricing/`,
  readAt: 'https://cloudchipr.com/blog/aws-lambda-pricing',
  confirmed: true,
};
const secrets = {
  list: `${aws}/secrets-manager/pricing/`,
  readAt: 'https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms',
  confirmed: true,
};

export const prices = {
  lambdaSeconds: { what: 'Lambda, arm64', usd: 0.0000133334, per: 1, unit: 'GB-second', ...lambda },
  lambdaRequests: {
    what: 'Lambda',
    usd: 0.2,
    per: 1_000_000,
    unit: 'invocations',
    ...lambda,
    readAt:
      'https://git.mcrn.ar/mariano/lambda_local_runner/src/commit/957e45b8adae23ce50b966346229585b5df18b4d/docs/lambdas-md/lambda-13-cost.md',
  },
  writeUnits: { what: 'DynamoDB on demand', usd: 0.625, per: 1_000_000, unit: 'write units', ...dynamodb },
  readUnits: { what: 'DynamoDB on demand', usd: 0.125, per: 1_000_000, unit: 'read units', ...dynamodb },
  storage: { what: 'DynamoDB storage', usd: 0.25, per: 1, unit: 'GB-month', ...dynamodb, confirmed: false },
  backup: {
    what: 'DynamoDB point-in-time recovery',
    usd: 0.2,
    per: 1,
    unit: 'GB-month',
    ...dynamodb,
    confirmed: false,
  },
  sqsRequests: {
    what: 'SQS, standard queues',
    usd: 0.4,
    per: 1_000_000,
    unit: 'requests of 64 KB',
    list: `${aws}/sqs/pricing/`,
    readAt: 'https://cloudburn.io/blog/amazon-sqs-pricing',
    confirmed: true,
  },
  apiRequests: {
    what: 'API Gateway, HTTP API',
    usd: 1,
    per: 1_000_000,
    unit: 'requests of 512 KB',
    list: `${aws}/api-gateway/pricing/`,
    readAt:
      'https://docs.aws.amazon.com/pt_br/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html',
    confirmed: true,
  },
  secretCalls: { what: 'Secrets Manager', usd: 0.05, per: 10_000, unit: 'calls', ...secrets },
  secret: { what: 'Secrets Manager', usd: 0.4, per: 1, unit: 'secret and month', ...secrets },
  logs: { what: 'CloudWatch Logs', usd: 0.5, per: 1, unit: 'GB taken in', ...cloudwatch },
  metric: {
    what: 'CloudWatch, metrics of our own',
    usd: 0.3,
    per: 1,
    unit: 'metric and month',
    ...cloudwatch,
    readAt: 'https://signoz.io/guides/cloudwatch-pricing',
  },
  alarm: {
    what: 'CloudWatch alarms',
    usd: 0.1,
    per: 1,
    unit: 'watched metric and month',
    ...cloudwatch,
    readAt: 'https://002-workshop-application-performance-monitoring.huyanh.click/5-optimization',
  },
  dashboard: { what: 'CloudWatch', usd: 3, per: 1, unit: 'dashboard and month', ...cloudwatch },
  schedules: {
    what: 'EventBridge Scheduler',
    usd: 1,
    per: 1_000_000,
    unit: 'calls',
    list: `${aws}/eventbridge/pricing/`,
    readAt: 'https://cloudburn.io/blog/amazon-eventbridge-pricing',
    confirmed: true,
  },
  transfer: {
    what: 'Data out to the internet',
    usd: 0.09,
    per: 1,
    unit: 'GB',
    list: `${aws}/ec2/pricing/on-demand/`,
    readAt: 'https://unanswered.io/guide/aws-sqs-pricing-and-cost-optimization',
    confirmed: true,
  },
} as const satisfies Readonly<Record<string, Price>>;

/** @returns dollars */
export const priceOf = (what: keyof typeof prices, count: number): number =>
  (prices[what].usd * count) / prices[what].per;
