type Hook = () => void | Promise<void>;
type TestFunction = (t: Deno.TestContext) => void | Promise<void>;

/** A test, or a group of them. */
interface Entry {
  readonly name: string;
  readonly ignore: boolean;
  readonly run: (t: Deno.TestContext) => Promise<void>;
}

/** A function that registers, with the variants that leave out what they register. */
type Registrar<Fn> =
  & ((name: string, fn: Fn) => void)
  & Record<"ignore" | "skip", (name: string, fn: Fn) => void>;

type HookName = "beforeAll" | "afterAll" | "beforeEach" | "afterEach";

async function inTurn(hooks: readonly Hook[]): Promise<void> {
  for (const hook of hooks) await hook();
}

class Suite {
  /** The group whose function is running: what is registered meanwhile belongs to it. */
  static #current: Suite | undefined;
  readonly #parent = Suite.#current;
  readonly #entries: Entry[] = [];
  readonly #hooks: Record<HookName, Hook[]> = {
    beforeAll: [],
    afterAll: [],
    beforeEach: [],
    afterEach: [],
  };

  static register(entry: Entry): void {
    if (Suite.#current) Suite.#current.#entries.push(entry);
    else Deno.test({ name: entry.name, ignore: entry.ignore, fn: entry.run });
  }

  static hook(name: HookName, hook: Hook): void {
    if (Suite.#current === undefined) {
      throw new Error(`${name} has to be called in the function of a describe`);
    }
    Suite.#current.#hooks[name].push(hook);
  }

  static test(fn: TestFunction): Entry["run"] {
    const suite = Suite.#current;
    return async (t) => {
      try {
        if (suite) await suite.#beforeEach();
        await fn(t);
      } finally {
        if (suite) await suite.#afterEach();
      }
    };
  }

  static collect(fn: () => void): Entry["run"] {
    const suite = new Suite();
    Suite.#current = suite;
    try {
      fn();
    } finally {
      Suite.#current = suite.#parent;
    }
    return (t) => suite.#run(t);
  }

  async #run(t: Deno.TestContext): Promise<void> {
    try {
      await inTurn(this.#hooks.beforeAll);
      for (const { name, ignore, run } of this.#entries) {
        await t.step({ name, ignore, fn: run });
      }
    } finally {
      await inTurn(this.#hooks.afterAll);
    }
  }

  async #beforeEach(): Promise<void> {
    if (this.#parent) await this.#parent.#beforeEach();
    await inTurn(this.#hooks.beforeEach);
  }

  async #afterEach(): Promise<void> {
    await inTurn(this.#hooks.afterEach);
    if (this.#parent) await this.#parent.#afterEach();
  }
}

function registerTest(
  ignore: boolean,
): (name: string, fn: TestFunction) => void {
  return (name, fn) => Suite.register({ name, ignore, run: Suite.test(fn) });
}

function registerSuite(
  ignore: boolean,
): (name: string, fn: () => void) => void {
  return (name, fn) => Suite.register({ name, ignore, run: Suite.collect(fn) });
}

/** Registers a test, in the group whose function is running; `it.ignore` and `it.skip` leave it out of the run. */
export const it: Registrar<TestFunction> = Object.assign(registerTest(false), {
  ignore: registerTest(true),
  skip: registerTest(true),
});

/**
 * Registers a group of tests and groups: those that `fn` registers; `describe.ignore` and `describe.skip` leave it out
 * of the run.
 *
 * @example
 * ```ts
 * describe("a room", () => {
 *   beforeEach(() => room.open());
 *   it("is empty at first", () => assertEquals(room.size, 0));
 * });
 * ```
 */
export const describe: Registrar<() => void> = Object.assign(
  registerSuite(false),
  {
    ignore: registerSuite(true),
    skip: registerSuite(true),
  },
);

/** Runs `fn` once, before the tests of the group. */
export function beforeAll(fn: Hook): void {
  Suite.hook("beforeAll", fn);
}

/** Runs `fn` once, after the tests of the group, also when one failed. */
export function afterAll(fn: Hook): void {
  Suite.hook("afterAll", fn);
}

/** Runs `fn` before each test of the group and of the groups in it, those of outer groups first. */
export function beforeEach(fn: Hook): void {
  Suite.hook("beforeEach", fn);
}

/** Runs `fn` after each test of the group and of the groups in it, those of outer groups last, also when it failed. */
export function afterEach(fn: Hook): void {
  Suite.hook("afterEach", fn);
}
