import { paginateScan } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { parkedErasure } from '../../../bin/pcr/erase/parked-erasure.ts';
import { parkedQueueNames, parkedQueueOf } from '../../../bin/pcr/parked/parked-queues.ts';
import { fromAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { itemLoader } from '../../../lambdas/adapters/dynamodb-item-loader.ts';
import { unpackJson } from '../../../lambdas/adapters/packed-json.ts';
import { contentOf } from '../../../lambdas/adapters/record-content.ts';
import { wholeItem } from '../../../lambdas/adapters/whole-item.ts';
import { stringifyJson } from '../../../lambdas/core/json-text.ts';
import { invitationKey } from '../../builders/versions.ts';
import { missingDynoxide, useDynamoDb } from '../../conformance/dynamodb-under-test.ts';
import { useQueues } from '../../conformance/queues-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { writeEveryItem } from '../every-item.ts';
import { pcrOn } from './pcr-under-test.ts';

const email = 'jane.doe@customer.example';

/** Bodies about the opportunity in the forms that parked queues hold. */
const bodies = [
  JSON.stringify({ detail: { opportunity: { identifier: 'O1234567' }, note: email } }),
  JSON.stringify({ detail: { opportunity: { arn: 'arn:aws:x::catalog/AWS/opportunity/O1234567' }, email } }),
  // A queue or a function wraps the event as a text.
  JSON.stringify({ body: JSON.stringify({ identifier: 'O1234567', note: email }) }),
  // Malformed, and deeper than functions accept.
  `{"identifier":"O1234567","note":"${email}"`,
  `${'['.repeat(20_000)}"O1234567","${email}"${']'.repeat(20_000)}`,
];

/** What tells that the stack takes commands. */
const withCommands = new Map([['ActQueueUrl', 'ActQueueUrl']]);

describeUnless(missingDynoxide, 'pcr erase in a stack that holds every kind of item', () => {
  const engine = useDynamoDb('dynoxide');
  const queues = useQueues();

  async function filledStack() {
    const pcr = await pcrOn(engine, []);
    const names = {
      RECORDS_TABLE: pcr.relay.output('RecordsTableName'),
      WEBHOOKS_TABLE: pcr.relay.output('WebhooksTableName'),
      CONTROL_TABLE: await engine.emptyControlTable(),
    };
    const urls = new Map<string, string>();
    const { output, clients } = pcr.relay;
    for (const queue of parkedQueueNames) {
      const { parked } = parkedQueueOf(queue, { output: (name) => name, outputs: withCommands });
      urls.set(parked, await queues.newQueue());
    }
    Object.assign(pcr.relay, {
      outputs: withCommands,
      output: (name: string) =>
        urls.get(name) ?? (name.endsWith('QueueUrl') ? 'http://127.0.0.1:1/work' : output(name)),
      clients: { ...clients, sqs: queues.client() },
    });
    await writeEveryItem({ client: engine.client, names }, email);
    for (const QueueUrl of urls.values())
      for (const MessageBody of bodies)
        await queues.client().send(new SendMessageCommand({ QueueUrl, MessageBody }));
    return { pcr, names, urls: [...urls.values()] };
  }

  type Stack = Awaited<ReturnType<typeof filledStack>>;

  /** Where the address still is: `table pk attribute`, also in compressed content. */
  async function placesOf({ names, urls }: Stack): Promise<readonly string[]> {
    const client = engine.client();
    const places = new Set<string>();
    for (const [table, TableName] of Object.entries(names)) {
      const getItem = itemLoader(client, TableName);
      for await (const { Items = [] } of paginateScan({ client }, { TableName }))
        for (const item of Items.map(fromAttributes)) {
          for (const [name, value] of Object.entries(item))
            if (stringifyJson([value, unpackJson(value)]).includes(email))
              places.add(`${table} ${String(item['pk'])} ${name}`);
          const hasContent = item['payload'] !== undefined || item['packed'] !== undefined;
          const isVersion = table === 'RECORDS_TABLE' && hasContent;
          const content = isVersion ? contentOf((await wholeItem(item, getItem)) ?? {}) : {};
          if (stringifyJson(content).includes(email)) places.add(`${table} ${String(item['pk'])} content`);
          if (item['part'] !== undefined) places.add(`${table} ${String(item['pk'])} part`);
        }
    }
    for (const url of urls)
      for (const { body } of await queues.receiveAll(url))
        if (body.includes(email)) places.add(`queue ${body.slice(0, 20)}`);
    return [...places].toSorted();
  }

  /** What belongs to no record, with the line of the report that names it. */
  const remaining = [
    ['CONTROL_TABLE detail-type sk', 'unknown detail-types'],
    ['CONTROL_TABLE solutions names', 'names of your solutions'],
    // No other member of a client has a free text.
    ['WEBHOOKS_TABLE client description', 'settings of endpoints and clients'],
    ['WEBHOOKS_TABLE endpoint description', 'a description'],
    ['WEBHOOKS_TABLE endpoint filter', 'a filter'],
    ['WEBHOOKS_TABLE endpoint headers', 'a header'],
    ['WEBHOOKS_TABLE line#AWS/opportunity/O1234567 openCall', 'values of commands that have not ended'],
    ['WEBHOOKS_TABLE line#AWS/opportunity/O1234567 packed', 'values of commands that have not ended'],
  ] as const;

  const invitation = `${invitationKey.catalog}/${invitationKey.kind}/${invitationKey.id}`;

  it.each([{ runs: [['O1234567'], ['O7654321'], [invitation]] }, { runs: [['--email', email]] }])(
    'leaves the address only in places that its report names: $runs',
    async ({ runs }) => {
      const stack = await filledStack();
      let report = '';
      for (const selection of runs) {
        const { code, out } = await stack.pcr.run('erase', ...selection, '--yes');
        expect(code).toBe(0);
        report += out;
      }
      expect(await placesOf(stack)).toEqual(remaining.map(([place]) => place));
      for (const [, named] of remaining) expect(report).toContain(named);
      expect(report).not.toContain('could not be searched');
    },
  );

  it('reports parked messages that another consumer holds, and erases them when it is repeated', async () => {
    const { pcr } = await filledStack();
    const { parked: QueueUrl } = parkedQueueOf('quarantine', pcr.relay);
    const sqs = queues.client();
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 2, VisibilityTimeout: 2 }));
    const first = await pcr.run('erase', 'O1234567', '--yes');
    expect(first.out).toMatch(/About 2 parked messages could not be searched[^]*Run this command again/);
    await expect
      .poll(async () => JSON.parse((await pcr.run('erase', 'O1234567', '--yes', '--json')).out), {
        timeout: 30_000,
      })
      .toMatchObject({ notSearched: 0 });
    expect(await queues.receiveAll(QueueUrl)).toEqual([]);
  });

  it('reports how many parked messages a bounded search did not read', async () => {
    const { pcr } = await filledStack();
    const bounded = parkedErasure(pcr.relay, 3);
    const each = bodies.length - 3;
    const all = parkedQueueNames.length;
    expect(await bounded.count(() => true)).toEqual({ found: 3 * all, notSearched: each * all });
    expect(await bounded.drop(() => true)).toEqual({ found: 3 * all, notSearched: each * all });
    expect(await bounded.drop(() => true)).toEqual({ found: each * all, notSearched: 0 });
  });
});
