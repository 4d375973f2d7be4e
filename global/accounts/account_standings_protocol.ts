import { z } from "zod";
import { ask, type Failure, protocol } from "../../shared/actor/mod.ts";

/** An account that may not take part, and since when, in milliseconds since the Unix epoch. */
export interface DisabledUser {
  readonly user_id: string;
  readonly disabled_at: number;
}

/** What AC says of accounts that tokens issued before don't. */
export interface AccountNews {
  /** All that are disabled now and became so lately. */
  readonly disabled: readonly DisabledUser[];
  /** The roles of now of those whose roles were changed lately, by user id. */
  readonly roles: ReadonlyMap<string, readonly string[]>;
}

export const AccountStandings = protocol({
  /** How a subject's account stands, as far as AC has said. `roles` is null where those of the token hold. */
  standing: ask(
    z.object({ sub: z.string() }),
    z.object({ isDisabled: z.boolean(), roles: z.array(z.string()).readonly().nullable() }),
  ),
});

export interface AccountStandingsInit {
  /** The news of accounts, if AC says. Never rejects. */
  readonly read: () => Promise<AccountNews | Failure<"unavailable">>;
  /** Ends what somebody takes part in; `false` if that has to be tried again. Never rejects. */
  readonly removeUser: (user: DisabledUser) => Promise<boolean>;
  /** AC is asked this long after its last answer. */
  readonly periodMs: number;
  /** Told how many are disabled, or that AC did not say. */
  readonly onRead: (disabled: number | "unavailable") => void;
}
