import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { afterAll, describe, expect, it } from 'vitest';
import { createResolver, parseProperties } from '../../../../local/host/template/intrinsics.ts';
import { ResourceIndex } from '../../../../local/host/template/resource-index.ts';
import { readTemplate } from '../../../../local/host/template/template.ts';

const folder = mkdtempSync(join(tmpdir(), 'template-'));
const file = join(folder, 'Sample.template.json');
writeFileSync(
  file,
  JSON.stringify({
    Parameters: { Stage: { Type: 'String', Default: 'test' }, Open: { Type: 'String' } },
    Resources: {
      Queue1A2B: { Type: 'AWS::SQS::Queue', Metadata: { 'aws:cdk:path': 'Sample/Work/Queue/Resource' } },
      Role3C4D: { Type: 'AWS::IAM::Role', Properties: { Name: { 'Fn::If': ['a', 'b', 'c'] } } },
    },
  }),
);
afterAll(() => rmSync(folder, { recursive: true }));

const template = readTemplate(folder);
const identities = new Map([
  ['Queue1A2B', { ref: 'http://127.0.0.1/q', attributes: { Arn: 'arn:aws:sqs:us-east-1:000000000000:q' } }],
]);
const resolve = createResolver(template, identities);

describe('createResolver', () => {
  it.each<[unknown, unknown]>([
    [{ Ref: 'Queue1A2B' }, 'http://127.0.0.1/q'],
    [{ Ref: 'Stage' }, 'test'],
    [{ Ref: 'AWS::Region' }, 'us-east-1'],
    [{ Ref: 'AWS::StackName' }, 'Sample'],
    [{ 'Fn::GetAtt': ['Queue1A2B', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:q'],
    [{ 'Fn::GetAtt': ['Role3C4D', 'Arn'] }, 'arn:aws:iam:us-east-1:000000000000:Sample-Role3C4D'],
    [{ Ref: 'Role3C4D' }, 'Sample-Role3C4D'],
    [
      { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':', { Ref: 'AWS::AccountId' }]] },
      'arn:aws:000000000000',
    ],
    [
      { 'Fn::Sub': '${Stage}.${Queue1A2B.Arn}.${!Literal}.${AWS::URLSuffix}' },
      'test.arn:aws:sqs:us-east-1:000000000000:q.${Literal}.amazonaws.com',
    ],
    [{ keep: [{ Ref: 'Stage' }, 1, null], drop: { Ref: 'AWS::NoValue' } }, { keep: ['test', 1, null] }],
  ])('resolves %j', (value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it.each([
    [{ Ref: 'Missing' }, 'Ref Missing is not in the template'],
    [{ Ref: 'Open' }, 'Ref Open is not in the template'],
    [{ 'Fn::GetAtt': ['Role3C4D', 'RoleId'] }, 'Fn::GetAtt Role3C4D.RoleId is not known'],
    [{ 'Fn::ImportValue': 'x' }, 'Fn::ImportValue is not supported'],
    [{ 'Fn::Select': [1, ['a', 'b']] }, 'Fn::Select is not supported'],
    [{ 'Fn::Sub': ['${Mine}', { Mine: 'x' }] }, 'Expected string'],
  ])('refuses to resolve %j', (value, message) => {
    expect(() => resolve(value)).toThrow(message);
  });

  it('parseProperties does not resolve properties outside the schema', () => {
    const role = template.resources.get('Role3C4D');
    if (role === undefined) throw new Error('the role is missing');
    expect(parseProperties(v.object({ Path: v.optional(v.string(), '/') }), role, resolve)).toEqual({
      Path: '/',
    });
  });

  it('parseProperties names the resource of an invalid property', () => {
    const role = template.resources.get('Role3C4D');
    if (role === undefined) throw new Error('the role is missing');
    expect(() => parseProperties(v.object({ Name: v.string() }), role, resolve)).toThrow(
      'Role3C4D (AWS::IAM::Role at Role3C4D): Fn::If',
    );
    const named = { ...role, properties: { Name: 5 } };
    expect(() => parseProperties(v.object({ Name: v.string() }), named, resolve)).toThrow(
      'Role3C4D (AWS::IAM::Role',
    );
  });
});

describe('readTemplate and its resources', () => {
  it('finds resources by short id, construct path and logical id', () => {
    const index = new ResourceIndex(
      'queue',
      [...template.resources.values()].map((resource) => ({ resource })),
    );
    for (const id of ['Work/Queue', 'Sample/Work/Queue', 'Sample/Work/Queue/Resource', 'Queue1A2B']) {
      expect(index.get(id).resource.logicalId).toBe('Queue1A2B');
    }
    expect(() => index.get('Work/Other')).toThrow(
      'There is no queue "Work/Other" in the template. Known: Work/Queue, Role3C4D',
    );
  });

  it('refuses a folder without a template or with several', () => {
    expect(() => readTemplate(join(folder, 'nowhere'))).toThrow('synthesize first');
    const second = join(folder, 'Other.template.json');
    writeFileSync(second, '{}');
    expect(() => readTemplate(folder)).toThrow('exactly one');
    expect(() => readTemplate(second)).toThrow('is not a template');
    expect(readTemplate(file).stackName).toBe('Sample');
    rmSync(second);
  });
});
