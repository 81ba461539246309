import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import type { PartnerEventEnvelope } from './partner-central/model/partner-events.ts';
import type { SimulatedPartner } from './partner-central/model/simulated-partner.ts';
import { type Check, check } from './result.ts';

/** What the scenes of commands act on. */
export interface CommandWorld {
  readonly partner: SimulatedPartner;
  /** Of the HTTP API for commands. */
  readonly apiUrl: string;
  readonly takeEmitted: () => PartnerEventEnvelope[];
  readonly put: (events: readonly PartnerEventEnvelope[]) => Promise<void>;
  readonly waitUntilDrained: () => Promise<void>;
  readonly note: (line: string) => void;
}

/** The members of an answer that the scenes look at. */
const answerSchema = v.object({
  status: v.optional(v.string()),
  evidence: v.optional(v.string()),
  code: v.optional(v.string()),
  conflicts: v.optional(v.array(v.string())),
  opportunityId: v.optional(v.string()),
});
type Answer = v.InferOutput<typeof answerSchema>;

/**
 * A client accepts an invitation, moves the stage of the new opportunity, asks for the same again,
 * and asks for a stage that a person has changed meanwhile.
 */
export async function playCommands(world: CommandWorld): Promise<Check> {
  const { partner, takeEmitted, put, waitUntilDrained: drained, note } = world;
  const writtenBefore = partner.writes.effective.length;
  note('commands: an invitation is accepted, then the stage of its opportunity moved, twice under one key');
  const invitation = partner.createInvitation('AWS', 'OpportunityInvitation');
  await put(takeEmitted());
  await drained();
  const accepted = await perform(world, 'accept', { action: 'invitation.accept', target: invitation });
  await put(takeEmitted());
  await drained();
  const target = accepted.opportunityId ?? '';
  const moved = await perform(world, 'move', stageOf(target, 'Qualified'));
  const again = await perform(world, 'move', stageOf(target, 'Qualified'));
  await put(takeEmitted());
  await drained();
  note('commands: a person changes the stage, and a client that does not know it asks for another one');
  partner.updateOpportunity(target, { patch: { LifeCycle: { Stage: 'Technical Validation' } } });
  const late = await perform(world, 'late', stageOf(target, 'Business Validation'));
  await put(takeEmitted());
  const written = partner.writes.effective.slice(writtenBefore).map(({ operation }) => operation);
  return check('commands: one write for each that succeeds, none for a conflict or a repeat', [
    ...differences('the acceptance', [accepted.status], ['succeeded']),
    ...differences('the move of the stage', [moved.status, again.status], ['succeeded', 'succeeded']),
    ...differences(
      'the late move',
      [late.status, late.code, ...(late.conflicts ?? [])],
      ['failed', 'conflict', '/LifeCycle/Stage'],
    ),
    ...differences('the writes', written, ['StartEngagementByAcceptingInvitationTask', 'UpdateOpportunity']),
  ]);
}

function stageOf(target: string, Stage: string) {
  return { action: 'opportunity.update', target, patch: { LifeCycle: { Stage } } };
}

function differences(what: string, found: readonly unknown[], expected: readonly string[]): string[] {
  const [is, wanted] = [found.join(', '), expected.join(', ')];
  return is === wanted ? [] : [`${what}: ${is}; expected: ${wanted}`];
}

/** Longer than any command of the scenes takes, also on a busy machine. */
const longestMs = 60_000;

/** Asks for a command, waits for its end, and notes the result. */
async function perform({ apiUrl, note }: CommandWorld, key: string, request: object): Promise<Answer> {
  const asked = await fetch(`${apiUrl}/commands`, {
    method: 'POST',
    headers: { 'idempotency-key': key, 'content-type': 'application/json' },
    body: JSON.stringify({ catalog: 'AWS', ...request }),
  });
  if (!asked.ok) throw new Error(`the command ${key} was refused: ${asked.status} ${await asked.text()}`);
  const deadlineMs = performance.now() + longestMs;
  for (;;) {
    const answer = await readCommand(apiUrl, key);
    const isOpen = answer.status === 'accepted' || answer.status === 'waiting';
    if (isOpen && performance.now() < deadlineMs) await sleep(100);
    else {
      note(`  command ${key}: ${asked.status}, ${describeEnd(answer)}`);
      return answer;
    }
  }
}

async function readCommand(apiUrl: string, key: string): Promise<Answer> {
  const answer = await fetch(`${apiUrl}/commands/${encodeURIComponent(key)}`);
  return v.parse(answerSchema, await answer.json());
}

function describeEnd({
  status = 'no status',
  evidence,
  code,
  conflicts = [],
  opportunityId,
}: Answer): string {
  const facts = [evidence && `evidence: ${evidence}`, code, conflicts.join(' '), opportunityId];
  return [status, ...facts.filter((fact) => fact)].join(', ');
}
