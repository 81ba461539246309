import type { ActivityRow } from '../../api.ts';
import { hrefOf } from '../route.ts';

const views: Readonly<Record<string, string>> = {
  'engagement-invitation': 'invitations',
  command: 'commands',
};

/** The title of a record, which leads to what the page displays of it. */
export function RecordLink({ row: { kind, catalog, id, title } }: { readonly row: ActivityRow }) {
  const text = title || id;
  if (kind === 'opportunity' || kind === 'aws-opportunity-summary')
    return <a href={hrefOf('deals', catalog, id)}>{text}</a>;
  const view = views[kind];
  return view === undefined ? <span>{text}</span> : <a href={hrefOf(view)}>{text}</a>;
}
