import type { JsonObject } from '../../lambdas/core/json.ts';
import { worldText } from '../partner-central/model/world-texts.ts';
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
  readonly #takesUpdates: boolean;
  readonly #secrets: string[] = [];
  #planted = 0;

  /** @param takesUpdates whether requests of the API write the records, so that each is valid */
  constructor(random: Random, takesUpdates = false) {
    this.#takesUpdates = takesUpdates;
    this.#mark = `zq${characters(random, 'bcdfghjklmnpqrstvwxz', 8)}qz`; // cspell:disable-line
  }

  /** A different text each time, so that no two records are equal. */
  plant(): string {
    this.#planted += 1;
    return `${this.#mark}${this.#planted}`;
  }

  /** The same, followed by a text in one of the world's languages. */
  plantText(): string {
    const planted = this.plant();
    return `${planted} ${worldText(planted)}`;
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
          CompanyName: this.plantText(),
          WebsiteUrl: `https://${this.plant()}.example.com`,
          Address: { City: this.plantText(), StreetAddress: this.plantText() },
        },
        Contacts: [this.#person()],
      },
      OpportunityTeam: [this.#person()],
      Project: {
        Title: this.plantText(),
        CustomerBusinessProblem: this.plantText(),
        AdditionalComments: this.plantText(),
      },
    };
  }

  nextSteps(): JsonObject {
    return { LifeCycle: { NextSteps: this.plantText() } };
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
      EngagementTitle: this.plantText(),
      EngagementDescription: this.plantText(),
      InvitationMessage: this.plantText(),
    };
  }

  #person(): JsonObject {
    return {
      FirstName: this.plantText(),
      LastName: this.plantText(),
      Email: `${this.plant()}@example.com`,
      Phone: this.#takesUpdates ? '+12025550123' : `+1${this.plant()}`,
      BusinessTitle: this.plantText(),
    };
  }
}
