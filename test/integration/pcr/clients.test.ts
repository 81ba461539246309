import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import type { Relay } from '../../../bin/pcr/relay.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { epochMsOf } from '../../../lambdas/core/instant.ts';
import { signingClient } from '../../builders/clients.ts';
import { useDynamoDb } from '../../conformance/dynamodb-under-test.ts';
import { type Circumstances, type RunResult, runWith } from '../../fakes/recorded-io.ts';
import { useSecretsManager } from '../host/secrets/use-secrets-manager.ts';
import { sendAsClient } from './client-commands.ts';
import { operatedRelay } from './operated-relay.ts';

// cspell:ignore updat nevr aproval alwyas
const engine = useDynamoDb('dynoxide');
const secretsManager = useSecretsManager();
const folder = mkdtempSync(join(tmpdir(), 'pcr-'));
afterAll(() => rmSync(folder, { recursive: true }));

const add = ['add', '--id', 'crm', '--action', 'opportunity.update', '--catalog', 'AWS'] as const;
const clock = { nowMs: () => epochMsOf('2026-03-01T10:00:05.000Z'), sleep: async () => undefined };

let relay: Relay;
beforeEach(async () => {
  ({ relay } = await operatedRelay(engine, secretsManager()));
});

const pcr = (args: readonly string[], circumstances: Circumstances = {}): Promise<RunResult> =>
  runWith(['clients', ...args], { relay, clock, ...circumstances });
const done = async (args: readonly string[], circumstances: Circumstances = {}): Promise<string> => {
  const { code, out, err } = await pcr(args, circumstances);
  expect({ code, err: code === 0 ? '' : err }).toEqual({ code: 0, err: '' });
  return out;
};
const json = async (...args: readonly string[]) => JSON.parse(await done([...args, '--json']));
const secretIdOf = (id: string) => `${relay.output('ClientSecretNamePrefix')}${id}`;
/** The secrets that a request of the client may be signed with. */
const valid = async (clientId = 'crm') =>
  (await relay.readSecrets({ clientId, secretId: secretIdOf(clientId) })).secrets;
const printedSecret = (out: string) => /(whsec_\S+)/.exec(out)?.[1];
const find = (id = 'crm') => relay.commandClients.find(id);

/** A stack that has also these outputs. */
const withUrls = (names: readonly string[]) => {
  const outputs = new Map([...relay.outputs, ...names.map((name) => [name, `https://${name}`] as const)]);
  return { relay: { ...relay, outputs } };
};

const spoil = async (id: string) => {
  const Item = toAttributes({ pk: 'client', sk: id, id, actions: ['opportunity.update'], never: 'x' });
  await engine.client().send(new PutItemCommand({ TableName: relay.output('WebhooksTableName'), Item }));
};

const apply = async (text: string, args: readonly string[] = [], circumstances: Circumstances = {}) => {
  const path = join(folder, 'relay.yaml');
  writeFileSync(path, text);
  return runWith(['endpoints', 'apply', '-f', path, ...args], { relay, clock, ...circumstances });
};
const stored = async () => (await relay.commandClients.all()).clients;

