import type { ChatLine } from './chat-changes.ts';
import { type ChatMessage, partnerCentralUrl } from './chat-message.ts';

/**
 * Returns the JSON for a workflow of Teams that begins with "When a Teams webhook request is
 * received": a message with one Adaptive Card. Everything from a record is a `TextRun`, which has
 * no markup; a `TextBlock` and a `FactSet` would read Markdown. The limit of a message is 28 KB.
 * Sources: https://learn.microsoft.com/connectors/teams/#microsoft-teams-webhook,
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format,
 * https://learn.microsoft.com/microsoftteams/limits-specifications-teams,
 * https://adaptivecards.io/explorer/TextRun.html (since version 1.2).
 */
export function teamsMessageOf({ title, facts, lines, more }: ChatMessage) {
  const content = {
    type: 'AdaptiveCard' as const,
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    version: '1.2' as const,
    body: [
      richText({ ...textRun(title), size: 'Large' as const, weight: 'Bolder' as const }),
      ...[...facts, ...lines].map(lineBlock),
      ...(more > 0 ? [richText(textRun(`and ${more} more`))] : []),
    ],
    actions: [{ type: 'Action.OpenUrl' as const, title: 'Open AWS Partner Central', url: partnerCentralUrl }],
  };
  return {
    type: 'message' as const,
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content }],
  };
}

function lineBlock({ label, text }: ChatLine) {
  return richText(
    { ...textRun(`${label}: `), weight: 'Bolder' as const },
    { ...textRun(text), weight: 'Default' as const },
  );
}

function textRun(text: string) {
  return { type: 'TextRun' as const, text };
}

function richText<Run>(...inlines: readonly Run[]) {
  return { type: 'RichTextBlock' as const, inlines };
}
