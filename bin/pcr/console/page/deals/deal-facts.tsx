import type { ComponentChildren } from 'preact';
import type { DealView } from '../../api.ts';
import { moneyText } from '../money-text.ts';
import { Moment } from '../parts/moment.tsx';
import { StatusBadge } from '../parts/status-badge.tsx';
import { CloseDate } from './close-date.tsx';

/** The attributes of a deal that people ask for first. An absent one is left out. */
export function DealFacts({ view: { deal, readAt } }: { readonly view: DealView }) {
  const facts: readonly (readonly [name: string, value: ComponentChildren])[] = [
    ['Id', <code key="id">{deal.id}</code>],
    ['Customer', deal.customer],
    ['Stage', deal.stage],
    ['Review', deal.reviewStatus && <StatusBadge status={deal.reviewStatus} />],
    ['Closes', deal.closeDate && <CloseDate date={deal.closeDate} />],
    ['Amount', deal.amount && moneyText(deal.amount, deal.currency)],
    ['Your id', deal.partnerId],
    ['Owner', deal.owner],
    ['Next steps', deal.nextSteps],
    ['Changed', deal.modifiedAt && <Moment at={deal.modifiedAt} />],
    ['Read', readAt !== undefined && <Moment at={readAt} />],
    ['Problem', deal.unreadable],
  ];
  return (
    <dl class="facts">
      {facts
        .filter(([, value]) => value !== undefined && value !== '' && value !== false)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
