import type { EndpointRow } from '../../api.ts';
import { ActionButton } from '../parts/action-button.tsx';

/** Test, pause or enable, and replay. */
export function EndpointActions({ row: { id, state } }: { readonly row: EndpointRow }) {
  return (
    <>
      <ActionButton
        label="Test"
        title={`Test ${id} with a signed sample`}
        request={() => ({ action: 'endpoint.test', id })}
      />
      {state === 'enabled' && <PauseButton id={id} />}
      {state === 'disabled' && (
        <ActionButton
          label="Enable"
          title={`Enable ${id}`}
          request={() => ({ action: 'endpoint.enable', id })}
          confirmation={{
            title: `Enable ${id}?`,
            text: 'Deliveries that were held in the meantime are sent.',
            verb: 'Enable',
          }}
        />
      )}
      {state === 'enabled' && <ReplayButton id={id} />}
    </>
  );
}

function PauseButton({ id }: { readonly id: string }) {
  return (
    <ActionButton
      label="Pause"
      title={`Pause ${id}`}
      request={(reason) => ({ action: 'endpoint.pause', id, reason })}
      confirmation={{
        title: `Pause ${id}?`,
        text: 'Its deliveries are held until you enable it. No attempt is spent, and nothing is lost.',
        verb: 'Pause',
        isDangerous: true,
        question: { label: 'Reason', initial: '', hint: 'Who looks at the endpoint later reads it.' },
      }}
    />
  );
}

function ReplayButton({ id }: { readonly id: string }) {
  return (
    <ActionButton
      label="Replay"
      title={`Replay messages to ${id}`}
      request={(since) => ({ action: 'endpoint.replay', id, since })}
      confirmation={{
        title: `Replay to ${id}?`,
        text: 'Messages that were stored since then are sent again, with the same ids.',
        verb: 'Replay',
        question: { label: 'Since', initial: '24h', hint: '90m, 24h, 7d or 2026-03-01' },
      }}
    />
  );
}
