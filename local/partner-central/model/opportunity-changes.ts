import { at, isJsonArray, type Json, type JsonObject } from '../../../lambdas/core/json.ts';
import { between, pick, type Random } from '../seeded-random.ts';
import { dayMs, parseEpochMs, toDay, toSecond } from './aws-timestamps.ts';
import { spendOf } from './opportunity-body.ts';

/** The stages of a deal in their order. After the last, AWS lets the stage change no more. */
export const openStages = [
  'Prospect',
  'Qualified',
  'Technical Validation',
  'Business Validation',
  'Committed',
];
const stages = [...openStages, 'Launched'];
const reviewSteps = ['Submitted', 'In review', 'Approved'];
const awsStages = [
  'Not Started',
  'Identified',
  'Engaged',
  'Seller Engaged',
  'Evaluating',
  'Term Sheet Negotiation',
];
const engagementScores = ['Low', 'Medium', 'High'];
const steps = [
  'Call the sponsor',
  'Size the workload',
  'Send the proposal',
  'Plan the workshop',
  'Review the contract',
];

/** AWS keeps at most 50 entries. */
const nextStepsHistoryLimit = 50;

/** Members to merge into a body. The merged body always differs from the body before. */
type Patch = JsonObject;

/** Generates a change that the partner, or AWS in its review, makes to an opportunity. */
export function generateOpportunityChange(body: JsonObject, random: Random, nowMs: number): Patch {
  const choices: readonly (Patch | undefined)[] = [
    advance(body, 'Stage', stages),
    advance(body, 'ReviewStatus', reviewSteps),
    { LifeCycle: { TargetCloseDate: postponeCloseDate(body, random, nowMs) } },
    { LifeCycle: replaceNextSteps(body, random, nowMs) },
    {
      Project: { ExpectedCustomerSpend: spendOf(String(currentSpend(body) + between(random, 1, 50) * 100)) },
    },
  ];
  return pick(
    random,
    choices.filter((choice) => choice !== undefined),
  );
}

/** Generates a change that AWS makes to its own summary of an opportunity. */
export function generateSummaryChange(body: JsonObject, random: Random, nowMs: number): Patch {
  const score = at(body, 'Insights', 'EngagementScore');
  const choices: readonly (Patch | undefined)[] = [
    advance(body, 'Stage', awsStages),
    {
      Insights: {
        EngagementScore: pick(
          random,
          engagementScores.filter((each) => each !== score),
        ),
      },
    },
    { LifeCycle: replaceNextSteps(body, random, nowMs) },
  ];
  return pick(
    random,
    choices.filter((choice) => choice !== undefined),
  );
}

/** Moves the member to its next step. Undefined at the last step or at an unknown value. */
function advance(body: JsonObject, member: string, ladder: readonly string[]): Patch | undefined {
  const present = ladder.findIndex((step) => step === at(body, 'LifeCycle', member));
  const next = ladder[present + 1];
  return present === -1 || next === undefined ? undefined : { LifeCycle: { [member]: next } };
}

function postponeCloseDate(body: JsonObject, random: Random, nowMs: number): string {
  const presentMs = parseEpochMs(at(body, 'LifeCycle', 'TargetCloseDate'), nowMs);
  return toDay(presentMs + between(random, 1, 30) * dayMs);
}

/** Sets new next steps and puts the former ones first in the history. */
function replaceNextSteps(body: JsonObject, random: Random, nowMs: number): JsonObject {
  const former = at(body, 'LifeCycle', 'NextSteps') ?? null;
  const next = pick(
    random,
    steps.filter((step) => step !== former),
  );
  return { NextSteps: next, NextStepsHistory: nextStepsHistory(body, next, nowMs) };
}

/** The history after a write of these next steps. The former ones come first, if they differ. */
export function nextStepsHistory(body: JsonObject, next: Json, nowMs: number): Json {
  const former = at(body, 'LifeCycle', 'NextSteps') ?? null;
  const history = at(body, 'LifeCycle', 'NextStepsHistory');
  const older = isJsonArray(history) ? history : [];
  const kept =
    former === null || former === next ? older : [{ Time: toSecond(nowMs), Value: former }, ...older];
  return kept.length === 0 ? null : kept.slice(0, nextStepsHistoryLimit);
}

function currentSpend(body: JsonObject): number {
  const spend = at(body, 'Project', 'ExpectedCustomerSpend');
  const amount = isJsonArray(spend) ? Number(at(spend[0], 'Amount')) : 0;
  return Number.isFinite(amount) ? amount : 0;
}
