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
    return new PartnerCentralRelay(app, id, {
      env,
      stackName,
      config: configOf({ stackName, commands: 'opportunity.update' }),
      bundles,
    });
  });
}

let apps = 0;

function newApp(): App {
  apps += 1;
  return new App({ context, outdir: `${folder}/${apps}` });
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

  it.each([
    ['functions that send metrics', /"STACK_NAME":"(\w+)"/g],
    ['alarms that watch metrics', /\{"Name":"stack","Value":"(\w+)"\}/g],
    ['graphs that draw metrics', /"PartnerCentralRelay","\w+","stack","(\w+)"/g],
  ])('have their own %s, under the name of the stack', (_what, pattern) => {
    const names = templates.map((template) => {
      const text = JSON.stringify(template).replaceAll('\\"', '"');
      return [...new Set([...text.matchAll(pattern)].map(([, name]) => name))];
    });
    expect(names).toEqual([['First'], ['Second']]);
  });

  it('are warned once that they share the quotas of the account, with the sums of all', () => {
    const relays = relaysIn(
      newApp(),
      ...['First', 'Second', 'Third'].map((name) => [name, name, account] as const),
    );
    const warnings = relays.map((relay) =>
      Annotations.fromStack(relay)
        .findWarning('*', Match.stringLikeRegexp('quotas'))
        .map(({ entry }) => entry.data),
    );
    expect(warnings).toEqual([
      [],
      [],
      [
        expect.stringContaining(
          'First, Second, Third use the quotas of one account: together 30 reads a second, 300000 reads a day, 180 concurrent invocations, 3 writes a second and 30000 writes a day. Divide what Service Quotas grants between them by relay:readsPerSecond, relay:readsPerDay, relay:concurrency, relay:writesPerSecond and relay:writesPerDay.',
        ),
      ],
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