describe('pcr clients add', () => {
  test('stores the client with defaults and prints its secret, only once', async () => {
    const out = await done(add);
    expect(await valid()).toEqual([printedSecret(out)]);
    expect(await find()).toEqual(signingClient({ actions: ['opportunity.update'], catalogs: ['AWS'] }));
    for (const args of [['show', 'crm'], ['list'], ['update', 'crm', '--approval', 'always']]) {
      expect(await done(args)).not.toContain('whsec_');
      expect(JSON.stringify(await json(...args))).not.toContain('whsec_');
    }
  });

  test('says which setting is missing before the client can send anything', async () => {
    expect((await pcr(add)).err).toContain('the setting relay:commands');
    const withDoor = withUrls(['CommandsUrl', 'SignedCommandsUrl']);
    const addErp = add.map((arg) => (arg === 'crm' ? 'erp' : arg));
    const addShop = add.map((arg) => (arg === 'crm' ? 'shop' : arg));
    expect((await pcr(addErp, withUrls(['CommandsUrl']))).err).toContain('set relay:signedCommands');
    expect((await pcr(addShop, withDoor)).err).not.toContain('relay:');
    expect(await done(['show', 'shop'])).toContain('none: set relay:signedCommands');
    expect(await done(['show', 'shop'], withDoor)).toContain('https://SignedCommandsUrl');
  });

  test('stores every option', async () => {
    const options = ['--action', 'invitation.accept', '--catalog', 'Sandbox', '--writable', '/LifeCycle'];
    const more = ['--never', '/LifeCycle/Stage', '--never', '/Customer', '--requests-per-minute', '5'];
    const approval = ['--approval', 'invitation.accept', '--description', 'The CRM of Example Corp'];
    await done([...add, ...options, ...more, ...approval]);
    expect(await find()).toEqual({
      id: 'crm',
      description: 'The CRM of Example Corp',
      disabled: false,
      actions: ['opportunity.update', 'invitation.accept'],
      catalogs: ['AWS', 'Sandbox'],
      writable: ['/LifeCycle'],
      never: ['/LifeCycle/Stage', '/Customer'],
      requestsPerMinute: 5,
      approval: ['invitation.accept'],
    });
  });

  test('names every invalid field with what is allowed, exits with 2 and stores nothing', async () => {
    const { code, err } = await pcr([
      'add',
      '--id',
      'CRM',
      '--action',
      'opportunity.updat',
      '--never',
      'Customer',
      '--requests-per-minute',
      'many',
      '--approval',
      'sometimes',
    ]);
    expect(code).toBe(2);
    expect(err).toContain('id: "CRM"; allowed: 1 to 40 of a-z, 0-9 and -, beginning with a letter');
    expect(err).toContain('actions[0]: "opportunity.updat"; allowed: one of engagement.update_context');
    expect(err).toContain('Did you mean opportunity.update?');
    expect(err).toContain(
      'catalogs: nothing, --catalog is missing; allowed: a list of at least one, each one of AWS, Sandbox',
    );
    expect(err).toContain('never[0]: "Customer"; allowed: a JSON Pointer into the record');
    expect(err).toContain('requestsPerMinute: "many"; allowed: a whole number from 1 to 600');
    expect(err).toContain('approval: "sometimes"; allowed: one of never, always, alone; or a list');
    expect(await relay.commandClients.all()).toEqual({ clients: [], unreadable: [] });
    expect(await relay.secrets.listNames(secretIdOf(''))).toEqual([]);
  });

  test('changes nothing if the id exists', async () => {
    await done(add);
    const before = await valid();
    const { code, err } = await pcr([...add, '--approval', 'always']);
    expect(code).toBe(2);
    expect(err).toBe('error: --id crm: it exists already; change it with `pcr clients update`');
    expect(await find()).toMatchObject({ approval: 'never' });
    expect(await valid()).toEqual(before);
  });

  test('says how to start again only if the client can be what an interruption left', async () => {
    await done(add);
    const started = /If `pcr clients add` was interrupted, remove it and add it again$/;
    await relay.commandClients.setDisabled('crm', true);
    expect((await pcr(add)).err).toContain('it exists already and is disabled; see `pcr doctor`');
    await relay.commandClients.setDisabled('crm', false);
    await relay.secrets.remove(secretIdOf('crm'));
    const { err } = await pcr(add);
    expect(err).toContain('it exists already and has no secret');
    expect(err).toMatch(started);
    await spoil('crm');
    expect((await pcr(add)).err).toContain('it exists already and cannot be read');
  });

  test('says that requests are accepted within ten seconds, if the stack has the signed door', async () => {
    const soon = 'Added crm. Its requests are accepted within ten seconds.';
    expect(await done(add, withUrls(['CommandsUrl', 'SignedCommandsUrl']))).toContain(soon);
    await done(['remove', 'crm', '--yes']);
    expect(await done(add)).toMatch(/^Added crm\.$/m);
  });

  test('takes never and always alone, and refuses anything else with all that is allowed', async () => {
    for (const given of [['sometimes'], ['never', 'opportunity.update']]) {
      const { code, err } = await pcr([...add, ...given.flatMap((each) => ['--approval', each])]);
      expect(code).toBe(2);
      expect(err).toContain('allowed: one of never, always, alone; or a list of at least one action');
    }
    expect((await pcr([...add, '--approval', 'alwyas'])).err).toContain('(Did you mean always?)');
  });

  test('warns about pointers, actions and approvals that have no effect, and stores them', async () => {
    const pointers = ['--never', '/Lifecycle/Stage', '--writable', '/Project'];
    const options = [...pointers, '--approval', 'opportunity.create', '--action', 'opportunity.assign'];
    const { code, out, err } = await pcr([...add, ...options, '--json']);
    const warnings = [
      'client crm never[0]: "/Lifecycle/Stage" matches no member of a record that this release knows; did you mean /LifeCycle/Stage?',
      expect.stringContaining('client crm approval[0]: "opportunity.create" is not one of its actions'),
      expect.stringContaining('leave nothing that this release knows for opportunity.assign to change'),
    ];
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ client: { never: ['/Lifecycle/Stage'] }, warnings });
    expect(err).toContain('warning: client crm never[0]: "/Lifecycle/Stage"');
    const update = ['update', 'crm', '--approval', 'never', '--action', 'opportunity.update'];
    expect(await json(...update)).toMatchObject({ warnings: [warnings[0]] });
    expect((await find())?.never).toEqual(['/Lifecycle/Stage']);
  });

  test('takes a given secret and does not print it, and refuses one with a key for v1a', async () => {
    const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const path = join(folder, 'secret');
    writeFileSync(path, `${secret} whsk_${Buffer.alloc(32, 7).toString('base64')}`);
    const refused = await pcr([...add, '--secret-file', path]);
    expect(refused).toMatchObject({ code: 2, err: expect.stringContaining('it has several keys; allowed') });
    expect(refused.err).not.toContain(secret);
    expect(await find()).toBeUndefined();
    writeFileSync(path, secret);
    expect(await done([...add, '--secret-file', path])).not.toContain(secret);
    expect(await valid()).toEqual([secret]);
  });

  test('replaces the secret that a removed client left: the old one is never valid again', async () => {
    const left = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    await relay.secrets.create(secretIdOf('crm'), [left]);
    const secrets: Relay['secrets'] = {
      ...relay.secrets,
      create: async (...args) => {
        // What the door sees until the secret is replaced.
        expect(await find()).toMatchObject({ disabled: true });
        return relay.secrets.create(...args);
      },
    };
    const out = await done(add, { relay: { ...relay, secrets } });
    expect(await valid()).toEqual([printedSecret(out)]);
    expect(printedSecret(out)).not.toBe(left);
    expect(await find()).toMatchObject({ disabled: false });
  });

  test('leaves no client if the secret cannot be created', async () => {
    const secrets: Relay['secrets'] = {
      ...relay.secrets,
      create: () => Promise.reject(new Error('no access')),
    };
    const { code } = await pcr(add, { relay: { ...relay, secrets } });
    expect(code).toBe(1);
    expect(await find()).toBeUndefined();
  });

  test('prints no secret into a pipe, and says how to read it', async () => {
    const { out, err } = await pcr(add, { isOutputTerminal: false });
    expect(out + err).not.toContain('whsec_');
    expect(err).toContain(`aws secretsmanager get-secret-value --secret-id '${secretIdOf('crm')}'`);
  });

  test('writes the secret to a new file that only the user can read', async () => {
    const path = join(folder, 'created.json');
    const { out, err } = await pcr([...add, '--secrets-file', path], { isOutputTerminal: false });
    expect(out + err).not.toContain('whsec_');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
      crm: { secretId: secretIdOf('crm'), secret: (await valid())[0] },
    });
  });
});

