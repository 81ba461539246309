import { PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect } from 'vitest';
import { exportKinds, exportNames } from '../../../bin/pcr/export/export-kinds.ts';
import { exportFormats } from '../../../bin/pcr/export/row-encoder.ts';
import { toAttributes } from '../../../lambdas/adapters/dynamodb-attributes.ts';
import { readExport, textOf } from './exported-files.ts';
import { exported, history, secret, storeDelivery } from './exported-history.ts';
import { pcrTest } from './pcr-test.ts';
import { storeOpportunities } from './pcr-under-test.ts';
import { storeHistory } from './stored-history.ts';

const test = pcrTest();

describe('the files of an export', () => {
  test.for(exportNames)('%s contain no personal data unless it is wanted', async (name, { pcr }) => {
    await storeHistory(pcr.relay, history);
    await storeDelivery(pcr, 1);
    const personal = Object.entries(exportKinds[name].columns).filter(([, column]) => column.personal);
    for (const format of exportFormats) {
      const folder = await exported(pcr, name, '--format', format);
      expect(textOf(folder)).not.toMatch(new RegExp(`${secret}|12345678901234567890`));
      expect(pcr.notes().join('\n').includes('Personal data is left out')).toBe(personal.length > 0);
    }
    const isPersonal = personal.length > 0;
    const rows = await readExport(await exported(pcr, name, ...(isPersonal ? ['--personal-data'] : [])));
    for (const [column] of personal)
      expect(
        rows.some((row) => row[column] !== null),
        column,
      ).toBe(true);
    const without = await readExport(await exported(pcr, name));
    for (const [column, { personal: how }] of personal)
      if (how === 'yes')
        expect(
          without.every((row) => row[column] === null),
          column,
        ).toBe(true);
  });

  test('items that were edited by hand are named, counted and left out', async ({ pcr }) => {
    await storeOpportunities(pcr.relay, 2, 2);
    const TableName = pcr.relay.output('RecordsTableName');
    const spoil = (sk: string) =>
      pcr.relay.clients.dynamodb.send(
        new PutItemCommand({
          TableName,
          Item: toAttributes({ pk: 'AWS/opportunity/O1000001', sk, payload: `${secret} was here` }),
        }),
      );
    await spoil('current');
    await spoil('version#0000000002');
    const ids = async (name: string) => (await readExport(await exported(pcr, name))).map(({ id }) => id);
    expect(await ids('deals')).toEqual(['O1000002']);
    expect(pcr.notes().join('\n')).toMatch(/^AWS\/opportunity\/O1000001 current: catalog: missing; allowed/m);
    expect(pcr.notes().join('\n')).toContain('1 item left out');
    expect(await ids('stages')).toEqual(['O1000001', 'O1000002', 'O1000002']);
    expect(pcr.notes().join('\n')).toContain('AWS/opportunity/O1000001 version#0000000002: ');
    expect(new Set(await ids('changes'))).toEqual(new Set(['O1000001', 'O1000002']));
    expect(pcr.notes().join('\n')).not.toContain(secret);
  });
});
