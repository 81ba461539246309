import { useState } from 'preact/hooks';
import { hrefOf, setQuery } from './route.ts';
import { type Stack, useStack } from './stack-context.ts';
import { applyTheme, readTheme, type Theme, themes } from './theme.ts';
import { viewsOf } from './views.tsx';

/** The name of the stack, the views, and what applies to all of them. */
export function PageHeader({ current }: { readonly current: string }) {
  const stack = useStack();
  return (
    <header class="page-header">
      <div class="stack-name">
        <strong>{stack.stackName}</strong>
        <span class="detail">{stack.isLocal ? 'local stage' : stack.region}</span>
      </div>
      <nav aria-label="Views">
        <ul>
          {viewsOf(stack).map(({ name, title }) => (
            <li key={name}>
              <a href={viewHref(name, stack)} aria-current={name === current ? 'page' : undefined}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div class="settings">
        {stack.catalogs.length > 1 && <CatalogSelect />}
        <ThemeSelect />
      </div>
    </header>
  );
}

/** The catalog stays when the view changes. */
function viewHref(name: string, { catalog, catalogs }: Stack): string {
  return catalog === catalogs[0] ? hrefOf(name) : `${hrefOf(name)}?catalog=${catalog}`;
}

function CatalogSelect() {
  const { catalog, catalogs } = useStack();
  return (
    <label>
      <span class="hidden">Catalog</span>
      <select value={catalog} onChange={({ currentTarget }) => setQuery({ catalog: currentTarget.value })}>
        {catalogs.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </select>
    </label>
  );
}

const themeNames: Readonly<Record<Theme, string>> = { auto: 'Auto theme', light: 'Light', dark: 'Dark' };

function ThemeSelect() {
  const [theme, setTheme] = useState(readTheme());
  const choose = (value: string): void => {
    const next = themes.find((each) => each === value) ?? 'auto';
    applyTheme(next);
    setTheme(next);
  };
  return (
    <label>
      <span class="hidden">Theme</span>
      <select value={theme} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {themes.map((each) => (
          <option key={each} value={each}>
            {themeNames[each]}
          </option>
        ))}
      </select>
    </label>
  );
}
