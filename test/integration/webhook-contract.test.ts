import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { describe, expect, it } from 'vitest';
import { webhookFiles } from '../../docs/generate/webhooks/webhook-files.ts';
import { writtenFiles } from '../../docs/generate/webhooks/write-files.ts';
import { at, isJsonObject, type JsonObject } from '../../lambdas/core/json.ts';
import { parseJson, stringifyJson } from '../../lambdas/core/json-text.ts';
import { applyMergePatch } from '../../lambdas/core/merge-patch.ts';
import { messageOf } from '../../lambdas/core/message.ts';
import { messageTypes, topics } from '../../lambdas/core/message-type.ts';
import { personalData } from '../../lambdas/core/personal-data.ts';
import { makeSample } from '../../lambdas/core/sample-version.ts';
import { contractProblems } from '../../local/message-contract.ts';
import { fetchPackages } from '../../local/on-demand/fetch-packages.ts';
import { oddNumber, oddTimestamp } from '../../local/partner-central/model/odd-values.ts';
import { seededRandom } from '../../local/partner-central/seeded-random.ts';
import { endpoint } from '../builders/endpoints.ts';

const folder = new URL('../../docs/webhooks/', import.meta.url);
const textOf = (path: string) => readFileSync(new URL(path, folder), 'utf8');
const sampleOf = (topic: string): JsonObject => {
  const sample = parseJson(textOf(`samples/${topic}.json`));
  if (!isJsonObject(sample)) throw new Error(`the sample of ${topic} is not an object`);
  return sample;
};
/** What is wrong with a sample that differs by a JSON merge patch. */
const problemsWith = (topic: string, patch: JsonObject) =>
  contractProblems(stringifyJson(applyMergePatch(sampleOf(topic), patch)));

/** What is used of the package `@asyncapi/parser`. */
interface AsyncApiParser {
  readonly Parser: new () => object;
  readonly fromFile: (
    parser: object,
    file: string,
  ) => {
    parse(): Promise<{ readonly document?: AsyncApiDocument; readonly diagnostics: readonly object[] }>;
  };
}

interface AsyncApiDocument {
  channels(): { get(name: string): { messages(): { all(): readonly { name(): string }[] } } | undefined };
}

describe('docs/webhooks', () => {
  it('has the files that are generated from the code, and no others', () => {
    const written = writtenFiles();
    const stale = [...webhookFiles()]
      .filter(([path, text]) => written.get(path) !== text)
      .map(([path]) => path);
    expect(stale, 'docs/webhooks is stale: npm run docs -- webhooks').toEqual([]);
    expect([...written.keys()].toSorted()).toEqual([...webhookFiles().keys()].toSorted());
  });

  it.each(messageTypes)('has a valid JSON Schema 2020-12 for %s', (type) => {
    const schema: unknown = JSON.parse(textOf(`schemas/${type}.json`));
    expect(schema).toMatchObject({ $id: `urn:partner-central-relay:message:${type}` });
    const ajv = new Ajv2020({ formats: fullFormats, strict: true, allowMatchingProperties: true });
    expect(isJsonObject(schema) && ajv.validateSchema(schema), ajv.errorsText()).toBe(true);
  });

  it('has an AsyncAPI document in which its own parser finds nothing to improve', async () => {
    const packages = await fetchPackages('asyncapi');
    const { fromFile, Parser }: AsyncApiParser = createRequire(join(packages, 'x.js'))('@asyncapi/parser');
    const { document, diagnostics } = await fromFile(
      new Parser(),
      new URL('asyncapi.yaml', folder).pathname,
    ).parse();
    expect(diagnostics).toEqual([]);
    const names = document
      ?.channels()
      .get('webhooks')
      ?.messages()
      .all()
      .map((message) => message.name());
    expect(names?.toSorted()).toEqual(messageTypes.toSorted());
  });

  it.each(topics)('has a sample of %s that its schema allows', (topic) => {
    const sample = sampleOf(topic);
    expect(contractProblems(textOf(`samples/${topic}.json`))).toEqual([]);
    expect(at(sample, 'data', 'topics')).toContain(topic);
  });
});

describe('the schema of a message', () => {
  it.each(topics)('allows the sample of %s in every form that an endpoint can choose', (topic) => {
    const version = makeSample(topic, '2026-03-01T10:00:00.000Z');
    const forms = [
      { payload: 'thin' },
      { redact: ['personal-data'] },
      { redact: { only: ['/LifeCycle', '/Status', '/status'] } },
      ...personalData.opportunity.map((pointer) => ({ redact: [pointer] })),
    ] as const;
    for (const form of forms) expect(contractProblems(messageOf(version, endpoint(form)).body)).toEqual([]);
  });

  it.each<[what: string, topic: string, patch: JsonObject]>([
    ['a topic', 'opportunity.updated', { data: { topics: ['opportunity.updated', 'opportunity.sung'] } }],
    ['a catalog', 'opportunity.updated', { data: { catalog: 'Moon' } }],
    ['a kind of link', 'opportunity.linked', { data: { links: [{ kind: 'song', id: 'x', via: 'ear' }] } }],
    ['a stage', 'opportunity.updated', { data: { record: { LifeCycle: { Stage: 'Sung' } } } }],
    ['a cause', 'opportunity.updated', { data: { cause: { detailType: 'Opportunity Sung', by: 'x' } } }],
    ['a status of an invitation', 'engagement_invitation.updated', { data: { record: { Status: 'SUNG' } } }],
    ['a status of a command', 'command.failed', { data: { record: { status: 'sung', code: 'flat' } } }],
    [
      'a member',
      'opportunity.updated',
      { new: 1, data: { new: {}, record: { New: [], Project: { New: 1 } } } },
    ],
  ])('allows %s that only a later release, or AWS, knows', (_, topic, patch) => {
    expect(problemsWith(topic, patch)).toEqual([]);
  });

  it('allows timestamps of AWS in any form, and numbers of any size', () => {
    const random = seededRandom(7);
    for (let tries = 0; tries < 100; tries += 1) {
      const LastModifiedDate = oddTimestamp(random, Date.parse('2026-03-01T10:00:00.000Z'));
      const record = { LastModifiedDate, Odd: oddNumber(random) };
      expect(problemsWith('opportunity.updated', { data: { record } })).toEqual([]);
    }
  });

  it.each<[what: string, patch: JsonObject, problem: string]>([
    ['another type', { type: 'opportunity.created' }, '/data/kind'],
    ['no version', { data: { version: null } }, "/data must have required property 'version'"],
    ['a text as version', { data: { version: '2' } }, '/data/version must be integer'],
    ['version 0', { data: { version: 0 } }, '/data/version must be >= 1'],
    ['a day as timestamp', { timestamp: '2026-03-01' }, '/timestamp must match format "date-time"'],
    [
      'a change without a path',
      { data: { changes: [{}] } },
      "/data/changes/0 must have required property 'path'",
    ],
    ['a list as record', { data: { record: [] } }, '/data/record must be object'],
    ['a number as stage', { data: { record: { LifeCycle: { Stage: 7 } } } }, '/data/record/LifeCycle/Stage'],
    ['a type that is not published', { type: 'opportunity.sung' }, 'no schema of the type opportunity.sung'],
  ])('refuses %s', (_, patch, problem) => {
    expect(
      problemsWith('engagement.updated', patch).concat(problemsWith('opportunity.updated', patch)).join(),
    ).toContain(problem);
  });

  it('refuses what is not JSON', () => {
    const bodies = ['', '[]', '{', '{"type":1}'];
    for (const body of bodies) expect(contractProblems(body)).not.toEqual([]);
  });
});