describe('pcr clients list and show', () => {
  test('print what a client may do, and say if there is none', async () => {
    expect((await pcr(['list'])).err).toContain('No clients yet: add one with `pcr clients add`.');
    await done([...add, '--never', '/Customer']);
    expect(await done(['list'])).toMatch(
      /crm +opportunity\.update +AWS +everything +\/Customer +never +enabled/,
    );
    expect(await json('list')).toEqual([
      {
        id: 'crm',
        actions: ['opportunity.update'],
        catalogs: ['AWS'],
        writable: [''],
        never: ['/Customer'],
        requestsPerMinute: 60,
        approval: 'never',
        disabled: false,
      },
    ]);
  });

  test('name the existing clients if the id does not exist', async () => {
    await done(add);
    for (const args of [
      ['show'],
      ['update', '--approval', 'never'],
      ['remove'],
      ['rotate-secret'],
      ['enable'],
    ]) {
      const [command = '', ...rest] = args;
      const { code, err } = await pcr([command, 'erp', ...rest]);
      expect({ command, code, err }).toEqual({
        command,
        code: 2,
        err: expect.stringContaining('client erp: it does not exist; allowed: crm'),
      });
    }
  });

  test('name an unreadable client, which update repairs and remove removes', async () => {
    await spoil('old');
    const listed = await pcr(['list']);
    expect(listed.out).toMatch(/old +.*unreadable/);
    expect(listed.err).toContain('warning: old cannot be read, and its requests are refused');
    expect((await pcr(['show', 'old'])).err).toContain('Client old cannot be read: ');
    await done(['update', 'old', '--action', 'opportunity.update', '--catalog', 'AWS']);
    expect(await find('old')).toMatchObject({ never: [] });
    await spoil('old');
    await done(['remove', 'old', '--yes']);
    expect(await relay.commandClients.all()).toEqual({ clients: [], unreadable: [] });
  });

  test('show prints its open commands, and list of commands finds them by client', async () => {
    await done([...add, '--approval', 'always']);
    const [waiting, other] = [
      await sendAsClient(signingClient({ approval: 'always' }), 'a', relay),
      await sendAsClient(signingClient({ id: 'erp' }), 'a', relay),
    ];
    const printed = await json('show', 'crm');
    expect(printed).toMatchObject({
      id: 'crm',
      secret: { isRotating: false },
      openCommands: [{ id: waiting, status: 'waiting', reason: 'approval' }],
      endpoints: [],
    });
    expect(await done(['show', 'crm'])).toContain(`${waiting} (approval)`);
    const { out } = await runWith(['commands', 'list', '--client', 'crm'], { relay });
    expect(out).toContain(waiting);
    expect(out).not.toContain(other);
    // The commands of a removed client stay.
    expect((await runWith(['commands', 'list', '--client', 'erp'], { relay })).err).toBe('');
    expect((await runWith(['commands', 'list', '--client', 'nope'], { relay })).err).toBe(
      'No such commands.\nThere is no client nope; clients: crm.',
    );
  });
});

