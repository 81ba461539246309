import { expect, it } from 'vitest';
import { cdkCommand } from '../../../bin/pcr/cdk-command.ts';

it('a command of the CDK names its stack, except the default one', () => {
  expect(cdkCommand('deploy', 'PartnerCentralRelay')).toBe('npx cdk deploy');
  expect(cdkCommand('destroy', 'Green')).toBe('npx cdk destroy -c relay:stackName=Green');
});
