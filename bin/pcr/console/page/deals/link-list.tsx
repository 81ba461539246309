import type { DealView } from '../../api.ts';
import { nameText } from '../pointer-text.ts';
import { hrefOf } from '../route.ts';

/** The records that belong to a deal, and how that is known. */
export function LinkList({ links, catalog }: Pick<DealView, 'links' | 'catalog'>) {
  if (links.length === 0) return <p class="note">No other record is known to belong to it.</p>;
  return (
    <ul class="links">
      {links.map(({ kind, id, via }) => (
        <li key={`${kind}/${id}`}>
          {nameText(kind)}{' '}
          {kind === 'opportunity' ? <a href={hrefOf('deals', catalog, id)}>{id}</a> : <code>{id}</code>}{' '}
          <span class="detail">{viaTexts[via] ?? via}</span>
        </li>
      ))}
    </ul>
  );
}

const viaTexts: Readonly<Record<string, string>> = {
  snapshot: 'AWS made a snapshot of the deal for it',
  'acceptance-task': 'AWS made the deal from it',
  invitation: 'the accepted invitation to its lead',
  'lead-task': 'AWS made the deal from its lead',
  'project-title': 'a guess: the same title and customer',
};
