import type { ViewProps } from '../view-props.ts';
import { DealList } from './deal-list.tsx';
import { DealPage } from './deal-page.tsx';

/** `#/deals` lists deals; `#/deals/AWS/O123` is about one. */
export function DealsPage({ rest: [catalog, id], query }: ViewProps) {
  return catalog !== undefined && id !== undefined ? (
    <DealPage catalog={catalog} id={id} />
  ) : (
    <DealList query={query} />
  );
}