describe('pcr clients update', () => {
  test('changes the given fields, resets those that are unset, and keeps the others', async () => {
    await done([...add, '--never', '/Customer', '--description', 'A', '--writable', '/LifeCycle']);
    await done(['disable', 'crm']);
    const out = await done([
      'update',
      'crm',
      '--approval',
      'always',
      '--unset',
      'never',
      '--unset',
      'description',
    ]);
    expect(out).toContain('~ approval: "never" -> "always"');
    expect(await find()).toEqual(
      signingClient({
        disabled: true,
        actions: ['opportunity.update'],
        catalogs: ['AWS'],
        writable: ['/LifeCycle'],
        approval: 'always',
      }),
    );
    expect(await done(['update', 'crm', '--approval', 'always'])).toBe('crm already has these values.');
  });

  test('refuses nothing to change, an unknown field and one that is both set and reset', async () => {
    await done(add);
    const before = await find();
    expect((await pcr(['update', 'crm'])).err).toContain('options: none given; allowed');
    const unknown = await pcr(['update', 'crm', '--unset', 'nevr']);
    expect(unknown.err).toContain('--unset nevr: allowed: description, writable, never');
    const both = ['--unset', 'never', '--never', '/Customer'];
    expect((await pcr(['update', 'crm', ...both])).err).toContain('--unset never: it also has a new value');
    expect((await pcr(['update', 'crm', '--unset', 'actions'])).code).toBe(2);
    expect(await find()).toEqual(before);
  });
});

