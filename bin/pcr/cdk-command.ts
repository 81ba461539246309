import { defaultStackName } from '../../lib/stack-name.ts';

/**
 * A command of the CDK for this stack: without the setting it would be for the default stack.
 * @param command e.g. `deploy --revert-drift`
 */
export function cdkCommand(command: string, stackName: string): string {
  const setting = stackName === defaultStackName ? '' : ` -c relay:stackName=${stackName}`;
  return `npx cdk ${command}${setting}`;
}
