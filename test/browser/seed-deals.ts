import type { ConsoleWorld } from './console-world.ts';

const customers = ['Example Retail', 'Example Airlines', 'Example Health', 'Example Energy'] as const;
const projects = [
  'Data lake modernization',
  'Contact center migration',
  'Landing zone for SAP',
  'Assistant for claims',
  'Mainframe assessment',
  'Video analytics at the edge',
] as const;

/** Has the partner create a deal for each project, and waits until their messages are sent. */
export async function seedDeals(
  world: Pick<ConsoleWorld, 'partner' | 'carry' | 'stage'>,
): Promise<readonly string[]> {
  const { partner, carry, stage } = world;
  const ids = projects.map((Title, index) =>
    partner.createOpportunity('AWS', {
      patch: {
        PartnerOpportunityIdentifier: `CRM-${10_023 + index}`,
        Customer: { Account: { CompanyName: customers[index % customers.length] ?? '' } },
        Project: { Title },
        LifeCycle: { ReviewStatus: 'Approved' },
      },
    }),
  );
  await carry();
  await stage.idle();
  return ids;
}
