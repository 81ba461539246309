import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findStack } from '../../../bin/pcr/stack.ts';
import { clientSettings } from '../../../local/host/local-account.ts';
import { startLoopbackServer } from '../../../local/loopback-server.ts';

/** A CloudFormation that lists one stack on each page. */
let stacks: readonly { readonly name: string; readonly outputs: readonly string[] }[] = [];
const ours = ['RecordsTableName', 'WebhooksTableName', 'EndpointSecretNamePrefix'];
const other = { name: 'Other', outputs: ['RecordsTableName'] };

let server: Awaited<ReturnType<typeof startLoopbackServer>>;
let client: CloudFormationClient;
beforeAll(async () => {
  server = await startLoopbackServer((request, response) => void respond(request, response));
  client = new CloudFormationClient({ ...clientSettings(server.url), maxAttempts: 1 });
});
afterAll(async () => {
  client.destroy();
  await server.stop();
});

async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, xml } = answered(new URLSearchParams(await text(request)));
  response.writeHead(status, { 'content-type': 'text/xml' }).end(xml);
}

function answered(asked: URLSearchParams): { readonly status: number; readonly xml: string } {
  const name = asked.get('StackName');
  const index =
    name === null ? Number(asked.get('NextToken') ?? 0) : stacks.findIndex((each) => each.name === name);
  const stack = stacks[index];
  if (name !== null && !stack)
    return {
      status: 400,
      xml: `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id ${name} does not exist</Message></Error></ErrorResponse>`,
    };
  const next = name === null && index + 1 < stacks.length ? `<NextToken>${index + 1}</NextToken>` : '';
  const outputs = stack?.outputs.map(
    (key) => `<member><OutputKey>${key}</OutputKey><OutputValue>the ${key}</OutputValue></member>`,
  );
  const member = stack
    ? `<member><StackName>${stack.name}</StackName><CreationTime>2026-03-01T10:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${outputs?.join('')}</Outputs></member>`
    : '';
  return {
    status: 200,
    xml: `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks>${member}</Stacks>${next}</DescribeStacksResult></DescribeStacksResponse>`,
  };
}

test('findStack finds the only stack of this project by its outputs, on any page', async () => {
  stacks = [other, { name: 'Relay', outputs: ours }];
  const { name, outputs } = await findStack(client, undefined);
  expect(name).toBe('Relay');
  expect(outputs.get('WebhooksTableName')).toBe('the WebhooksTableName');
});

test('findStack says what to do if there is no stack', async () => {
  stacks = [other];
  await expect(findStack(client, undefined)).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringContaining('Deploy it with `npx cdk deploy`'),
  });
});

test('findStack requires a name if there are several stacks', async () => {
  stacks = [
    { name: 'Blue', outputs: ours },
    { name: 'Green', outputs: ours },
  ];
  await expect(findStack(client, undefined)).rejects.toMatchObject({
    name: 'UsageError',
    message: '--stack: not given, but there are several; allowed: Blue, Green',
  });
  expect(await findStack(client, 'Green')).toMatchObject({ name: 'Green' });
});

test('findStack refuses the name of another stack', async () => {
  stacks = [other];
  await expect(findStack(client, 'Other')).rejects.toThrow(
    '--stack Other: it is not a Partner Central Relay',
  );
  await expect(findStack(client, 'None')).rejects.toThrow('--stack None: it does not exist in us-east-1');
});

test('findStack passes on other errors of CloudFormation', async () => {
  const closed = new CloudFormationClient({ ...clientSettings('http://127.0.0.1:1'), maxAttempts: 1 });
  await expect(findStack(closed, 'Relay')).rejects.toThrow('ECONNREFUSED');
});
