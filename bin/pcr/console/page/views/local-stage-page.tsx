import { useState } from 'preact/hooks';
import type { ActionRequest } from '../../api.ts';
import { performAction } from '../action-report.ts';
import { Panel } from '../parts/panel.tsx';

/** Controls of the simulated partner and of the receiver, which exist on the local stage only. */
export function LocalStagePage() {
  return (
    <>
      <p class="note">
        The partner of this stage is simulated. What you do here happens to it, and the relay reacts as it
        would in AWS.
      </p>
      <StageControl
        title="Change a deal"
        text="The deal moves to its next stage."
        verb="Change its stage"
        field={{ label: 'Id of the deal', initial: '' }}
        request={(id) => ({ action: 'stage.change-deal', id })}
      />
      <StageControl
        title="New invitation"
        text="AWS invites you to an engagement."
        verb="Send an invitation"
        request={() => ({ action: 'stage.new-invitation' })}
      />
      <StageControl
        title="Throttle AWS"
        text="Partner Central refuses every call as throttled. Reads wait, and nothing is lost."
        verb="Throttle AWS"
        field={{ label: 'Seconds, 1 to 600', initial: '20', isNumber: true }}
        request={(seconds) => ({ action: 'stage.throttle', seconds: Number(seconds) })}
      />
      <StageControl
        title="Take the receiver down"
        text="The receiver answers every message with 503. Deliveries are retried."
        verb="Take the receiver down"
        field={{ label: 'Seconds, 1 to 600', initial: '20', isNumber: true }}
        request={(seconds) => ({ action: 'stage.receiver-down', seconds: Number(seconds) })}
      />
    </>
  );
}

interface StageControlProps {
  readonly title: string;
  readonly text: string;
  readonly verb: string;
  readonly field?: { readonly label: string; readonly initial: string; readonly isNumber?: boolean };
  readonly request: (value: string) => ActionRequest;
}

function StageControl({ title, text, verb, field, request }: StageControlProps) {
  const [value, setValue] = useState(field?.initial ?? '');
  const submit = (event: Event): void => {
    event.preventDefault();
    void performAction(request(value.trim()), title);
  };
  return (
    <Panel title={title} note={text}>
      <form class="toolbar" onSubmit={submit}>
        {field && (
          <label>
            {field.label}
            <input
              required
              inputMode={field.isNumber === true ? 'numeric' : 'text'}
              value={value}
              onInput={({ currentTarget }) => setValue(currentTarget.value)}
            />
          </label>
        )}
        <button type="submit">{verb}</button>
      </form>
    </Panel>
  );
}
