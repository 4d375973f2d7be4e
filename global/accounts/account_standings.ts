import { type ActorContext, Failure } from "../../shared/actor/mod.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { logger } from "../../shared/log/mod.ts";
import {
  type AccountNews,
  AccountStandings,
  type AccountStandingsInit,
  type DisabledUser,
} from "./account_standings_protocol.ts";

/** So many are removed at the same time: a shard that hangs holds up the others' end no longer than its own. */
const AT_ONCE = 16;
/** Of the pauses between attempts at the same user. */
const PAUSES = { firstMs: 2_000, longestMs: 30_000 };

/** A removal that has to be done, and how often it failed. */
interface Removal {
  readonly user: DisabledUser;
  readonly failures: number;
}

/**
 * Owns who is disabled and whose roles have changed, as AC last said it. Removes everybody who has been disabled from their
 * meetings, trying again for as long as they are. While AC is away what it said last counts; who is enabled again is out of
 * its next answer.
 */
export class AccountStandingsActor {
  static readonly protocol = AccountStandings;
  readonly #init: AccountStandingsInit;
  readonly #context: ActorContext<typeof AccountStandings>;
  readonly #log = logger("account_standings");
  #disabledAt: ReadonlyMap<string, number> = new Map();
  #roles: AccountNews["roles"] = new Map();
  #isAway = false;
  readonly #waiting: Removal[] = [];
  #underWay = 0;

  constructor(init: AccountStandingsInit, context: ActorContext<typeof AccountStandings>) {
    this.#init = init;
    this.#context = context;
  }

  onStart(): void {
    this.#read();
  }

  standing({ sub }: { sub: string }) {
    return { isDisabled: this.#disabledAt.has(sub), roles: this.#roles.get(sub) ?? null };
  }

  #read(): void {
    void this.#context.pipe(this.#init.read(), (news) => {
      this.#take(news);
      this.#context.after(this.#init.periodMs, () => this.#read());
    });
  }

  #take(news: AccountNews | Failure<"unavailable">): void {
    if (news instanceof Failure) {
      if (!this.#isAway) this.#log.warn("how accounts stand can't be learned", { reason: news.message });
      this.#isAway = true;
      return this.#init.onRead("unavailable");
    }
    this.#isAway = false;
    const { disabled: users, roles } = news;
    this.#init.onRead(users.length);
    this.#roles = roles;
    const before = this.#disabledAt;
    this.#disabledAt = new Map(users.map(({ user_id, disabled_at }) => [user_id, disabled_at]));
    for (const user of users) {
      if (before.get(user.user_id) !== user.disabled_at) this.#waiting.push({ user, failures: 0 });
    }
    this.#removeNext();
  }

  #removeNext(): void {
    while (this.#underWay < AT_ONCE) {
      const removal = this.#waiting.shift();
      if (removal === undefined) return;
      if (this.#isStillDue(removal)) this.#remove(removal);
    }
  }

  #remove({ user, failures }: Removal): void {
    this.#underWay++;
    void this.#context.pipe(this.#init.removeUser(user), (isDone) => {
      this.#underWay--;
      if (!isDone) this.#tryLater({ user, failures: failures + 1 });
      this.#removeNext();
    });
  }

  /** Its pause takes no place of the others. */
  #tryLater(removal: Removal): void {
    if (!this.#isStillDue(removal)) return;
    const { user: { user_id: sub }, failures } = removal;
    this.#log.warn("a disabled user may still be in a meeting", { sub, failures });
    this.#context.after(backoffMs(failures, { ...PAUSES, random: this.#context.random }), () => {
      this.#waiting.push(removal);
      this.#removeNext();
    });
  }

  /** Who was enabled meanwhile, or disabled anew, is not removed for what was before. */
  #isStillDue({ user: { user_id, disabled_at } }: Removal): boolean {
    return this.#disabledAt.get(user_id) === disabled_at;
  }
}
