import type { DealView } from '../../api.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { CopiedCommand } from '../parts/copied-command.tsx';
import { DeliveryTable } from '../parts/delivery-table.tsx';
import { JsonText } from '../parts/json-text.tsx';
import { Panel } from '../parts/panel.tsx';
import { ProblemNote } from '../parts/problem-note.tsx';
import { usePolled } from '../polled.ts';
import { hrefOf } from '../route.ts';
import { useStack } from '../stack-context.ts';
import { AwsSide } from './aws-side.tsx';
import { DealFacts } from './deal-facts.tsx';
import { LinkList } from './link-list.tsx';
import { StageTimeline } from './stage-timeline.tsx';
import { VersionList } from './version-list.tsx';

interface DealPageProps {
  readonly catalog: string;
  readonly id: string;
}

/** One deal with its history. */
export function DealPage({ catalog, id }: DealPageProps) {
  const path = `/api/deals/${encodeURIComponent(id)}?catalog=${encodeURIComponent(catalog)}`;
  const { data, problem } = usePolled<DealView>(path, 3_000);
  return (
    <>
      <p>
        <a href={hrefOf('deals')}>← All deals</a>
      </p>
      {problem && <ProblemNote problem={problem} />}
      {data ? <DealContent view={data} /> : !problem && <p class="summary">Reading {id}…</p>}
    </>
  );
}

function DealContent({ view }: { readonly view: DealView }) {
  const { catalog, deal, versions, deliveries } = view;
  return (
    <>
      <DealHead view={view} />
      <DealFacts view={view} />
      <Panel title="Stages" note={`since version ${versions.at(-1)?.version ?? 1}, the oldest one here`}>
        <StageTimeline stays={view.stays} />
      </Panel>
      <Panel title="Versions" command={`pcr opportunities history ${deal.id} --catalog ${catalog}`}>
        <VersionList catalog={catalog} id={deal.id} versions={versions} hasMore={view.hasMoreVersions} />
      </Panel>
      <Panel title="Deliveries" note={deliveries.length >= 200 ? 'the newest 200' : undefined}>
        <DeliveryTable rows={deliveries} caption="Deliveries of this deal" />
      </Panel>
      <Panel title="AWS's own side">
        <AwsSide aws={view.aws} />
      </Panel>
      <Panel title="Links">
        <LinkList links={view.links} catalog={catalog} />
      </Panel>
      <Panel title="Record" command={`pcr opportunities show ${deal.id} --catalog ${catalog}`}>
        <JsonText title="The whole record, as AWS names it" value={view.record} />
      </Panel>
    </>
  );
}

function DealHead({ view: { deal } }: { readonly view: DealView }) {
  const { isLocal } = useStack();
  return (
    <div class="deal-head">
      <h2>{deal.title || deal.id}</h2>
      {isLocal && (
        <ActionButton
          label="Change stage"
          title={`Change stage of ${deal.id}`}
          request={() => ({ action: 'stage.change-deal', id: deal.id })}
        />
      )}
      {isLocal && <CopiedCommand command={`pcr trigger opportunity.stage_changed --id ${deal.id}`} />}
    </div>
  );
}
