import { type ActorContext, Failure } from "../../shared/actor/mod.ts";
import { backoffMs } from "../../shared/backoff.ts";
import { logger } from "../../shared/log/mod.ts";
import { type DisabledUser, DisabledUsers, type DisabledUsersInit } from "./disabled_users_protocol.ts";

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
 * Owns who is disabled, as AC last said it, and removes everybody who has become so from their meetings, trying again for
 * as long as they are disabled. While AC is away those who are known stay known; who is enabled again is out of its next
 * answer.
 */
export class DisabledUsersActor {
  static readonly protocol = DisabledUsers;
  readonly #init: DisabledUsersInit;
  readonly #context: ActorContext<typeof DisabledUsers>;
  readonly #log = logger("disabled_users");
  #disabledAt: ReadonlyMap<string, number> = new Map();
  #isAway = false;
  readonly #waiting: Removal[] = [];
  #underWay = 0;

  constructor(init: DisabledUsersInit, context: ActorContext<typeof DisabledUsers>) {
    this.#init = init;
    this.#context = context;
  }

  onStart(): void {
    this.#read();
  }

  isDisabled({ sub }: { sub: string }): boolean {
    return this.#disabledAt.has(sub);
  }

  #read(): void {
    void this.#context.pipe(this.#init.read(), (users) => {
      this.#take(users);
      this.#context.after(this.#init.periodMs, () => this.#read());
    });
  }

  #take(users: readonly DisabledUser[] | Failure<"unavailable">): void {
    if (users instanceof Failure) {
      if (!this.#isAway) this.#log.warn("who is disabled can't be learned", { reason: users.message });
      this.#isAway = true;
      return this.#init.onRead("unavailable");
    }
    this.#isAway = false;
    this.#init.onRead(users.length);
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
