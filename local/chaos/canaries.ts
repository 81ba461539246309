import type { JsonObject } from '../../lambdas/core/json.ts';
import { characters, type Random } from '../partner-central/seeded-random.ts';

/** Where a canary was seen that must be seen nowhere. */
export interface Sighting {
  readonly place: string;
  readonly text: string;
}

/** Recognisable texts in the place of personal data and secrets, and what must be true of them: no log and no queue holds one. */
export class Canaries {
  readonly sightings: Sighting[] = [];
  readonly #mark: string;
  readonly #secrets: string[] = [];
  #planted = 0;

  constructor(random: Random) {
    this.#mark = `zq${characters(random, 'bcdfghjklmnpqrstvwxz', 8)}qz`;
  }

  /** A text of its own each time, so that no two records look alike. */
  plant(): string {
    this.#planted += 1;
    return `${this.#mark}${this.#planted}`;
  }

  /** @param secret `whsec_` and base64; the bytes alone would give it away too. */
  guard(secret: string): void {
    this.#secrets.push(secret.replace(/^whsec_/, ''));
  }

  look(place: string, text: string): void {
    if (text.includes(this.#mark) || this.#secrets.some((secret) => text.includes(secret)))
      this.sightings.push({ place, text });
  }

  /** What a partner writes about people and their plans. */
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

  /** Titles and company names stay: by those an opportunity is known again, and AWS itself names companies in events. */
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
