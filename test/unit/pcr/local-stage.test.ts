import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stageFolder, useLocalStage } from '../../../bin/pcr/local-stage.ts';
import { type LocalStage, writeStageFile } from '../../../bin/pcr/stores/stage-files.ts';
import { type ControlDoor, startControlDoor } from '../../../local/control-door.ts';
import { startLoopbackServer } from '../../../local/loopback-server.ts';

let home: string;
let door: ControlDoor;
let notes: string[];
const note = (text: string) => void notes.push(text);

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'state-'));
  door = await startControlDoor(async () => ({}));
  notes = [];
});
afterEach(async () => {
  await door.stop();
  rmSync(home, { recursive: true });
});

/** Writes the file of a stage that answers at the door. @returns its path */
function write(given: Partial<LocalStage> = {}): string {
  return writeStageFile(stageFolder({ XDG_STATE_HOME: home }), {
    checkout: '/home/ana/relay',
    pid: 4711,
    startedAt: '2026-03-01T10:00:00.000Z',
    variables: { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1', AWS_ACCESS_KEY_ID: 'local' },
    door: { url: door.url, token: door.token },
    ...given,
  });
}

it('pcr goes to the running local stage with its credentials, and says so in one line', async () => {
  write();
  const environment = { XDG_STATE_HOME: home, AWS_PROFILE: 'production', AWS_ACCESS_KEY_ID: 'theirs' };
  expect(await useLocalStage({}, note, environment)).toMatchObject({ pid: 4711 });
  expect(environment).toEqual({
    XDG_STATE_HOME: home,
    AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1',
    AWS_ACCESS_KEY_ID: 'local',
  });
  expect(notes).toEqual(['Local stage of /home/ana/relay']);
});

it.each([
  ['--stack', { stack: 'Relay' }, {}],
  ['--profile', { profile: 'production' }, {}],
  ['PCR_STACK', {}, { PCR_STACK: 'Relay' }],
  ['AWS_ENDPOINT_URL', {}, { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' }],
  ['AWS_ENDPOINT_URL_SQS', {}, { AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:4566' }],
])('a local stage never redirects a command that is given %s', async (_, choice, variables) => {
  write();
  const environment = { XDG_STATE_HOME: home, ...variables };
  expect(await useLocalStage(choice, note, environment)).toBeUndefined();
  expect(environment).toEqual({ XDG_STATE_HOME: home, ...variables });
  expect(notes).toEqual([]);
});

it('pcr goes to AWS if there was never a local stage', async () => {
  expect(await useLocalStage({}, note, { XDG_STATE_HOME: home })).toBeUndefined();
});

it('pcr stops once if the local stage was killed, says so, and then goes to AWS', async () => {
  const path = write();
  await door.stop();
  const environment = { XDG_STATE_HOME: home };
  await expect(useLocalStage({}, note, environment)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('/home/ana/relay (process 4711) has ended. Start it with npm start'),
  });
  expect(readdirSync(join(path, '..'))).toEqual([]);
  expect(await useLocalStage({}, note, environment)).toBeUndefined();
});

it('pcr does not take another server at the address of a killed stage for the stage', async () => {
  write({ door: { url: door.url, token: 'of the killed stage' } });
  await expect(useLocalStage({}, note, { XDG_STATE_HOME: home })).rejects.toThrow('has ended');
});

it('pcr goes to the stage that started last, and past one that was killed', async () => {
  write({ pid: 1, startedAt: '2026-03-01T10:00:00.000Z' });
  write({ pid: 2, startedAt: '2026-03-01T11:00:00.000Z' });
  write({ pid: 3, startedAt: '2026-03-01T12:00:00.000Z', door: { url: 'http://127.0.0.1:1', token: '' } });
  expect(await useLocalStage({}, note, { XDG_STATE_HOME: home })).toMatchObject({ pid: 2 });
});

it('pcr keeps the file of a stage that is stopped, and says that it does not answer', async () => {
  const server = await startLoopbackServer(() => undefined);
  const path = write({ door: { url: server.url, token: '' } });
  await expect(useLocalStage({}, note, { XDG_STATE_HOME: home })).rejects.toThrow('does not answer');
  expect(existsSync(path)).toBe(true);
  await server.stop();
}, 20_000);

it('pcr knows the stage again whose variables are exported, and leaves them alone', async () => {
  write();
  const environment = { XDG_STATE_HOME: home, AWS_ENDPOINT_URL_SQS: 'http://127.0.0.1:1' };
  expect(await useLocalStage({}, note, environment)).toBeUndefined();
  const exported = { ...environment, AWS_ACCESS_KEY_ID: 'local' };
  expect(await useLocalStage({}, note, exported)).toMatchObject({ pid: 4711 });
  expect(exported).toEqual({ ...environment, AWS_ACCESS_KEY_ID: 'local' });
  expect(notes).toEqual([]);
});

it('only their user can read the files of local stages', () => {
  const path = write();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
});

it('pcr trusts no file of a stage that other users can change', async () => {
  chmodSync(write(), 0o666);
  await expect(useLocalStage({}, note, { XDG_STATE_HOME: home })).rejects.toThrow('open to other users');
});

it('pcr follows no link in the place of the file of a stage', async () => {
  const path = write();
  const elsewhere = join(home, 'elsewhere.json');
  renameSync(path, elsewhere);
  symlinkSync(elsewhere, path);
  expect(await useLocalStage({}, note, { XDG_STATE_HOME: home })).toBeUndefined();
});

it('pcr names a malformed file of a stage', async () => {
  writeFileSync(write(), '{"pid":"one"}');
  await expect(useLocalStage({}, note, { XDG_STATE_HOME: home })).rejects.toThrow(
    /4711\.json is malformed; allowed: a file that `npm start` wrote/,
  );
});
