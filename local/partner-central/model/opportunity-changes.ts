import { at, isJsonArray, type JsonObject } from '../../../lambdas/core/json.ts';
import { between, pick, type Random } from '../seeded-random.ts';
import { dayMs, epochMsIn, toDay, toSecond } from './aws-timestamps.ts';
import { spendOf } from './opportunity-body.ts';

const stages = [
  'Prospect',
  'Qualified',
  'Technical Validation',
  'Business Validation',
  'Committed',
  'Launched',
];
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

/** AWS keeps at most 50. */
const nextStepsHistoryLimit = 50;

/** A part of a body to merge into it. Always a real change: whoever compares before and after finds a difference. */
type Patch = JsonObject;

/** What a partner, or AWS in its review, changes in an opportunity from one day to the next. */
export function inventOpportunityChange(body: JsonObject, random: Random, nowMs: number): Patch {
  const choices: readonly (Patch | undefined)[] = [
    forward(body, 'Stage', stages),
    forward(body, 'ReviewStatus', reviewSteps),
    { LifeCycle: { TargetCloseDate: postponed(body, random, nowMs) } },
    { LifeCycle: newNextSteps(body, random, nowMs) },
    { Project: { ExpectedCustomerSpend: spendOf(String(spentIn(body) + between(random, 1, 50) * 100)) } },
  ];
  return pick(
    random,
    choices.filter((choice) => choice !== undefined),
  );
}

/** What only AWS's people change, in their own summary of an opportunity. */
export function inventSummaryChange(body: JsonObject, random: Random, nowMs: number): Patch {
  const score = at(body, 'Insights', 'EngagementScore');
  const choices: readonly (Patch | undefined)[] = [
    forward(body, 'Stage', awsStages),
    {
      Insights: {
        EngagementScore: pick(
          random,
          engagementScores.filter((each) => each !== score),
        ),
      },
    },
    { LifeCycle: newNextSteps(body, random, nowMs) },
  ];
  return pick(
    random,
    choices.filter((choice) => choice !== undefined),
  );
}

/** The step after the present one. Undefined at the last step, and at a value that is no step of this ladder. */
function forward(body: JsonObject, member: string, ladder: readonly string[]): Patch | undefined {
  const present = ladder.findIndex((step) => step === at(body, 'LifeCycle', member));
  const next = ladder[present + 1];
  return present === -1 || next === undefined ? undefined : { LifeCycle: { [member]: next } };
}

function postponed(body: JsonObject, random: Random, nowMs: number): string {
  const presentMs = epochMsIn(at(body, 'LifeCycle', 'TargetCloseDate'), nowMs);
  return toDay(presentMs + between(random, 1, 30) * dayMs);
}

/** The former steps go to the history, the latest first. */
function newNextSteps(body: JsonObject, random: Random, nowMs: number): JsonObject {
  const former = at(body, 'LifeCycle', 'NextSteps') ?? null;
  const history = at(body, 'LifeCycle', 'NextStepsHistory');
  const older = isJsonArray(history) ? history : [];
  const kept = former === null ? older : [{ Time: toSecond(nowMs), Value: former }, ...older];
  return {
    NextSteps: pick(
      random,
      steps.filter((step) => step !== former),
    ),
    NextStepsHistory: kept.length === 0 ? null : kept.slice(0, nextStepsHistoryLimit),
  };
}

function spentIn(body: JsonObject): number {
  const spend = at(body, 'Project', 'ExpectedCustomerSpend');
  const amount = isJsonArray(spend) ? Number(at(spend[0], 'Amount')) : 0;
  return Number.isFinite(amount) ? amount : 0;
}
