import type { ComponentChildren } from 'preact';
import { useId } from 'preact/hooks';
import { CopiedCommand } from './copied-command.tsx';

interface PanelProps {
  readonly title: string;
  /** A few words beside the title. */
  readonly note?: string | undefined;
  /** The command of `pcr` that prints the same. */
  readonly command?: string | undefined;
  readonly children: ComponentChildren;
}

/** A part of a view, with a heading. */
export function Panel({ title, note, command, children }: PanelProps) {
  const id = useId();
  return (
    <section class="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span class="detail">{note}</span>}
        {command !== undefined && <CopiedCommand command={command} />}
      </header>
      {children}
    </section>
  );
}
