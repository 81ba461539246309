import type { IncomingHttpHeaders } from 'node:http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type LoopbackServer, startLoopbackServer } from '../../local/loopback-server.ts';
import { describeUnless } from '../describe-unless.ts';
import { type ConsoleWorld, useConsoleWorld } from './console-world.ts';
import { missingBrowser } from './find-browser.ts';
import { openPage } from './open-page.ts';

/** The name that another web page has pointed to this machine. `useConsoleWorld` maps it. */
const reboundName = 'rebound.example.com';

describeUnless(missingBrowser, 'other web pages in the browser that shows the console', () => {
  let other: LoopbackServer;
  let requests: { readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  beforeAll(async () => {
    other = await startLoopbackServer(({ url = '', headers }, response) => {
      requests.push({ url, headers });
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>Other</title>');
    });
  });
  afterAll(() => other.stop());
  const world = useConsoleWorld(async () => undefined);

  async function openOther({ browser }: Pick<ConsoleWorld, 'browser'>, url = other.url) {
    const context = await browser.newContext({ locale: 'en-US' });
    const page = await context.newPage();
    return { page, response: await page.goto(url), close: () => context.close() };
  }

  const pause = JSON.stringify({ action: 'endpoint.pause', id: 'ep_local', reason: 'another page' });
  const isPaused = async () => (await world().relay.endpoints.find('ep_local'))?.disabled !== undefined;

  it('read nothing of the console and change nothing, even if they know the token', async () => {
    const { link } = world();
    const { origin, hash } = new URL(link);
    const { page, close } = await openOther(world());
    const attempt = (mode: string, headers: string) =>
      page.evaluate(
        `fetch('${origin}/api/actions', { method: 'POST', mode: '${mode}', headers: ${headers}, body: ${JSON.stringify(pause)} })
          .then((answer) => answer.type + ' ' + answer.status, (error) => error.name)`,
      );
    const bearer = `{ authorization: 'Bearer ${hash.slice('#token='.length)}' }`;
    // The answer is hidden: the server says that it is for its own page only.
    expect(await attempt('no-cors', '{}')).toBe('TypeError');
    // With the token, the browser asks first whether it may send the request.
    expect(await attempt('cors', bearer)).toBe('TypeError');
    expect(await isPaused()).toBe(false);
    await close();
  });

  it('cannot show the console in a frame', async () => {
    const { link } = world();
    const { page, close } = await openOther(world());
    await page.evaluate(
      `new Promise((resolve) => {
        const frame = document.body.appendChild(document.createElement('iframe'));
        frame.onload = resolve;
        frame.src = '${link}';
      })`,
    );
    const [frame] = page.frames().filter((each) => each !== page.mainFrame());
    expect(await frame?.locator('h1').count()).toBe(0);
    expect(frame?.url()).not.toContain(new URL(link).origin);
    await close();
  });

  it('are refused under a name that they have pointed to this machine', async () => {
    const { port } = new URL(world().link);
    const { page, response, close } = await openOther(world(), `http://${reboundName}:${port}/`);
    expect(response?.status()).toBe(403);
    const answer = await page.evaluate(`fetch('/api/stack').then((answer) => answer.status)`);
    expect(answer).toBe(403);
    await close();
  });

  it('get no address and no token from a link that leaves the console', async () => {
    requests = [];
    const page = await openPage(world(), { expected: /^request to / });
    await page.evaluate(
      `{ const link = document.createElement('a'); link.href = '${other.url}/left'; document.body.append(link); link.click(); }`,
    );
    await page.waitForURL(`${other.url}/left`);
    const [left] = requests.filter(({ url }) => url === '/left');
    expect(left?.headers.referer).toBeUndefined();
    expect(JSON.stringify(left)).not.toContain(new URL(world().link).hash.slice('#token='.length));
    // Another server on this machine is another origin, and has another storage.
    expect(await page.evaluate('sessionStorage.length + document.cookie.length')).toBe(0);
  });
});
