import { Stack, Token, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/** The resources on which some actions are allowed. */
export interface GrantScope {
  /** If empty, nothing is granted: the deployment does not use this resource. */
  readonly arns: readonly string[];
  /** IAM condition: operator, key, values. @default none */
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Why an ARN contains `*`, for cdk-nag. Required if one does. @default none */
  readonly wildcardReason?: string;
}

/** Says for cdk-nag why ARNs of a scope contain `*`. */
export function acknowledgeWildcards(granting: Construct, { arns, wildcardReason }: GrantScope): void {
  if (wildcardReason === undefined) return;
  const { account } = Stack.of(granting);
  for (const arn of arns) {
    const resource = Token.isUnresolved(account) ? arn.replaceAll(account, '<AWS::AccountId>') : arn;
    Validations.of(granting).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${resource}]`,
      reason: wildcardReason,
    });
  }
}
