import type { Drill } from '../drill.ts';

/** Longer than two periods of an hour and three hours, after which an export is late. */
const lateMinutes = 7 * 60;

export const exportDrills: readonly Drill[] = [
  {
    alarm: 'ExportLate',
    fault: 'A policy denies DynamoDB the bucket of exports.',
    cause: async ({ exports, play }) => {
      // The first export has ended.
      await play(60);
      exports.failure = 'S3AccessDenied';
    },
    firesWithinMinutes: lateMinutes,
    mend: [
      {
        words: 'undo what was changed by hand at the bucket',
        perform: async ({ exports }) => {
          exports.failure = undefined;
        },
      },
      { words: 'wait for the next try' },
    ],
    endsWithinMinutes: 3 * 60,
  },
];
