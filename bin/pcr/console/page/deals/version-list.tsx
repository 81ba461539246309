import type { VersionRow } from '../../api.ts';
import { ChangeTable } from '../parts/change-table.tsx';
import { Moment } from '../parts/moment.tsx';
import { MessageButton } from './message-button.tsx';

interface VersionListProps {
  readonly catalog: string;
  readonly id: string;
  readonly versions: readonly VersionRow[];
  readonly hasMore: boolean;
}

/** Every version with what it changed, newest first. */
export function VersionList({ catalog, id, versions, hasMore }: VersionListProps) {
  return (
    <>
      <ol class="versions">
        {versions.map((version) => (
          <li key={version.version}>
            <VersionItem
              version={version}
              path={`/api/messages/${catalog}/opportunity/${id}/${version.version}`}
            />
          </li>
        ))}
      </ol>
      {hasMore && <p class="note">Older versions exist: the command above prints them.</p>}
    </>
  );
}

function VersionItem({ version, path }: { readonly version: VersionRow; readonly path: string }) {
  const { version: number, type, topics = [], occurredAt, detailType, changes, unreadable } = version;
  return (
    <article>
      <header>
        <h3>Version {number}</h3>
        {type !== undefined && <span class="topic">{type}</span>}
        {topics
          .filter((topic) => topic !== type)
          .map((topic) => (
            <span key={topic} class="topic">
              {topic}
            </span>
          ))}
        <span class="detail">
          {occurredAt !== undefined && <Moment at={occurredAt} />} {detailType}
        </span>
        <MessageButton path={path} version={number} />
      </header>
      {unreadable !== undefined && <p class="note bad">Unreadable: {unreadable}</p>}
      {changes && changes.length > 0 ? (
        <ChangeTable changes={changes} caption={`Changes of version ${number}`} />
      ) : (
        <p class="note">
          {number === 1
            ? 'The first version: the whole record is new.'
            : 'It changes no member of the record.'}
        </p>
      )}
    </article>
  );
}