describe('pcr clients enable and disable', () => {
  test('change whether requests are refused, say what goes on, and are harmless to repeat', async () => {
    await done(add);
    const id = await sendAsClient(signingClient(), 'a', relay);
    expect(await done(['disable', 'crm'])).toContain(
      'crm is disabled. 1 open command goes on: see `pcr commands list --client crm`',
    );
    expect(await json('disable', 'crm')).toEqual({
      clientId: 'crm',
      disabled: true,
      changed: false,
      openCommands: [id],
    });
    expect(await find()).toMatchObject({ disabled: true });
    expect(await done(['list'])).toContain('disabled');
    expect(await done(['enable', 'crm'])).toBe('crm is enabled.');
    expect(await done(['enable', 'crm'])).toBe('crm is enabled already.');
    expect(await find()).toMatchObject({ disabled: false });
  });
});

describe('pcr clients remove', () => {
  test('removes the client and its secret', async () => {
    await done(add);
    expect(await done(['remove', 'crm', '--yes'])).toBe('Removed crm.');
    expect(await find()).toBeUndefined();
    await expect(valid()).rejects.toThrow('secret.unusable');
  });

  test('always asks, and changes nothing after a no', async () => {
    await done(add);
    const { code, err } = await pcr(['remove', 'crm'], { answer: false });
    expect(code).toBe(1);
    expect(err).toContain('Remove the client crm and its secret?');
    expect(await find()).toBeDefined();
    expect((await pcr(['remove', 'crm'], { answer: true })).code).toBe(0);
    expect(await find()).toBeUndefined();
  });

  test('names open commands, and changes nothing after a no', async () => {
    await done(add);
    const id = await sendAsClient(signingClient(), 'a', relay);
    const { code, err } = await pcr(['remove', 'crm'], { answer: false });
    expect(code).toBe(1);
    expect(err).toContain(`1 command of crm would go on: ${id}. Remove the client crm and its secret?`);
    expect(await find()).toBeDefined();
    expect(await json('remove', 'crm', '--yes')).toEqual({
      clientId: 'crm',
      openCommands: [id],
      endpoints: [],
    });
    expect(await find()).toBeUndefined();
  });

  test('finishes an interrupted removal when repeated', async () => {
    await done(add);
    await relay.commandClients.remove('crm');
    expect(await done(['remove', 'crm', '--yes'])).toBe('Removed what was left of crm.');
    expect((await pcr(['remove', 'crm', '--yes'])).code).toBe(2);
  });
});

const endpoints = "endpoints: [{ id: ep_crm, url: 'https://crm.example.com/v2', topics: ['*'] }]\n";
const ownedBy = (client: string) => endpoints.replace("['*'] }", `['*'], client: ${client} }`);

