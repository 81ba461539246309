import { expect, expectTypeOf, it } from 'vitest';
import type { FieldsOf, GeneralEvent, LogFields, TracedEvent } from '../../../lambdas/ports/log.ts';

/** The subject of each line without a correlation id. The compiler keeps the list complete. */
const about = {
  'breaker.opened': 'an endpoint',
  'client.excluded': 'a client',
  'command.accepted': 'a command',
  'command.refused': 'a request',
  'gate.mended': 'an endpoint',
  'line.postponed': 'a line of commands',
  'endpoint.paused': 'an endpoint',
  'secret.degraded': 'an endpoint',
  'intent.removed': 'a record',
  'row.excluded': 'a row',
  'row.repaired': 'a row',
  'endpoint.disabled': 'an endpoint',
  'export.started': 'an export',
  'export.finished': 'an export',
  'export.failed': 'an export',
  'sweep.finished': 'a sweep',
  'solutions.unlisted': 'a catalog',
  'quota.closed': 'the account',
  'quota.mended': 'the account',
  'pass.advanced': 'a run of reconcile',
  'pass.finished': 'a run of reconcile',
  'pass.restarted': 'a run of reconcile',
  'pass.failed': 'a run of reconcile',
} as const satisfies Record<GeneralEvent, string>;

it('a line about an event, a version or a delivery does not compile without a correlation id', () => {
  expectTypeOf<FieldsOf<TracedEvent>['correlationId']>().toEqualTypeOf<string>();
  expectTypeOf<LogFields>().not.toExtend<FieldsOf<'delivery.held'>>();
  expectTypeOf<LogFields>().toExtend<FieldsOf<'quota.closed'>>();
  expect(Object.keys(about)).toHaveLength(23);
});
