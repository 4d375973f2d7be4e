import { assertEquals } from "@std/assert";
import { checkAsks } from "./check_asks.ts";
import { except } from "./except.ts";
import { asksWithoutChain } from "./exceptions.ts";
import { readFolders, services } from "./read_files.ts";

Deno.test("house › actors ask on behalf of the message that they handle", async () => {
  const files = await readFolders([...services, "shared"]);
  const checked = files.filter(({ path }) => !path.startsWith("shared/actor/"));
  assertEquals(except(checked.flatMap(checkAsks), asksWithoutChain), []);
});

/** An actor's class around its members. */
const actor = (members: string) => `export class A { static readonly protocol = P; ${members} }`;
const loses = (text: string) => checkAsks({ path: "a.ts", text }).length > 0;

Deno.test("house › an ask that loses the chain of askers is found", () => {
  const lost = [
    actor(`join(body: B) { return this.#layout.ask("show", body); }`),
    actor(`join(body: B) { return layout?.ask("show", body); }`),
    actor(`#show(body: B) { return this.#layout.ask("show", body); }`),
    actor(`join(body: B) { return this.#context.ask(this.#layout, "show", body); }`),
    actor(`join(body: B) { return bodies.map((one) => this.#context.ask(layout, "show", one)); }`),
    `${actor("join() {}")} const help = (ref: R) => ref.ask("show", 1);`,
  ];
  assertEquals(lost.filter((text) => !loses(text)), []);
  assertEquals(checkAsks({ path: "a.ts", text: actor(`join() { return ref.ask("show"); }`) }), [
    {
      path: "a.ts",
      text: `a.ts:1 asks by ref.ask("show"): message.ask, or context.ask on nobody's behalf`,
    },
  ]);
});

Deno.test("house › an ask on behalf of a message, or on nobody's, is not", () => {
  const kept = [
    actor(`join(body: B, message: M) { return message.ask(this.#layout, "show", body); }`),
    actor(`join(body: B, message: M) { return bodies.map((one) => message.ask(layout, "show", one)); }`),
    actor(`onStart() { return this.#context.ask(this.#store, "load", 1); }`),
    actor(`onStop() { return this.#context.ask(this.#store, "save", 1); }`),
    actor(`join() { this.#context.after(9, async () => { await this.#context.ask(store, "save", 1); }); }`),
    actor(`join() { context.pipe(work, () => context.ask(store, "save", 1)); }`),
    actor(`#save() { return this.#context.ask(this.#store, "save", 1); }`),
    `export const P = protocol({ join: ask(z.string(), z.void()) }); ${actor("")}`,
    `export const route = (ref: R) => ref.ask("show", 1);`,
    `class Plain { join() { return this.#layout.ask("show", 1); } }`,
  ];
  assertEquals(kept.filter(loses), []);
});
