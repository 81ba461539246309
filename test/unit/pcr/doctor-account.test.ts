import { describe, expect, it } from 'vitest';
import { release, sharedQuotaFinding } from '../../../bin/pcr/doctor/account-checks.ts';
import type { FoundStack } from '../../../bin/pcr/stack.ts';
import { readRelease } from '../../../lib/release.ts';
import { checkContext } from '../../builders/check-context.ts';

function stackOf(name: string, reads?: readonly [perSecond: string, perDay: string]): FoundStack {
  const [perSecond, perDay] = reads ?? [];
  const outputs = new Map<string, string>();
  if (perSecond !== undefined) outputs.set('ReadsPerSecond', perSecond);
  if (perDay !== undefined) outputs.set('ReadsPerDay', perDay);
  return { name, outputs };
}

describe('pcr doctor: shared quota', () => {
  it('one stack may read as much as its settings say', () => {
    expect(sharedQuotaFinding([stackOf('Blue', ['50', '500000'])], 'Blue')).toMatchObject({ level: 'ok' });
  });

  it('two stacks that keep within the quota of an account are fine', () => {
    const stacks = [stackOf('Blue', ['5', '50000']), stackOf('Green', ['5', '50000'])];
    expect(sharedQuotaFinding(stacks, 'Blue')).toEqual({
      level: 'ok',
      found: 'The stacks Blue, Green together may read 10 times a second and 100000 times a day.',
    });
  });

  it.each([
    ['a second', ['6', '50000'], ['5', '50000']],
    ['a day', ['5', '50001'], ['5', '50000']],
  ] as const)('two stacks that read more %s are named, with the part of each', (_what, blue, green) => {
    expect(sharedQuotaFinding([stackOf('Blue', blue), stackOf('Green', green)], 'Green')).toMatchObject({
      level: 'warning',
      advice: expect.stringContaining(
        '`npx cdk deploy -c relay:readsPerSecond=5 -c relay:readsPerDay=50000 -c relay:stackName=Green`',
      ),
    });
  });

  it('a stack that does not say how much it reads is named', () => {
    expect(sharedQuotaFinding([stackOf('Blue', ['5', '50000']), stackOf('Old')], 'Blue')).toMatchObject({
      level: 'warning',
      found: expect.stringContaining('One is older'),
    });
  });
});

const foundFor = async (text: string) => {
  const context = checkContext();
  const output = (name: string) => (name === 'Release' ? text : context.relay.output(name));
  return release.run({ ...context, relay: { ...context.relay, output } });
};

describe('pcr doctor: release', () => {
  it('a stack that was deployed from this checkout is fine', async () => {
    expect(await foundFor(readRelease())).toMatchObject([{ level: 'ok' }]);
  });

  it('another release is named, with the command that shows what a deployment would change', async () => {
    expect(await foundFor('0.0.1+0a1b2c3d')).toMatchObject([
      {
        level: 'warning',
        found: expect.stringContaining(
          `Release 0.0.1+0a1b2c3d is deployed, and this checkout is ${readRelease()}`,
        ),
        advice: expect.stringContaining('`npx cdk diff -c relay:stackName=Stack`'),
      },
    ]);
  });

  it('names the version of the package and a digest, the same at each call', () => {
    expect(readRelease()).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{8}$/);
    expect(readRelease()).toBe(readRelease());
  });
});
