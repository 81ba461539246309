import type { ComponentType } from 'preact';
import type { StackView } from '../api.ts';
import { ActivityPage } from './activity/activity-page.tsx';
import { DealsPage } from './deals/deals-page.tsx';
import { EndpointsPage } from './endpoints/endpoints-page.tsx';
import { PipelinePage } from './pipeline/pipeline-page.tsx';
import type { ViewProps } from './view-props.ts';
import { CommandsPage } from './views/commands-page.tsx';
import { InvitationsPage } from './views/invitations-page.tsx';
import { LocalStagePage } from './views/local-stage-page.tsx';
import { ParkedPage } from './views/parked-page.tsx';
import { QuotaPage } from './views/quota-page.tsx';

export interface View {
  /** The first part of the fragment. */
  readonly name: string;
  readonly title: string;
  readonly Content: ComponentType<ViewProps>;
}

const deals: View = { name: 'deals', title: 'Deals', Content: DealsPage };

/** The views that a stack has, in the order of the navigation. */
export function viewsOf({ hasCommands, isLocal }: StackView): readonly View[] {
  return [
    deals,
    { name: 'pipeline', title: 'Pipeline', Content: PipelinePage },
    { name: 'invitations', title: 'Invitations', Content: InvitationsPage },
    { name: 'activity', title: 'Activity', Content: ActivityPage },
    { name: 'endpoints', title: 'Endpoints', Content: EndpointsPage },
    { name: 'parked', title: 'Parked', Content: ParkedPage },
    { name: 'quota', title: 'Quota', Content: QuotaPage },
    ...(hasCommands ? [{ name: 'commands', title: 'Commands', Content: CommandsPage }] : []),
    ...(isLocal ? [{ name: 'stage', title: 'Local stage', Content: LocalStagePage }] : []),
  ];
}

/** An unknown name leads to the deals. */
export function findView(name: string, stack: StackView): View {
  return viewsOf(stack).find((view) => view.name === name) ?? deals;
}
