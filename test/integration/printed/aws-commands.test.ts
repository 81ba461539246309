import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CloudFormationClient, ListStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { clientSettings } from '../../../local/host/local-account.ts';
import { accessStage, endpointSecretId, registerEndpoint } from '../../../local/stage-access.ts';
import { type CommandResult, runCommand } from '../../deploy/commands.ts';
import { describeUnless } from '../../describe-unless.ts';
import { listAwsBlocks, listPrintedCommands } from '../../unit/pcr/printed-commands.ts';
import { type DeployedStage, startDeployedStage } from '../pcr/deployed-stage.ts';
import { fillTables } from '../queried-tables.ts';
import { type AcceptingAws, startAcceptingAws } from './accepting-aws.ts';
import { installAwsCli } from './aws-cli.ts';

// cspell:ignore pipefail

/*
 * Every command of the AWS CLI that a message or a document prints is run by version 1 of the CLI,
 * without a region but the printed one. Version 2, which no package registry has, takes the same
 * options.
 */

/** Programs in the same blocks, which other tests run. */
const others = ['npm() { :; }', 'npx() { :; }'];
const crm = { id: 'ep_crm', topics: ['*'], catalogs: [] } as const;

/** What stands before a block: the region, unless the commands name it themselves. */
function setUpOf(document: string, text: string): readonly string[] {
  return text.includes('--region') || text.startsWith('aws iam')
    ? others
    : [...others, ...regionOf(document)];
}

/** The lines of a document that say in which region its commands work. */
function regionOf(document: string): readonly string[] {
  return [...readFileSync(document, 'utf8').matchAll(/^ *(export (?:\S+ )*AWS_REGION=[^#\n]*)/gm)].map(
    ([, line = '']) => line,
  );
}

async function scheduleOf(endpoint: string): Promise<string> {
  const { StackResourceSummaries = [] } = await new CloudFormationClient(clientSettings(endpoint)).send(
    new ListStackResourcesCommand({ StackName: 'PartnerCentralRelay' }),
  );
  const found = StackResourceSummaries.find(
    ({ ResourceType }) => ResourceType === 'AWS::Scheduler::Schedule',
  );
  return found?.PhysicalResourceId ?? '';
}

const { bin, missing } = await installAwsCli();
const commands = listPrintedCommands().filter((command) => command.startsWith('aws '));
const blocks = listAwsBlocks();

let deployed: DeployedStage;
let aws: AcceptingAws;
let folder: string;
let variables: Readonly<Record<string, string>>;

/** A person whose profile is the printed one, and who has set no region. */
async function run(script: string): Promise<CommandResult> {
  const env = {
    PATH: [bin, process.env['PATH']].join(delimiter),
    HOME: folder,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: join(folder, 'config'),
    AWS_MAX_ATTEMPTS: '1',
    AWS_ENDPOINT_URL: aws.url,
    ...variables,
    // IAM needs none in AWS, but at an address of its own.
    ...(script.includes('aws iam ') && { AWS_DEFAULT_REGION: 'us-east-1' }),
  };
  return runCommand('bash', ['-euo', 'pipefail', '-c', script], { env, cwd: folder });
}

/** What messages and documents leave to the reader. */
function fill(command: string): string {
  const { RECORDS_TABLE = '' } = variables;
  const values: readonly (readonly [RegExp, string])[] = [
    [/--table-name (?:Name|<table>)/g, `--table-name ${RECORDS_TABLE}`],
    [/(?<=--name )Name/g, variables['SCHEDULE'] ?? ''],
    [/--secret-id '?(?:Name|ID|<secretId[^>]*>)'?/g, `--secret-id ${endpointSecretId('ep_crm')}`],
    [/<OperatePolicyArn>|<ARN>/g, 'arn:aws:dynamodb:us-east-1:111122223333:table/Records/backup/01'],
    [/(?<=--uuid )\w+/g, '01234567-89ab-cdef-0123-456789abcdef'],
    [/<index>|<name>/g, 'Example'],
    [/(?<=--key )'…'/g, `'{"pk": {"S": "AWS/opportunity/O2000002"}, "sk": {"S": "current"}}'`],
    [/(?<=--export-arn )'…'/g, 'arn:aws:dynamodb:us-east-1:111122223333:table/Records/export/01'],
  ];
  return values.reduce((text, [printed, value]) => text.replaceAll(printed, value), command);
}

describeUnless(missing, 'a printed command of the AWS CLI', () => {
  beforeAll(async () => {
    deployed = await startDeployedStage();
    const { endpoints, controlPlane, tables } = deployed.stage;
    aws = await startAcceptingAws({ ...endpoints, ...controlPlane });
    folder = mkdtempSync(join(tmpdir(), 'aws-'));
    writeFileSync(join(folder, 'config'), '[profile partner-account]\n');
    const names = {
      RECORDS_TABLE: tables.get('Records/Table').tableName,
      WEBHOOKS_TABLE: tables.get('WebhookDelivery/Webhooks').tableName,
      CONTROL_TABLE: tables.get('Control/Table').tableName,
    };
    variables = {
      ...names,
      RESTORE_TO: '2026-03-01T10:00:00Z',
      SCHEDULE: await scheduleOf(controlPlane.AWS_ENDPOINT_URL_CLOUDFORMATION),
    };
    await registerEndpoint(deployed.stage, { url: 'http://127.0.0.1:1', secret: 'whsec_a' }, crm);
    await fillTables({
      client: () => accessStage(deployed.stage).dynamodb,
      endpoint: () => endpoints.AWS_ENDPOINT_URL_DYNAMODB,
      names,
    });
  });
  afterAll(async () => {
    await deployed?.stop();
    await aws?.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(commands)('is accepted with all its options: %s', async (command) => {
    const before = aws.calls.length;
    const { code, output } = await run(fill(command));
    expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
    expect(aws.calls.length).toBeGreaterThan(before);
  });

  it.each(blocks.map(({ document, text }) => [document, text] as const))(
    'works in a block of %s, with the region that the document sets: %s',
    async (document, text) => {
      const before = aws.calls.length;
      const { code, output } = await run([...setUpOf(document, text), fill(text)].join('\n'));
      expect({ code, output }).toEqual({ code: 0, output: expect.any(String) });
      expect(aws.calls.length).toBeGreaterThan(before);
    },
  );
});
