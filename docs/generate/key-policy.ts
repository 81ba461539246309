import { keyPolicyStatements } from '../../lib/key-policy.ts';

/** Renders the policy of a customer-managed key, to be copied. */
export function renderKeyPolicy(): string {
  const policy = { Version: '2012-10-17', Statement: keyPolicyStatements('<account>') };
  return `\`\`\`json\n${JSON.stringify(policy, undefined, 2)}\n\`\`\``;
}
