import { type ActorContext, Failure } from "../../shared/actor/mod.ts";
import { logger } from "../../shared/log/mod.ts";
import { type DisabledUser, DisabledUsers, type DisabledUsersInit } from "./disabled_users_protocol.ts";

/** So many are removed at the same time: a shard that hangs holds up the others' end no longer than its own. */
const AT_ONCE = 16;
const ATTEMPTS = 5;
const RETRY_MS = 1_000;

/**
 * Owns who is disabled, as AC last said it, and removes everybody who has become so from their meetings. While AC is away those who are
 * known stay known; who is enabled again is out of its next answer.
 */
export class DisabledUsersActor {
  static readonly protocol = DisabledUsers;
  readonly #init: DisabledUsersInit;
  readonly #context: ActorContext<typeof DisabledUsers>;
  readonly #log = logger("disabled_users");
  #disabledAt: ReadonlyMap<string, number> = new Map();
  #isAway = false;
  readonly #waiting: DisabledUser[] = [];
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
      if (before.get(user.user_id) !== user.disabled_at) this.#waiting.push(user);
    }
    this.#removeNext();
  }

  #removeNext(): void {
    while (this.#underWay < AT_ONCE) {
      const user = this.#waiting.shift();
      if (user === undefined) return;
      this.#underWay++;
      this.#removeUser(user, 1);
    }
  }

  #removeUser(user: DisabledUser, attempt: number): void {
    const { user_id: sub, disabled_at } = user;
    void this.#context.pipe(this.#init.removeUser(user), (done) => {
      const isStillSo = this.#disabledAt.get(sub) === disabled_at;
      if (!done && isStillSo && attempt < ATTEMPTS) {
        this.#context.after(RETRY_MS, () => this.#removeUser(user, attempt + 1));
        return;
      }
      if (!done) this.#log.warn("a disabled user may still be in a meeting", { sub, attempt });
      this.#underWay--;
      this.#removeNext();
    });
  }
}
