import { type ActionReport, dismissReport, useActionReport } from '../action-report.ts';
import { CopiedCommand } from './copied-command.tsx';

/** The outcome of the last action, which screen readers announce. */
export function ReportBar() {
  const report = useActionReport();
  return (
    <div class="report-bar" role="status" aria-live="polite">
      {report && (
        <div class={`report ${report.state}`}>
          <ReportText report={report} />
          {report.state !== 'working' && (
            <button type="button" onClick={dismissReport}>
              Dismiss
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function ReportText({ report }: { readonly report: ActionReport }) {
  if (report.state === 'working') return <p>{report.title}…</p>;
  if (report.state === 'failed')
    return (
      <p>
        <strong>Failed:</strong> {report.title}. {report.problem.message}
      </p>
    );
  const { command, notes, result } = report.result;
  return (
    <div>
      <p>
        <strong>Done:</strong> {report.title}.
      </p>
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
      {command !== undefined && <CopiedCommand command={command} />}
      {result !== undefined && (
        <details>
          <summary>What it printed</summary>
          <pre tabIndex={0}>{JSON.stringify(result, undefined, 2)}</pre>
        </details>
      )}
    </div>
  );
}
