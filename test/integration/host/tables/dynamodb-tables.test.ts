import { expect, it } from 'vitest';
import { readTableDefinitions } from '../../../../local/host/tables/dynamodb-tables.ts';
import { readTemplate } from '../../../../local/host/template/template.ts';
import { resource, writeAssembly } from '../write-assembly.ts';

it('readTableDefinitions names an invalid table', async () => {
  const assembly = await writeAssembly(
    { Odd1: resource('AWS::DynamoDB::Table', 'Odd', { KeySchema: 'pk' }) },
    {},
  );
  expect(() => readTableDefinitions(readTemplate(assembly.folder))).toThrow(
    'Odd1 (AWS::DynamoDB::Table at Odd)',
  );
  assembly.remove();
});
