import { baseValues } from '../core/command-actions.ts';
import { partnerIdOf } from '../core/content-problems.ts';
import { addMs } from '../core/instant.ts';
import { type Line, type LineKey, newLine } from '../core/line.ts';
import type { RecordState } from '../core/version.ts';
import { ringLine } from '../records/ring-line.ts';
import type { ActDeps } from './deps.ts';
import { contentLifeMs, type End, endedState, logFields, reportEnd, reservationMs } from './end-command.ts';
import { again, type CommandWithContent, type LineWork, nowOf, type Step } from './work.ts';
import { stepAfter, writeState } from './write-state.ts';

/**
 * Moves a command to the line of the opportunity that its create has made. It is based on the
 * opportunity as it is stored now.
 */
export async function moveCommand(
  work: LineWork,
  command: CommandWithContent,
  target: RecordState,
  deps: ActDeps,
): Promise<Step> {
  const { ticket, state, content } = command;
  const line = await readLine(opportunityLine(target), deps);
  const number = line.signals + 1;
  const base = baseValues(content.request.content, target.payload);
  const to = { line, number, ticket: { ...ticket, number }, content: { ...content, base } };
  const next = { ...state, target: targetOf(line), number, basedOn: target.version };
  const outcome = await writeState(command, next, deps, (version, dueAt) =>
    deps.commands.move(command.record, version, dueAt, work.claimed, ticket, to),
  );
  if (outcome !== 'written') return stepAfter(outcome);
  deps.log.info('command.moved', { ...logFields(work, ticket), opportunityId: target.id });
  await ringLine(opportunityLine(target), deps);
  return again;
}

/**
 * Ends a create that has succeeded. Its content goes to the line of the opportunity, so that all
 * commands of an opportunity are in one place.
 */
export async function endCreate(
  work: LineWork,
  command: CommandWithContent,
  opportunityId: string,
  evidence: 'answer' | 'read-back',
  deps: ActDeps,
): Promise<Step> {
  const { ticket, content } = command;
  const { commandId } = ticket;
  const now = nowOf(deps);
  const key = opportunityLine({ catalog: work.claimed.line.catalog, id: opportunityId });
  const line = await readLine(key, deps);
  const number = line.signals + 1;
  const end: End = { status: 'succeeded', evidence, opportunityId };
  const next = { ...endedState(command, end, now), target: targetOf(line), number };
  const to = {
    line,
    number,
    content: { ...content, tokenRequest: undefined },
    removeContentAt: addMs(now, contentLifeMs),
    answered: { commandId, answeredAt: now },
  };
  const partnerId = partnerIdOf(content.request.content) ?? '';
  const frees = { partnerId, commandId, freeAt: addMs(now, reservationMs) };
  const outcome = await writeState(command, next, deps, (version, dueAt) =>
    deps.commands.move(command.record, version, dueAt, work.claimed, ticket, to, frees),
  );
  if (outcome !== 'written') return stepAfter(outcome);
  reportEnd(work, command, next, deps);
  await ringLine(key, deps);
  return again;
}

async function readLine(key: LineKey, { commands }: ActDeps): Promise<Line> {
  return (await commands.line(key)) ?? newLine(key);
}

function opportunityLine({ catalog, id }: Pick<RecordState, 'catalog' | 'id'>): LineKey {
  return { catalog, kind: 'opportunity', id };
}

function targetOf({ kind, id }: LineKey) {
  return { kind, id };
}
