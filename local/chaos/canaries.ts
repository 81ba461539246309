import type { JsonObject } from '../../lambdas/core/json.ts';
import { characters, type Random } from '../partner-central/seeded-random.ts';

/** A canary found in a log or queue, where it must not be. */
export interface Sighting {
  readonly place: string;
  readonly text: string;
}

/**
 * Recognizable texts that stand for personal data and secrets. No log and no queue may hold one:
 * each text that does is kept as a sighting.
 */
export class Canaries {
  readonly sightings: Sighting[] = [];
  readonly #mark: string;
  readonly #secrets: string[] = [];
  #planted = 0;

  constructor(random: Random) {
    this.#mark = `zq${characters(random, 'bcdfghjklmnpqrstvwxz', 8)}qz`; // cspell:disable-line
  }

  /** A different text each time, so that no two records are equal. */
  plant(): string {
    this.#planted += 1;
    return `${this.#mark}${this.#planted}`;
  }

  /** @param secret `whsec_` and base64. The base64 part alone must not appear either. */
  guard(secret: string): void {
    this.#secrets.push(secret.replace(/^whsec_/, ''));
  }

  /** Whether a text holds a planted text. */
  readonly isPersonal = (text: string): boolean => text.includes(this.#mark);

  search(place: string, text: string): void {
    if (this.isPersonal(text) || this.#secrets.some((secret) => text.includes(secret)))
      this.sightings.push({ place, text });
  }

  /** The personal and confidential fields of an opportunity. */
  opportunity(): JsonObject {
    return {
      Customer: {
        Account: {
          CompanyName: this.plant(),
          WebsiteUrl: `https://${this.plant()}.example.com`,
          Address: { City: this.plant(), StreetAddress: this.plant() },
        },
        Contacts: [this.#person()],
      },
      OpportunityTeam: [this.#person()],
      Project: {
        Title: this.plant(),
        CustomerBusinessProblem: this.plant(),
        AdditionalComments: this.plant(),
      },
    };
  }

  nextSteps(): JsonObject {
    return { LifeCycle: { NextSteps: this.plant() } };
  }

  summary(): JsonObject {
    return { Customer: { Contacts: [this.#person()] }, ...this.nextSteps() };
  }

  /**
   * The confidential texts of an invitation. Project titles and company names are not replaced:
   * titles identify an opportunity, and AWS itself names companies in events.
   */
  invitation(): JsonObject {
    return {
      EngagementTitle: this.plant(),
      EngagementDescription: this.plant(),
      InvitationMessage: this.plant(),
    };
  }

  #person(): JsonObject {
    return {
      FirstName: this.plant(),
      LastName: this.plant(),
      Email: `${this.plant()}@example.com`,
      Phone: `+1${this.plant()}`,
      BusinessTitle: this.plant(),
    };
  }
}
