import { useEffect, useRef } from 'preact/hooks';
import type { StackView } from '../api.ts';
import { ActivityStrip } from './activity/activity-strip.tsx';
import { useConnection } from './connection.ts';
import { PageHeader } from './page-header.tsx';
import { ConnectionBar } from './parts/connection-bar.tsx';
import { ProblemNote } from './parts/problem-note.tsx';
import { ReportBar } from './parts/report-bar.tsx';
import { usePolled } from './polled.ts';
import { useRoute } from './route.ts';
import { type Stack, StackContext } from './stack-context.ts';
import { takeToken } from './token.ts';
import { findView } from './views.tsx';

export function App() {
  const route = useRoute();
  const connection = useConnection();
  const { data, problem } = usePolled<StackView>(takeToken() === undefined ? undefined : '/api/stack', 5_000);
  if (takeToken() === undefined || connection === 'refused') return <TokenNote />;
  if (!data)
    return (
      <main>
        <ConnectionBar />
        {problem && <ProblemNote problem={problem} />}
      </main>
    );
  const catalog = route.query.get('catalog') ?? route.rest.find((part) => data.catalogs.includes(part));
  return <Console stack={{ ...data, catalog: catalog ?? data.catalogs[0] ?? 'AWS' }} />;
}

/** What the page says without the token of the server, or with that of an earlier server. */
function TokenNote() {
  return (
    <main class="token-note">
      <h1>This page needs its link</h1>
      <p>
        Open the link that <code>pcr console</code> or <code>npm start</code> printed to the terminal. It ends
        with a token, which is valid until that command ends.
      </p>
    </main>
  );
}

function Console({ stack }: { readonly stack: Stack }) {
  const route = useRoute();
  const view = findView(route.view, stack);
  const title = route.rest.at(-1) ?? view.title;
  const place = [route.view, ...route.rest].join('/');
  const heading = useRef<HTMLHeadingElement>(null);
  const placeBefore = useRef(place);
  useEffect(() => {
    document.title = `${title} · ${stack.stackName}`;
    // Who follows a link with the keyboard goes on reading at the heading of the new view.
    if (placeBefore.current !== place) {
      heading.current?.focus();
      scrollTo(0, 0);
    }
    placeBefore.current = place;
  }, [place, title, stack.stackName]);
  return (
    <StackContext.Provider value={stack}>
      <a class="skip" href="#main" onClick={(event) => skipTo(event, heading.current)}>
        Skip to the content
      </a>
      <PageHeader current={view.name} />
      <ConnectionBar />
      <div class={view.name === 'activity' ? 'columns one' : 'columns'}>
        <main id="main" key={place}>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          <view.Content rest={route.rest} query={route.query} />
        </main>
        {view.name !== 'activity' && <ActivityStrip />}
      </div>
      <ReportBar />
    </StackContext.Provider>
  );
}

/** The fragment of the address names a view, so the link itself must not change it. */
function skipTo(event: Event, target: HTMLElement | null): void {
  event.preventDefault();
  target?.focus();
}
