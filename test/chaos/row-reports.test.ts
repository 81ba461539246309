import { expect, it } from 'vitest';
import { RowReports } from '../../local/chaos/row-reports.ts';

const path = 'AWS/opportunity/O1000001';
const version = `${path} version#0000000003`;
const deliveryId = `dlv_${'1'.repeat(32)}`;

function reportsOf(entry: object) {
  const log = new RowReports();
  log.onLogLine(JSON.stringify(entry));
  return log.reports;
}

it.each([
  [{ message: 'row.excluded', deliveryId, problems: [] }, `delivery#${deliveryId} delivery`],
  [{ message: 'row.excluded', endpointId: 'ep_all', problems: [] }, 'endpoint ep_all'],
  [{ message: 'row.excluded', record: path, item: `${path} current` }, `${path} current`],
  [{ message: 'row.repaired', item: 'sightings event' }, 'sightings event'],
  [{ message: 'gate.mended', endpointId: 'ep_all' }, 'gate ep_all'],
  [{ message: 'quota.mended', calls: 'reads', revision: 3 }, 'quota reads'],
  [{ message: 'quota.mended', calls: 'writes', revision: 3 }, 'quota writes'],
  [
    { message: 'pass.restarted', catalog: 'AWS', pass: 'opportunities', reason: 'unreadable' },
    'pass AWS/opportunities',
  ],
])('a report names the row that it is about: %j', (entry, row) => {
  expect(reportsOf(entry)).toEqual([{ row, cause: row }]);
});

it('a report of a version names the item that is invalid, which may be another version', () => {
  const entry = { message: 'row.excluded', record: path, version: 4, item: version };
  expect(reportsOf(entry)).toEqual([{ row: `${path} version#0000000004`, cause: version }]);
});

it('a report of a delivery names its version if that is invalid', () => {
  const entry = { message: 'row.excluded', deliveryId, problems: [`the version ${version} is unreadable`] };
  expect(reportsOf(entry)).toEqual([{ row: `delivery#${deliveryId} delivery`, cause: version }]);
});

it('a pass that starts anew because its token was refused is no report of a row', () => {
  const entry = { message: 'pass.restarted', catalog: 'AWS', pass: 'engagements', reason: 'token-refused' };
  expect(reportsOf(entry)).toEqual([]);
});
