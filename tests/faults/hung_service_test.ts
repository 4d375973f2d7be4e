import { assertEquals } from "@std/assert";
import { childrenOf, ready, startUp, upPlace } from "../dev/running_up.ts";
import { everybody, gather } from "../chaos/support/crowd.ts";

Deno.test("chaos › a media and a meeting process that hang are killed and started again, and their meetings go on", async () => {
  // Two deployments at a time: each waits for most of its time until its own one is taken for hung.
  await Promise.all((["media", "meeting"] as const).map(async (service) => {
    const place = await upPlace();
    await using up = await startUp(place);
    await ready(up);
    const [crowd] = await gather([`http://localhost:${place.port}`], 1, 3);
    const people = crowd?.people ?? [];
    const [hung] = await childrenOf(up.pid, `/${service}/main.ts`);
    if (hung === undefined) throw new Error(`${service} doesn't run`);
    Deno.kill(hung, "SIGSTOP");
    await up.line(`${service}: does not answer any more`);
    await up.line(`${service}: starting again`);
    await up.line(`${service}: ready`, 2);
    await everybody(people, ({ phase }) => phase === "joined");
    while ((await people[0]?.sendChat("after"))?.ok !== true);
    await everybody(people, ({ chat }) => chat.at(-1)?.text === "after");
    assertEquals(people.map(({ state }) => state.get().participants.length), people.map(() => 3));
    await Promise.all(people.map((one) => one.leave()));
    up.kill("SIGTERM");
    assertEquals(await up.exitCode, 0);
  }));
});
