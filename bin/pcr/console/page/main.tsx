import { render } from 'preact';
import { App } from './app.tsx';
import { applyTheme, readTheme } from './theme.ts';
import { takeToken } from './token.ts';

applyTheme(readTheme());
takeToken();
// A second link that is opened in the same tab.
addEventListener('hashchange', () => {
  if (location.hash.startsWith('#token=')) {
    takeToken();
    location.reload();
  }
});
const root = document.querySelector('#page');
if (root) render(<App />, root);
