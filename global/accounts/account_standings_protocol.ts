import { z } from "zod";
import { ask, type Failure, protocol } from "../../shared/actor/mod.ts";

/** An account that may not take part, and since when, in milliseconds since the Unix epoch. */
export interface DisabledUser {
  readonly user_id: string;
  readonly disabled_at: number;
}

export const DisabledUsers = protocol({
  /** Whether a subject's account is disabled, as far as AC has said. */
  isDisabled: ask(z.object({ sub: z.string() }), z.boolean()),
});

export interface DisabledUsersInit {
  /** All accounts that are disabled now and were disabled lately, if AC says. Never rejects. */
  readonly read: () => Promise<readonly DisabledUser[] | Failure<"unavailable">>;
  /** Ends what somebody takes part in; `false` if that has to be tried again. Never rejects. */
  readonly removeUser: (user: DisabledUser) => Promise<boolean>;
  /** AC is asked this long after its last answer. */
  readonly periodMs: number;
  /** Told how many are disabled, or that AC did not say. */
  readonly onRead: (disabled: number | "unavailable") => void;
}
