import { Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import * as v from 'valibot';

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
  for (const arn of arns)
    Validations.of(granting).acknowledge({
      id: `AwsSolutions-IAM5[Resource::${toFindingText(Stack.of(granting).resolve(arn))}]`,
      reason: wildcardReason,
    });
}

const joined = v.object({ 'Fn::Join': v.tuple([v.literal(''), v.array(v.unknown())]) });
const attribute = v.object({ 'Fn::GetAtt': v.tuple([v.string(), v.string()]) });
const reference = v.object({ Ref: v.string() });

/** Writes an ARN of the template as cdk-nag does, such as `<Bucket.Arn>/records/*`. */
function toFindingText(arn: unknown): string {
  if (v.is(joined, arn)) return arn['Fn::Join'][1].map(toFindingText).join('');
  if (v.is(attribute, arn)) return `<${arn['Fn::GetAtt'].join('.')}>`;
  return v.is(reference, arn) ? `<${arn.Ref}>` : String(arn);
}
