import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const project = new URL('../../', import.meta.url);

/** A receiver that is typed with a copy of docs/webhooks/types. */
const receiver = `
import type { Message, MessageOf, Opportunity, Topic } from '${new URL('docs/webhooks/types/index.d.ts', project).pathname}';

export function handle(message: Message): string | undefined {
  switch (message.type) {
    case 'opportunity.created':
    case 'opportunity.updated':
      return stageOf(message.data.record);
    case 'opportunity.reminder':
      return message.data.reminders?.map(({ topic, days }) => \`\${topic} \${days}\`).join();
    case 'engagement_invitation.expiring':
      return message.data.record?.ExpirationDate;
    case 'command.failed':
      return message.data.record?.problems?.map(({ path, code }) => \`\${path} \${code}\`).join();
    default:
      return message.data.changes.map(({ path }) => path).join();
  }
}

function stageOf(record: Opportunity | undefined): string {
  const stage = record?.LifeCycle?.Stage;
  if (stage === 'Launched') return 'won';
  return stage ?? 'redacted';
}

declare const update: MessageOf<'engagement.updated'>;
export const kind: 'engagement' = update.data.kind;
export const version: number = update.data.version;
export const known: Topic = 'opportunity.stage_changed';
export const unknown: Topic = 'opportunity.sung';
`;

/** Returns what the compiler says about a receiver, in the strictest mode. */
function compile(code: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'receiver-'));
  try {
    const file = join(folder, 'receiver.ts');
    writeFileSync(file, code);
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess'];
    const tsc = fileURLToPath(new URL('node_modules/.bin/tsc', project));
    const { stdout, stderr } = spawnSync(tsc, [...options, '--ignoreConfig', file], { encoding: 'utf8' });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

it('a receiver compiles against the published types, without any other package', () => {
  expect(compile(receiver)).toBe('');
});

it.each([
  ["case 'opportunity.created'", "case 'opportunity.sung'", 'is not comparable'],
  ['record?.ExpirationDate', 'record?.LifeCycle?.Stage', "'LifeCycle' does not exist"],
  ['record?.LifeCycle?.Stage', 'record.LifeCycle.Stage', 'possibly'],
  ["kind: 'engagement'", "kind: 'opportunity'", 'is not assignable'],
])('a receiver with %s replaced by %s does not compile', (from, to, problem) => {
  expect(receiver).toContain(from);
  expect(compile(receiver.replace(from, to))).toContain(problem);
});
