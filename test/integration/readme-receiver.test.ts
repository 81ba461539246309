import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { messageOf } from '../../lambdas/core/message.ts';
import { type SigningSecret, signedHeaders } from '../../lambdas/core/signature.ts';
import { freePort } from '../../local/host/owned-process.ts';
import { versionOf } from '../builders/versions.ts';

/** The receiver that the README shows, run as it stands there. */
const receiver =
  /```js\n([\s\S]*?createServer[\s\S]*?)```/.exec(readFileSync('README.md', 'utf8'))?.[1] ?? '';
const secret: SigningSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const { id, body } = messageOf(versionOf());
let url: string;
let stop: () => void;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const env = { ...process.env, WEBHOOK_SECRET: secret, PORT: String(port) };
  const child = spawn(process.execPath, ['--input-type=module', '--eval', receiver], {
    env,
    stdio: 'ignore',
  });
  stop = () => child.kill();
  for (let tries = 0; tries < 100; tries += 1) {
    if (await post({}, '').catch(() => undefined)) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('the receiver of the README does not listen');
});
afterAll(() => stop());

function post(headers: Readonly<Record<string, string>>, content: string): Promise<number> {
  return fetch(url, { method: 'POST', headers, body: content }).then(({ status }) => status);
}

it('has ten lines or so', () => {
  const lines = receiver.trim().split('\n').length;
  expect(lines).toBeGreaterThan(5);
  expect(lines).toBeLessThanOrEqual(12);
});

it('accepts a signed message', async () => {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  expect(await post({ ...signedHeaders([secret], id, nowSeconds, body) }, body)).toBe(204);
});

it('refuses a message that was changed, is old, or is signed by somebody else', async () => {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const stranger: SigningSecret = `whsec_${Buffer.alloc(32, 8).toString('base64')}`;
  expect(await post({ ...signedHeaders([secret], id, nowSeconds, body) }, `${body} `)).toBe(400);
  expect(await post({ ...signedHeaders([secret], id, nowSeconds - 3_600, body) }, body)).toBe(400);
  expect(await post({ ...signedHeaders([stranger], id, nowSeconds, body) }, body)).toBe(400);
});
