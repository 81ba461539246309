import { type ApiNews, hasNews } from './compare-api.ts';
import type { ServiceModel } from './service-model.ts';

export interface Compared {
  /** Version of botocore whose model was read, and of the one that was recorded. */
  readonly version: string;
  readonly recorded: string;
  readonly model: ServiceModel;
  readonly calls: ReadonlySet<string>;
}

/** The report for a person: what is new, in the order of what to look at first. */
export function renderReport(news: ApiNews, { version, recorded, model, calls }: Compared): string {
  const count = Object.keys(model.operations).length;
  const [reads, writes] = [/^(?:BatchGet|Get|List|Search)/, /^(?!BatchGet|Get|List|Search)/].map((name) =>
    news.newOperations.filter((each) => name.test(each)).map((each) => describeOperation(each, model)),
  );
  return [
    `botocore ${version}: ${count} operations, ${calls.size} called by the functions. Recorded: botocore ${recorded}.`,
    ...section(
      'Sensitive members that redact: ["personal-data"] keeps (lambdas/core/personal-data.ts)',
      news.uncovered,
    ),
    ...section('No longer in the API', news.gone),
    ...section('New values of enums', news.newValues),
    ...section('New members of answers', news.newMembers),
    ...section('New operations that read', reads),
    ...section('New operations that write', writes),
    hasNews(news)
      ? '\nWhen each line is dealt with, record this model: npm run drift -- --record'
      : 'Nothing is new.',
  ].join('\n');
}

function section(title: string, lines: readonly string[] = []): readonly string[] {
  return lines.length === 0 ? [] : [`\n${title}:`, ...lines.map((line) => `  ${line}`)];
}

const longestLine = 110;

/** The name and the first sentence of its documentation, which is HTML. */
function describeOperation(name: string, model: ServiceModel): string {
  const text = (model.operations[name]?.documentation ?? '').replaceAll(/<[^>]*>/g, '').trim();
  const [sentence = ''] = text.split(/(?<=\.)\s/);
  const line = sentence === '' ? name : `${name}: ${sentence}`;
  return line.length > longestLine ? `${line.slice(0, longestLine - 1)}…` : line;
}