describe('clients in the file of pcr endpoints apply', () => {
  const clients = `clients:
  - { id: crm, actions: [opportunity.update], catalogs: [AWS], never: [/Customer/Contacts] }
  - { id: erp, actions: [invitation.accept], catalogs: [Sandbox], approval: always }
`;
  test('are planned with each difference, and nothing changes on a dry run', async () => {
    await done(add);
    await done(['add', '--id', 'old', '--action', 'opportunity.assign', '--catalog', 'AWS']);
    const before = await stored();
    const { code, out } = await apply(endpoints + clients, ['--dry-run']);
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      '+ ep_crm  https://crm.example.com/v2',
      '+ erp  invitation.accept in Sandbox',
      '~ crm',
      '    + never/0: "/Customer/Contacts"',
      '- old  opportunity.assign in AWS',
    ]);
    const { out: asJson } = await apply(endpoints + clients, ['--dry-run', '--json']);
    expect(JSON.parse(asJson)).toMatchObject({
      add: ['ep_crm'],
      clients: { add: ['erp'], update: [{ id: 'crm' }], remove: ['old'] },
      applied: false,
    });
    expect(await stored()).toEqual(before);
  });

  test('are added with secrets, changed and removed, and stay disabled', async () => {
    const kept = printedSecret(await done(add));
    await done(['disable', 'crm']);
    await done(['add', '--id', 'old', '--action', 'opportunity.assign', '--catalog', 'AWS']);
    const { code, out } = await apply(endpoints + clients, ['--yes']);
    expect(code).toBe(0);
    expect(out.split('\n').at(-1)).toBe('Added ep_crm, erp; updated crm; removed old.');
    expect(out).toContain(`Signing secret of erp, printed only once: ${(await valid('erp')).join(' ')}`);
    expect(await stored()).toEqual([
      expect.objectContaining({ id: 'crm', disabled: true, never: ['/Customer/Contacts'] }),
      expect.objectContaining({ id: 'erp', disabled: false, approval: 'always' }),
    ]);
    expect(await valid()).toEqual([kept]);
    await expect(valid('old')).rejects.toThrow('secret.unusable');
    expect((await apply(endpoints + clients)).out).toBe('Everything matches the file already.');
  });

  test('are warned about, like those of pcr clients add', async () => {
    const misspelt = clients.replace('/Customer/Contacts', '/Customer/Contacts/Email');
    const { code, out, err } = await apply(misspelt, ['--yes', '--json']);
    expect(code).toBe(0);
    const warning =
      'client crm never[0]: "/Customer/Contacts/Email" matches no member of a record that this release knows; did you mean /Customer/Contacts/*/Email?';
    expect(JSON.parse(out)).toMatchObject({ applied: true, warnings: [warning] });
    expect(err).toContain(`warning: ${warning}`);
  });

  test('may be named by endpoints of the same file, and an unknown one is warned about', async () => {
    const known = await apply(ownedBy('erp') + clients, ['--yes', '--json']);
    expect(JSON.parse(known.out)).toMatchObject({ applied: true, warnings: [] });
    const { out } = await apply(`${ownedBy('erp')}clients: []\n`, ['--dry-run', '--json']);
    expect(JSON.parse(out)).toMatchObject({ warnings: [] });
    const unknown = await apply(ownedBy('nope') + clients, ['--yes', '--json']);
    expect(JSON.parse(unknown.out)).toMatchObject({
      warnings: ['ep_crm client: "nope" is neither a client of this stack nor an ARN; clients: crm, erp'],
    });
  });

  test('are left alone if the file has no such list, as are endpoints', async () => {
    await done(add);
    await apply(endpoints);
    expect(await stored()).toHaveLength(1);
    await apply('clients: []', ['--yes']);
    expect(await stored()).toEqual([]);
    expect((await relay.endpoints.all()).endpoints).toHaveLength(1);
  });

  test('are named before they are removed, with what goes on, and kept after a no', async () => {
    await done(add);
    await sendAsClient(signingClient(), 'a', relay);
    const { code, err } = await apply('clients: []', [], { answer: false });
    expect(code).toBe(1);
    expect(err).toContain('Not in the file: crm. 1 command of crm would go on. Remove?');
    expect(await stored()).toHaveLength(1);
  });

  test('are refused with every problem, and nothing changes', async () => {
    const wrong = 'clients: [{ id: crm, actions: [opportunity.updat], catalogs: [AWS], aproval: always }]';
    const { code, err } = await apply(endpoints + wrong);
    expect(code).toBe(2);
    expect(err).toContain('clients[0] (crm) aproval: not a field of a client; allowed: id,');
    expect(err).toContain('(Did you mean approval?)');
    expect(err).toContain('clients[0] (crm) actions[0]: "opportunity.updat"');
    expect(err).toContain('(Did you mean opportunity.update?)');
    expect((await relay.endpoints.all()).endpoints).toEqual([]);
  });

  test('change nothing, also no endpoint, if a client is disabled meanwhile', async () => {
    await done(add);
    const { endpointSet } = relay;
    const change: typeof endpointSet.change = async (changes) => {
      await relay.commandClients.setDisabled('crm', true);
      return endpointSet.change(changes);
    };
    const { code, err } = await apply(endpoints + clients, [], {
      relay: { ...relay, endpointSet: { change } },
    });
    expect(code).toBe(1);
    expect(err).toContain('Nothing was changed: an endpoint or a client was changed meanwhile.');
    expect(await stored()).toMatchObject([{ id: 'crm', disabled: true, never: [] }]);
    expect((await relay.endpoints.all()).endpoints).toEqual([]);
  });

  test('are not changed if one of them cannot be read', async () => {
    await spoil('old');
    const { code, err } = await apply(endpoints + clients);
    expect(code).toBe(2);
    expect(err).toContain('clients old: they cannot be read');
  });
});

