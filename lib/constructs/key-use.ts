import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Contract } from '../../lambdas/runtime/contract.ts';
import { partnerCentralRegion } from '../config.ts';

/**
 * KMS actions that the caller of a service needs if its data has a customer-managed key. Sources:
 * "DynamoDB encryption usage notes", "Amazon SQS Key management", "Secret encryption and decryption
 * in AWS Secrets Manager", and "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys".
 */
const actionsByService = {
  dynamodb: [
    'kms:Decrypt',
    'kms:DescribeKey',
    'kms:Encrypt',
    'kms:GenerateDataKey',
    'kms:GenerateDataKeyWithoutPlaintext',
    'kms:ReEncryptFrom',
    'kms:ReEncryptTo',
  ],
  s3: ['kms:Decrypt', 'kms:GenerateDataKey'],
  secretsmanager: ['kms:Decrypt'],
  sqs: ['kms:Decrypt', 'kms:GenerateDataKey'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

type EncryptedService = keyof typeof actionsByService;

/** Allows the use of the key through a service, and in no other way. */
export function allowKeyThrough(service: EncryptedService, { keyArn }: IKey): PolicyStatement {
  return new PolicyStatement({
    actions: [...actionsByService[service]],
    resources: [keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${partnerCentralRegion}.amazonaws.com` } },
  });
}

const encryptedServices = ['dynamodb', 'secretsmanager', 'sqs'] as const;

/** Allows the use of the key through the services whose actions a contract declares. */
export function allowKeyTo({ actions }: Pick<Contract, 'actions'>, key: IKey): readonly PolicyStatement[] {
  const declared = Object.values(actions).flat();
  return encryptedServices
    .filter((service) => declared.some((action) => action.startsWith(`${service}:`)))
    .map((service) => allowKeyThrough(service, key));
}
