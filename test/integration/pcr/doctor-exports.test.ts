import { expect } from 'vitest';
import { exportsInTime } from '../../../bin/pcr/doctor/export-checks.ts';
import { removalCommands } from '../../../bin/pcr/uninstall/remains.ts';
import { dynamodbExportStore } from '../../../lambdas/adapters/dynamodb-export-store.ts';
import type { ExportState } from '../../../lambdas/core/export-state.ts';
import { checkContext } from '../../builders/check-context.ts';
import { missingDynoxide } from '../../conformance/dynamodb-under-test.ts';
import { describeUnless } from '../../describe-unless.ts';
import { manualClock } from '../../fakes/manual-clock.ts';
import { pcrTest } from './pcr-test.ts';
import type { PcrUnderTest } from './pcr-under-test.ts';

const begun: ExportState = {
  table: 'arn:aws:dynamodb:us-east-1:111122223333:table/records',
  bucket: 'exports',
  since: '2026-03-01T10:00:00.000Z',
};
const failed = { failures: 1, failedAt: '2026-03-01T11:00:00.000Z', failure: 'S3NoSuchBucket' } as const;
const exportedTo = '2026-03-01T10:30:00.000Z';

/** A stack that exports every hour. */
const exporting = ({ relay }: PcrUnderTest) => {
  const outputs = new Map([...relay.outputs, ['ExportBucketName', 'exports'], ['ExportHours', '1']]);
  return { ...relay, outputs, output: (name: string) => outputs.get(name) ?? relay.output(name) };
};

describeUnless(missingDynoxide, 'pcr doctor: exports', () => {
  const test = pcrTest([]);

  test('a stack that exports nothing gets no finding about exports', async ({ pcr }) => {
    expect(await exportsInTime.run(checkContext({ relay: pcr.relay }))).toEqual([]);
  });

  test.for([
    ['warning', undefined, 'No export to exports has begun.'],
    ['ok', { ...begun, exportedTo }, `exports has all changes until ${exportedTo}, 1 h ago.`],
    [
      'warning',
      { ...begun, ...failed, exportedTo },
      `exports has all changes until ${exportedTo}, 1 h ago. The export at ${failed.failedAt} failed: S3NoSuchBucket.`,
    ],
    [
      'problem',
      { ...begun, since: '2026-03-01T06:00:00.000Z', ...failed },
      `No export to exports is complete. The export at ${failed.failedAt} failed: S3NoSuchBucket.`,
    ],
  ] as const)(
    'a finding of level %s says how far the exports are: %j',
    async ([level, state, found], { pcr }) => {
      const relay = exporting(pcr);
      const store = dynamodbExportStore(relay.clients.dynamodb, relay.output('ControlTableName'));
      if (state) await store.write(state, 0);
      const io = { ...checkContext().io, clock: manualClock('2026-03-01T12:00:00.000Z') };
      expect(await exportsInTime.run(checkContext({ relay, io }))).toMatchObject([{ level, found }]);
    },
  );

  test('the commands that remove what a stack leaves name its bucket', ({ pcr }) => {
    expect(removalCommands(pcr.relay).join('\n')).not.toContain('s3');
    expect(removalCommands(exporting(pcr))).toContain('aws s3 rb --force --region us-east-1 s3://exports');
  });
});
