import type { JsonObject } from '../../lambdas/core/json.ts';
import { spendOf } from '../../local/partner-central/model/opportunity-body.ts';

/** With texts as long as in a recorded answer. The simulator's own are longer, in many scripts. */
export const recordedShape: JsonObject = {
  Customer: { Account: { CompanyName: 'Example, Example and Partners' } },
  LifeCycle: {
    NextSteps: null,
    NextStepsHistory: null,
    ReviewStatus: 'Submitted',
    Stage: 'Prospect',
    TargetCloseDate: '2026-12-15',
  },
  Project: {
    CustomerBusinessProblem: 'The data platform must grow by half.',
    ExpectedCustomerSpend: spendOf('13400'),
    Title: 'Data platform moves',
  },
};
