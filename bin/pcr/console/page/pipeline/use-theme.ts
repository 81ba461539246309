import { useEffect, useState } from 'preact/hooks';

/** The theme that applies. A canvas has to be drawn again when it changes. */
export function useTheme(): string {
  const [theme, setTheme] = useState(readTheme());
  useEffect(() => {
    const update = (): void => setTheme(readTheme());
    const observer = new MutationObserver(update);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', update);
    return () => {
      observer.disconnect();
      system.removeEventListener('change', update);
    };
  }, []);
  return theme;
}

function readTheme(): string {
  const system = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  return `${document.documentElement.dataset['theme'] ?? 'auto'} ${system}`;
}
