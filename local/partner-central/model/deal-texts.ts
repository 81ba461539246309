import { sha256 } from '../../../lambdas/core/digest.ts';
import { longWorldText, worldText } from './world-texts.ts';

/** The texts of a deal. */
interface DealTexts {
  readonly companyName: string;
  readonly websiteUrl: string;
  readonly title: string;
  readonly problem: string;
}

export interface DealSeed {
  /** Six random letters, which differ from deal to deal. */
  readonly site: string;
  readonly industry: string;
  readonly project: string;
}

/** Makes the texts of a deal of its seed alone, without further random numbers. */
export type WriteDeal = (seed: DealSeed) => DealTexts;

/** Texts in many scripts, with special characters, some as long as AWS accepts: for tests. */
export const writeOddDeal: WriteDeal = ({ site, industry, project }) => ({
  companyName: `Example ${industry} Corp ${site} ${worldText(site)}`,
  websiteUrl: `https://${site}.example.com`,
  title: `${project} for ${site}: ${worldText(site)}`,
  problem: site < 'e' ? longWorldText(site) : `${project}: ${worldText(site)} cannot grow any further.`,
});

/** Texts as people write them, about customers that do not exist. */
export const writePlainDeal: WriteDeal = ({ site, industry, project }) => {
  const companyName = `${pickBy(`${site}/place`, places)} ${pickBy(`${site}/trade`, trades[industry] ?? ['Group'])}`;
  return {
    companyName,
    websiteUrl: `https://${companyName.toLowerCase().replaceAll(' ', '-')}.example.com`,
    title: `${project} for ${companyName}`,
    problem: problems[project] ?? 'The customer cannot grow any further.',
  };
};

function pickBy(key: string, choices: readonly [string, ...string[]]): string {
  return choices[Number.parseInt(sha256(key).slice(0, 8), 16) % choices.length] ?? choices[0];
}

// cspell:disable
/** Made up, like the companies. */
const places = [
  'Ashenmoor',
  'Brindlewick',
  'Cobbleford',
  'Dunmarrow',
  'Eastholt',
  'Fernhollow',
  'Glimmerstad',
  'Harrowmere',
  'Iverdale',
  'Juniperfell',
  'Kestrelby',
  'Larkenbridge',
  'Mossbrook',
  'Norwater',
  'Ostermark',
  'Pellbrook',
  'Quillhaven',
  'Ravensund',
  'Silbermoor',
  'Tarnholt',
  'Umberfield',
  'Velmora',
  'Windlesea',
  'Zellbach',
] as const;
// cspell:enable

const trades: Readonly<Record<string, readonly [string, ...string[]]>> = {
  Healthcare: ['Clinics', 'Diagnostics', 'Hospital Trust', 'Pharmacies'],
  Manufacturing: ['Machine Works', 'Ceramics', 'Bicycles', 'Paper Mill'],
  Retail: ['Grocers', 'Outfitters', 'Home Goods', 'Book Stores'],
  'Software and Internet': ['Ticketing', 'Route Planning', 'Learning Software', 'Payroll Software'],
  'Financial Services': ['Credit Union', 'Insurance', 'Savings Bank', 'Leasing'],
};

const problems: Readonly<Record<string, string>> = {
  'Data platform': 'Reports take all night, and each branch keeps figures of its own.',
  'Contact centre': 'Callers wait for ten minutes, and are then connected to the wrong team.',
  'SAP migration': 'The servers under SAP are at the end of their support next year.',
  'Fraud detection': 'Fraud is found by hand, days after the payment.',
  'Disaster recovery': 'A restore takes two days, and the second data centre closes in autumn.',
};
