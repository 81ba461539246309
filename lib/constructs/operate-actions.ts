/** What `pcr` calls, by resource. */
export const operateActions = {
  records: [
    'dynamodb:BatchGetItem',
    'dynamodb:DeleteItem',
    'dynamodb:DescribeTable',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
  ],
  recordIndexes: ['dynamodb:Query'],
  webhooks: [
    'dynamodb:BatchGetItem',
    'dynamodb:DeleteItem',
    'dynamodb:DescribeTable',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:Scan',
    'dynamodb:UpdateItem',
  ],
  webhookIndexes: ['dynamodb:Query'],
  control: [
    'dynamodb:DescribeTable',
    'dynamodb:GetItem',
    'dynamodb:PutItem',
    'dynamodb:Query',
    'dynamodb:Scan',
  ],
  workQueues: ['sqs:GetQueueAttributes', 'sqs:SendMessage'],
  parkedQueues: [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:ReceiveMessage',
  ],
  secrets: [
    'secretsmanager:CreateSecret',
    'secretsmanager:DeleteSecret',
    'secretsmanager:GetSecretValue',
    'secretsmanager:ListSecretVersionIds',
    'secretsmanager:PutSecretValue',
    'secretsmanager:RestoreSecret',
    'secretsmanager:UpdateSecretVersionStage',
  ],
  /** What the stack enables; and the switch of commands. Only if it has commands. */
  commands: ['lambda:GetFunctionConfiguration'],
  commandSwitch: ['dynamodb:UpdateItem'],
  reconcile: ['lambda:GetFunctionConfiguration', 'lambda:InvokeFunction'],
  logs: ['logs:FilterLogEvents'],
  lists: ['partnercentral:ListOpportunities'],
  /**
   * They describe resources, and write and invoke nothing. Some support no resource. The others are
   * not named, because a managed policy has at most 6,144 characters.
   */
  account: [
    'cloudformation:DescribeStacks',
    'cloudformation:ListStackResources',
    'cloudwatch:DescribeAlarms',
    'cloudwatch:GetMetricData',
    'events:DescribeRule',
    'events:ListRuleNamesByTarget',
    'lambda:GetAccountSettings',
    'lambda:GetEventSourceMapping',
    'scheduler:GetSchedule',
    'secretsmanager:ListSecrets',
    'sns:ListSubscriptionsByTopic',
    'sts:GetCallerIdentity',
  ],
} as const;
