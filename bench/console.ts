import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { type Browser, chromium, type Page } from 'playwright-core';
import { buildPage } from '../bin/build.ts';
import { startConsole } from '../bin/pcr/console/console-server.ts';
import { newToken } from '../bin/pcr/console/new-token.ts';
import { type Relay, relayOf } from '../bin/pcr/relay.ts';
import { systemClock } from '../lambdas/adapters/system-clock.ts';
import { clientSettings } from '../local/host/local-account.ts';
import { startDynamoDb } from '../local/host/tables/dynamodb-engine.ts';
import { type LoopbackServer, startLoopbackServer } from '../local/loopback-server.ts';
import { findBrowser } from '../test/browser/find-browser.ts';
import { controlTableInput, recordTableInput, webhookTableInput } from '../test/conformance/tables.ts';
import { ioOf } from '../test/fakes/recorded-io.ts';
import { fillRecords } from './listed-records.ts';
import { leastRounds, median, spread } from './measurement.ts';

/*
 * Measures the page of `pcr console` in Chromium with 10,000 deals in real tables: the time from
 * the start of the navigation to the first rows, with a server that has read nothing yet, and the
 * time from the change of a filter to the new rows.
 */

const deals = 10_000;
/** Milliseconds. */
const mostFirstView = 1_000;
const mostFilter = 200;

const printError = (line: string): void => console.error(line);

/** AWS Lambda, as far as the console calls it: the settings of the stack. */
async function startLambda(): Promise<LoopbackServer> {
  const Variables = { CATALOGS: 'AWS', READS_PER_SECOND: '10', READS_PER_DAY: '100000' };
  return await startLoopbackServer((request, response) => {
    request.resume();
    response.end(JSON.stringify({ Environment: { Variables } }));
  });
}

async function createRelay(endpoint: string, lambdaUrl: string): Promise<Relay> {
  const client = new DynamoDBClient(clientSettings(endpoint));
  for (const table of [
    recordTableInput('records'),
    webhookTableInput('webhooks'),
    controlTableInput('control'),
  ])
    await client.send(new CreateTableCommand(table));
  printError(`Writing ${deals} deals …`);
  await fillRecords(client, 'records', deals);
  client.destroy();
  const outputs = new Map([
    ['RecordsTableName', 'records'],
    ['WebhooksTableName', 'webhooks'],
    ['ControlTableName', 'control'],
    ['EndpointSecretNamePrefix', 'Bench/endpoints/'],
    ['ReconcileFunctionName', 'reconcile'],
    // Nothing is sent.
    ['DeliveryQueueUrl', 'http://127.0.0.1:1/delivery'],
  ]);
  const settings = { ...clientSettings(endpoint), maxAttempts: 1 };
  const relay = relayOf({ name: 'Bench', outputs }, new CloudFormationClient(settings), settings);
  const lambda = new LambdaClient({ ...settings, endpoint: lambdaUrl });
  return { ...relay, clients: { ...relay.clients, lambda } };
}

/** The filters, each with the text that says that its rows are displayed. */
const filters: readonly (readonly [
  name: string,
  apply: (page: Page) => Promise<unknown>,
  summary: string,
])[] = [
  ['stage', (page) => page.getByRole('button', { name: /^Qualified/ }).click(), '2,000 of 10,000'],
  ['customer', (page) => page.getByRole('searchbox', { name: 'Customer' }).fill('000017'), '2 of 10,000'],
  ['all', (page) => page.getByRole('button', { name: 'Clear filters' }).click(), '10,000 of 10,000'],
];

/** Milliseconds until the text is displayed, by the clock of the page. */
async function timeUntil(page: Page, text: string, act: () => Promise<unknown>): Promise<number> {
  await page.evaluate(
    `globalThis.changed = new Promise((resolve, reject) => {
      setTimeout(() => reject(new Error(document.querySelector('.summary')?.textContent)), 30_000);
      let startMs;
      for (const type of ['click', 'input']) addEventListener(type, () => { startMs ??= performance.now(); }, true);
      const isThere = () => document.querySelector('.summary')?.textContent.startsWith(${JSON.stringify(text)});
      new MutationObserver(() => {
        if (startMs !== undefined && isThere()) requestAnimationFrame(() => resolve(performance.now() - startMs));
      }).observe(document.body, { subtree: true, childList: true, characterData: true });
    }); 0`,
  );
  await act();
  return Number(await page.evaluate('globalThis.changed'));
}

/** Milliseconds from the start of the navigation until rows are painted. */
async function timeFirstView(page: Page, link: string): Promise<number> {
  await page.goto(link, { waitUntil: 'commit' });
  await page.locator('tbody tr').first().waitFor();
  return Number(await page.evaluate('performance.getEntriesByName("first-rows")[0]?.startTime'));
}

interface Round {
  readonly firstViewMs: number;
  readonly filterMs: readonly number[];
}

async function measureRound(browser: Browser, relay: Relay, page: string): Promise<Round> {
  const server = await startConsole(
    { relay, io: ioOf({ relay, clock: systemClock }), page, token: newToken() },
    0,
  );
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-US' });
  try {
    const tab = await context.newPage();
    await tab.addInitScript(`new MutationObserver((_, observer) => {
      if (!document.querySelector('tbody tr')) return;
      observer.disconnect();
      requestAnimationFrame(() => performance.mark('first-rows'));
    }).observe(document, { subtree: true, childList: true });`);
    const firstViewMs = await timeFirstView(tab, server.link);
    await tab.getByText(`${new Intl.NumberFormat('en').format(deals)} of`).waitFor();
    const filterMs: number[] = [];
    for (const [, apply, summary] of filters) filterMs.push(await timeUntil(tab, summary, () => apply(tab)));
    return { firstViewMs, filterMs };
  } finally {
    await context.close();
    await server.stop();
  }
}

const engine = await startDynamoDb('auto');
const lambda = await startLambda();
const page = mkdtempSync(join(tmpdir(), 'bench-page-'));
const browser = await chromium.launch({ executablePath: await findBrowser() });
try {
  await buildPage(page);
  const relay = await createRelay(engine.endpoint, lambda.url);
  const rounds: Round[] = [];
  // The first round only warms up and does not count.
  for (let round = 0; round <= leastRounds; round += 1) rounds.push(await measureRound(browser, relay, page));
  const counted = rounds.slice(1);
  const firstViews = counted.map(({ firstViewMs }) => firstViewMs);
  console.log(`first view: ${spread(firstViews, 'ms', 0)}; at most ${mostFirstView} ms`);
  const ofFilters = filters.map((_, index) => counted.map(({ filterMs }) => filterMs[index] ?? Number.NaN));
  for (const [index, [name]] of filters.entries())
    console.log(`filter, ${name}: ${spread(ofFilters[index] ?? [], 'ms', 0)}; at most ${mostFilter} ms`);
  const holds = median(firstViews) <= mostFirstView && ofFilters.every((each) => median(each) <= mostFilter);
  process.exitCode = holds ? 0 : 1;
} finally {
  await browser.close();
  await lambda.stop();
  await engine.stop();
  rmSync(page, { recursive: true });
}
