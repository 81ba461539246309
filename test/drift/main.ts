import { writeFile } from 'node:fs/promises';
import { topicsByPath } from '../../lambdas/core/message-type.ts';
import { personalData } from '../../lambdas/core/personal-data.ts';
import * as hydrate from '../../lambdas/hydrate/contract.ts';
import { reconcileContract } from '../../lambdas/reconcile/contract.ts';
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

const contracts = [
  hydrate.hydrateOpportunityContract,
  hydrate.hydrateInvitationContract,
  hydrate.hydrateEngagementContract,
  reconcileContract,
];
const calls = contracts
  .flatMap(({ actions }) => Object.values<readonly string[]>(actions).flat())
  .filter((action) => action.startsWith('partnercentral:'))
  .map((action) => action.slice('partnercentral:'.length));
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
