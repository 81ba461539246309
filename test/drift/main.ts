import { globSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { topicsByPath } from '../../lambdas/core/message-type.ts';
import { personalData } from '../../lambdas/core/personal-data.ts';
import { PythonMissing } from '../python.ts';
import { compareApi } from './compare-api.ts';
import known from './known-api.json' with { type: 'json' };
import { readNewestModel } from './newest-model.ts';
import { renderReport } from './report.ts';
import { readApi } from './service-model.ts';

// npm run drift [-- --record]: compares our lists with the API of today, or records the API.
const given = process.argv.slice(2);
const unknown = given.filter((argument) => argument !== '--record');
if (unknown.length > 0) {
  process.stderr.write(`${unknown.join(', ')}: not an option of npm run drift; allowed: --record\n`);
  process.exit(2);
}

const project = new URL('../../', import.meta.url);
const contracts = globSync('lambdas/*/contract.ts', { cwd: project });
const calls = new Set(
  contracts.flatMap((path) =>
    [...readFileSync(new URL(path, project), 'utf8').matchAll(/'partnercentral:(\w+)'/g)].map(
      ([, operation = '']) => operation,
    ),
  ),
);
const topics = {
  opportunity: Object.keys(topicsByPath.opportunity),
  'aws-opportunity-summary': Object.keys(topicsByPath['aws-opportunity-summary']),
  'engagement-invitation': Object.keys(topicsByPath['engagement-invitation']),
  engagement: Object.keys(topicsByPath.engagement),
};

try {
  const { version, model } = await readNewestModel();
  const today = readApi(model);
  if (given.includes('--record')) {
    await writeFile(
      new URL('known-api.json', import.meta.url),
      `${JSON.stringify({ botocore: version, ...today }, undefined, 2)}\n`,
    );
    process.stdout.write(`Recorded botocore ${version} in test/drift/known-api.json.\n`);
  } else {
    const news = compareApi(today, known, { calls, personalData, topics });
    process.stdout.write(`${renderReport(news, { version, recorded: known.botocore, model, calls })}\n`);
  }
} catch (error) {
  if (!(error instanceof PythonMissing)) throw error;
  process.stdout.write(`The API of today cannot be compared, because ${error.message}.\n`);
}
