import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { PartnerCentralRelay } from '../../lib/partner-central-relay.ts';
import { configOf, context, emptyBundles, synthesize, temporaryFolder } from './synthesized-stack.ts';

const account = '111122223333';
const folder = temporaryFolder();
const bundles = emptyBundles(folder);

/** An app with a relay for each name. Their settings divide no quota. */
function relaysIn(
  app: App,
  ...names: readonly (readonly [id: string, stackName: string, account: string])[]
) {
  return names.map(([id, stackName, ownAccount]) => {
    const env = { region: 'us-east-1', account: ownAccount };
    return new PartnerCentralRelay(app, id, { env, stackName, config: configOf({ stackName }), bundles });
  });
}

function newApp(): App {
  return new App({ context, outdir: `${folder}/${Math.random()}` });
}

function addOther(stack: Stack): void {
  const other = new Stack(App.of(stack), 'Other', { stackName: 'Relay', env: { region: 'us-east-1' } });
  expect(other.stackName).toBe('Relay');
}

describe('two relays in one account', () => {
  const [first, second] = relaysIn(newApp(), ['First', 'First', account], ['Second', 'Second', account]);
  const templates = [first, second].flatMap((stack) => (stack ? [Template.fromStack(stack).toJSON()] : []));

  it('have secrets, tables, queues and alarms of their own: nothing has a fixed name, and no output is exported', () => {
    const [one, two] = templates.map((template) => JSON.stringify(template));
    expect(one).toContain(':secret:First/endpoints/*');
    expect(two).toContain(':secret:Second/endpoints/*');
    expect(one).not.toContain('Second/');
    for (const text of [one, two])
      expect(text).not.toMatch(/"Export":|"(?:Alarm|Dashboard|ManagedPolicy|Topic)Name":"[^"]/);
  });

  it('are warned that they share the quotas of the account, with the sums', () => {
    if (!second) throw new Error('there are two stacks');
    const warnings = Annotations.fromStack(second).findWarning('*', Match.stringLikeRegexp('quotas'));
    expect(warnings.map(({ entry }) => entry.data)).toEqual([
      expect.stringContaining(
        'Second and First use the quotas of one account: together 20 reads a second, 200000 reads a day and 120 concurrent invocations. Divide what Service Quotas grants between them by relay:readsPerSecond, relay:readsPerDay and relay:concurrency.',
      ),
    ]);
  });

  it('are not warned if they are in different accounts', () => {
    const relays = relaysIn(newApp(), ['First', 'Relay', account], ['Second', 'Relay', '444455556666']);
    for (const relay of relays)
      expect(Annotations.fromStack(relay).findWarning('*', Match.stringLikeRegexp('quotas'))).toEqual([]);
  });
});

describe('a name that another stack of the app has', () => {
  it('is refused, and both stacks are named', () => {
    expect(() => synthesize({ settings: { stackName: 'Relay' }, change: addOther })).toThrow(
      'The stacks Relay and Other both have the name Relay, which an account can have once in a region. Give one of them another name by relay:stackName.',
    );
  });

  it('is not refused in another account', () => {
    const relays = relaysIn(newApp(), ['First', 'Relay', account], ['Second', 'Relay', '444455556666']);
    expect(relays.map((relay) => Template.fromStack(relay).findOutputs('*'))).toHaveLength(2);
  });
});