describe('pcr clients rotate-secret', () => {
  test('keeps the old secret valid until the rotation is finished', async () => {
    const old = printedSecret(await done(add));
    const rotated = await done(['rotate-secret', 'crm']);
    const next = printedSecret(rotated);
    expect(next).not.toBe(old);
    expect(await valid()).toEqual([next, old]);
    expect(await done(['show', 'crm'])).toContain(
      'the previous one is also valid until rotate-secret --finish',
    );
    expect(await json('rotate-secret', 'crm', '--finish')).toEqual({ clientId: 'crm', outcome: 'finished' });
    expect(await valid()).toEqual([next]);
    expect(await done(['rotate-secret', 'crm', '--finish'])).toContain('No rotation of the secret of crm');
  });

  test('refuses a second rotation while the client may still sign with the old secret', async () => {
    await done(add);
    await done(['rotate-secret', 'crm']);
    const before = await valid();
    const { code, err } = await pcr(['rotate-secret', 'crm']);
    expect(code).toBe(2);
    expect(err).toContain('client crm: its secret is being rotated since');
    expect(err).toContain(
      `read the new secret: eval "$(npm start -s -- --env)" && aws secretsmanager get-secret-value --secret-id '${secretIdOf('crm')}'`,
    );
    // Who ends the rotation before that locks the client out.
    expect(err).toMatch(
      /; when the client signs with it: `pcr clients rotate-secret crm --finish`, which ends the old one$/,
    );
    expect(await valid()).toEqual(before);
  });

  test('refuses --finish with a secret', async () => {
    const { code, err } = await pcr(['rotate-secret', 'crm', '--finish', '--secret-file', 'x']);
    expect(code).toBe(2);
    expect(err).toContain('--finish: allowed alone');
  });

  test('creates a secret that is missing, and show says that it is missing', async () => {
    await done(add);
    await relay.secrets.remove(secretIdOf('crm'));
    expect(await done(['show', 'crm'])).toContain('missing: every request is refused.');
    const { code, out, err } = await pcr(['rotate-secret', 'crm']);
    expect(code).toBe(0);
    expect(err).toContain('crm had no secret: the new one alone is valid.');
    expect(await valid()).toEqual([printedSecret(out)]);
  });
});
