import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseJsonc } from 'jsonc-parser';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { compilePattern } from '../../lambdas/core/event-pattern.ts';
import {
  engagementDetailTypes,
  invitationDetailTypes,
  opportunityDetailTypes,
  partnerCentralSource,
} from '../../lambdas/core/partner-event.ts';
import { describeUnless } from '../describe-unless.ts';
import { synthesize } from './synthesized-stack.ts';

const opportunities = 'Hydration/Opportunities';
const invitations = 'Hydration/Invitations';
const engagements = 'Hydration/Engagements';
const quarantine = 'Quarantine/Events';

const ruleSchema = v.object({
  EventPattern: v.looseObject({ source: v.array(v.string()) }),
  EventBusName: v.optional(v.never()),
  State: v.literal('ENABLED'),
  Targets: v.array(v.object({ Arn: v.unknown(), DeadLetterConfig: v.object({ Arn: v.unknown() }) })),
});

/** The rules in the template, each with its pattern and the queue that it targets. */
function deployedRules(catalogs: string) {
  const { ofType, logicalId } = synthesize({ settings: { catalogs } });
  const queues = [opportunities, invitations, engagements, quarantine].map((name) => ({
    name,
    arn: { 'Fn::GetAtt': [logicalId(`${name}/Queue`), 'Arn'] },
    parkedArn: { 'Fn::GetAtt': [logicalId(`${name}/Parked`), 'Arn'] },
  }));
  return ofType('AWS::Events::Rule').map(([id, properties]) => {
    const rule = v.parse(ruleSchema, properties);
    const [target, ...others] = rule.Targets;
    const queue = queues.find(({ arn }) => JSON.stringify(arn) === JSON.stringify(target?.Arn));
    return {
      id,
      pattern: rule.EventPattern,
      matches: compilePattern(rule.EventPattern),
      queue: others.length === 0 ? queue?.name : undefined,
      parksBeside: JSON.stringify(target?.DeadLetterConfig.Arn) === JSON.stringify(queue?.parkedArn),
    };
  });
}

function queuesOf(deployed: ReturnType<typeof deployedRules>, event: unknown) {
  return deployed.filter(({ matches }) => matches(event)).map(({ queue }) => queue);
}

/** The events of a folder, each with its file name without extension. */
function eventsIn(folder: string): [string, unknown][] {
  return readdirSync(folder)
    .filter((file) => /\.jsonc?$/.test(file))
    .map((file): [string, unknown] => [
      file.replace(/\.jsonc?$/, ''),
      parseJsonc(readFileSync(join(folder, file), 'utf8')),
    ]);
}

const expected: Readonly<Record<string, string>> = {
  'opportunity-created': opportunities,
  'opportunity-updated': opportunities,
  'engagement-invitation-created': invitations,
  'engagement-invitation-accepted': invitations,
  'engagement-invitation-rejected': invitations,
  'engagement-invitation-expired': invitations,
  'engagement-resource-snapshot-created': engagements,
  'engagement-created': engagements,
  'engagement-updated': engagements,
  'engagement-member-added': engagements,
  'unknown-detail-type': quarantine,
  'unknown-catalog': quarantine,
  'no-catalog': quarantine,
};

const rules = deployedRules('AWS,Sandbox');

describe('the rules', () => {
  it('are on the default bus, each with one queue and its parked queue', () => {
    expect(rules).toHaveLength(4);
    expect(rules.map(({ queue, parksBeside }) => ({ queue, parksBeside }))).toEqual([
      { queue: opportunities, parksBeside: true },
      { queue: invitations, parksBeside: true },
      { queue: engagements, parksBeside: true },
      { queue: quarantine, parksBeside: true },
    ]);
  });

  it('match the detail-types that the functions handle', () => {
    const patterns = rules.map(({ pattern }) => pattern);
    expect(patterns[0]).toMatchObject({ 'detail-type': opportunityDetailTypes });
    expect(patterns[1]).toMatchObject({ 'detail-type': invitationDetailTypes });
    expect(patterns[2]).toMatchObject({ 'detail-type': engagementDetailTypes });
    const handled = [...opportunityDetailTypes, ...invitationDetailTypes, ...engagementDetailTypes];
    expect(patterns[3]).toMatchObject({ $or: [{ 'detail-type': [{ 'anything-but': handled }] }, {}] });
    expect(new Set(patterns.flatMap(({ source }) => source))).toEqual(new Set([partnerCentralSource]));
  });

  it('test no field in which AWS deviates from its documentation', () => {
    expect(JSON.stringify(rules.map(({ pattern }) => pattern))).not.toMatch(
      /participantType|schemaVersion|"version"/,
    );
  });
});

describe('events', () => {
  const fixtures = eventsIn(fileURLToPath(new URL('../fixtures/events', import.meta.url)));

  it('have an expected queue for every fixture', () => {
    expect(fixtures.map(([name]) => name).toSorted()).toEqual(Object.keys(expected).toSorted());
  });

  it.each(fixtures)('like the fixture %s go to one queue', (name, event) => {
    expect(queuesOf(rules, event)).toEqual([expected[name]]);
  });

  const onlyAws = deployedRules('AWS');
  const onlySandbox = deployedRules('Sandbox');

  it.each(fixtures)(
    'like the fixture %s go nowhere if their catalog is known but not configured',
    (name, event) => {
      const catalog = /"catalog":"(AWS|Sandbox)"/.exec(JSON.stringify(event))?.[1];
      const queues = queuesOf(catalog === 'AWS' ? onlySandbox : onlyAws, event);
      expect(queues).toEqual(catalog === undefined ? [expected[name]] : []);
    },
  );

  it('go nowhere if they come from another source', () => {
    const [, event] = fixtures.find(([name]) => name === 'opportunity-created') ?? [];
    expect(queuesOf(rules, event)).toEqual([opportunities]);
    expect(queuesOf(rules, { ...Object(event), source: 'example.other' })).toEqual([]);
  });
});

const samples = process.env['SAMPLES_DIR'];

const unnamed = samples === undefined ? 'SAMPLES_DIR names no folder' : undefined;
describeUnless(unnamed, 'recorded and documented events', () => {
  const recorded = samples === undefined ? [] : eventsIn(join(samples, 'events'));

  it('exist in the folder', () => {
    expect(recorded.length).toBeGreaterThan(0);
  });

  const envelope = v.object({ 'detail-type': v.string(), detail: v.object({ catalog: v.string() }) });

  // Some documented events have a placeholder as catalog, which counts as an unknown catalog.
  it.each(recorded)('like %s go to the one queue of their catalog and detail-type', (_, event) => {
    const { 'detail-type': detailType, detail } = v.parse(envelope, event);
    const concerns = [
      [opportunities, opportunityDetailTypes],
      [invitations, invitationDetailTypes],
      [engagements, engagementDetailTypes],
    ] as const;
    const concern = concerns.find(([, detailTypes]) => detailTypes.some((each) => each === detailType));
    const isKnown = ['AWS', 'Sandbox'].includes(detail.catalog);
    expect(queuesOf(rules, event)).toEqual([isKnown && concern ? concern[0] : quarantine]);
  });
});
