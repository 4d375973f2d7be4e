import { unavailable } from "../errors/unavailable.ts";
import type { AccountServices } from "./account_services.ts";

type StandingServices = Pick<AccountServices, "accountStandings">;

/** How an account stands now, whatever tokens say that were issued before. */
export interface Standing {
  readonly isDisabled: boolean;
  /** Null where those of the token hold. */
  readonly roles: readonly string[] | null;
}

/** @throws {HttpError} 503 while that can't be said */
export async function standingOf({ accountStandings }: StandingServices, sub: string): Promise<Standing> {
  const outcome = await accountStandings.ask("standing", { sub });
  if (!outcome.ok) throw unavailable(outcome.error);
  return outcome.value;
}

/** @throws {HttpError} 503 while that can't be said */
export async function isDisabled(services: StandingServices, sub: string): Promise<boolean> {
  return (await standingOf(services, sub)).isDisabled;
}
