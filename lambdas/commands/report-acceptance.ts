import { lineKeyOf } from '../core/command-version.ts';
import { linePath } from '../core/line.ts';
import type { Log } from '../ports/log.ts';
import type { Metrics } from '../ports/metrics.ts';
import type { Acceptance } from './accept.ts';

export interface ReportDeps {
  readonly log: Log;
  readonly metrics: Metrics<'CommandsAccepted' | 'CommandsRefused'>;
}

export function reportAcceptance(acceptance: Acceptance, { log, metrics }: ReportDeps): void {
  if (acceptance.kind === 'refused') {
    metrics.count('CommandsRefused');
    log.info('command.refused', { code: acceptance.refusal.code });
  }
  if (acceptance.kind !== 'accepted') return;
  for (const command of [acceptance.command, ...acceptance.followers]) {
    metrics.count('CommandsAccepted');
    log.info('command.accepted', { commandId: command.id, line: linePath(lineKeyOf(command)) });
  }
}
