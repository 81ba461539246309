import { describe, expect } from 'vitest';
import { commandsWork } from '../../../bin/pcr/doctor/command-checks.ts';
import type { Relay } from '../../../bin/pcr/relay.ts';
import { dynamodbCommandStore } from '../../../lambdas/adapters/dynamodb-command-store.ts';
import { dynamodbCommandSwitch } from '../../../lambdas/adapters/dynamodb-command-switch.ts';
import { checkContext } from '../../builders/check-context.ts';
import { acceptCommand } from '../../builders/commands.ts';
import { pcrTest } from './pcr-test.ts';

const now = '2026-03-01T10:00:05.000Z';

/** The stack with commands. */
function withCommands(found: Relay): Relay {
  const added = [
    ['CommandsUrl', 'http://127.0.0.1:1'],
    ['CommandsFunctionName', 'commands'],
  ] as const;
  return { ...found, outputs: new Map([...found.outputs, ...added]) };
}

/** The switch, as a stack with this Records table uses it. */
function switchOf({ clients, output }: Relay, recordTable = output('RecordsTableName')) {
  return dynamodbCommandSwitch(clients.dynamodb, output('ControlTableName'), recordTable);
}

function findings(relay: Relay) {
  return commandsWork.run(checkContext({ relay }));
}

describe('pcr doctor: commands', () => {
  const test = pcrTest([]);

  test('a stack that takes no commands is fine if no command waits', async ({ pcr }) => {
    expect(await findings(pcr.relay)).toEqual([
      { level: 'ok', found: 'The stack takes no commands, and none waits.' },
    ]);
  });

  test('a stack that takes no commands any more leaves those that wait, with a warning', async ({ pcr }) => {
    const { clients, output } = pcr.relay;
    const tables = { records: output('RecordsTableName'), webhooks: output('WebhooksTableName') };
    await acceptCommand(dynamodbCommandStore(clients.dynamodb, tables), 'deal-1/stage', now);
    expect(await findings(pcr.relay)).toEqual([
      {
        level: 'warning',
        found: 'The stack takes no commands, but commands for 1 record wait.',
        advice: expect.stringContaining('relay:commands'),
      },
    ]);
  });

  test('commands that a person has paused are a warning until they are resumed', async ({ pcr }) => {
    const relay = withCommands(pcr.relay);
    const running = [{ level: 'ok', found: 'Commands are carried out.' }];
    expect(await findings(relay)).toEqual(running);
    await switchOf(relay).pause(now);
    expect(await findings(relay)).toEqual([
      expect.objectContaining({
        level: 'warning',
        found: 'Commands are paused: none is carried out.',
        advice: expect.stringContaining('`pcr commands resume`'),
      }),
    ]);
    await switchOf(relay).resume(now);
    expect(await findings(relay)).toEqual(running);
  });

  test('a restored Records table pauses commands, and the advice is to read the records again first', async ({
    pcr,
  }) => {
    const relay = withCommands(pcr.relay);
    await switchOf(relay, 'the-table-before').resume(now);
    expect(await findings(relay)).toEqual([
      {
        level: 'warning',
        found:
          'Commands are paused, because the Records table is not the one that they were last carried out with.',
        advice: 'Bring the records up to date: `pcr backfill`. Then `pcr commands resume`.',
      },
    ]);
    await switchOf(relay).resume(now);
    expect(await findings(relay)).toEqual([{ level: 'ok', found: 'Commands are carried out.' }]);
  });
});
