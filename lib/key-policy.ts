import { partnerCentralRegion } from './config.ts';

interface KeyPolicyStatement {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: Readonly<Record<string, string>>;
  readonly Action: string | readonly string[];
  /** The key itself. */
  readonly Resource: '*';
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/**
 * The policy that the key of `relay:kmsKeyArn` needs. A stack cannot change the policy of a key
 * that it did not create.
 *
 * AWS documents no condition on the source for EventBridge and CloudWatch at encrypted queues and
 * topics. The policies of queues and topics restrict both to rules and alarms of this account.
 * - https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
 * - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
export function keyPolicyStatements(account: string): readonly KeyPolicyStatement[] {
  const statement = { Effect: 'Allow', Resource: '*' } as const;
  return [
    {
      ...statement,
      Sid: 'PoliciesOfThisAccountDecide',
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: 'kms:*',
    },
    {
      ...statement,
      Sid: 'EventsToQueues',
      Principal: { Service: 'events.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
    },
    {
      ...statement,
      Sid: 'AlarmsToTopics',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
    },
    {
      ...statement,
      Sid: 'Logs',
      Principal: { Service: `logs.${partnerCentralRegion}.amazonaws.com` },
      Action: ['kms:Decrypt*', 'kms:Describe*', 'kms:Encrypt*', 'kms:GenerateDataKey*', 'kms:ReEncrypt*'],
      Condition: {
        ArnLike: {
          'kms:EncryptionContext:aws:logs:arn': `arn:aws:logs:${partnerCentralRegion}:${account}:log-group:*`,
        },
      },
    },
  ];
}
