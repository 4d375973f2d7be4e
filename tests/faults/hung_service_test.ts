import { assertEquals } from "@std/assert";
import { childrenOf, ready, startUp, upPlace } from "../dev/running_up.ts";
import { everybody, gather } from "../chaos/support/crowd.ts";

for (const service of ["media", "meeting"] as const) {
  Deno.test(`chaos › a ${service} process that hangs is killed and started again, and its meetings go on`, async () => {
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
    await everybody(people, ({ phase }) => phase === "joined");
    while ((await people[0]?.sendChat("after"))?.ok !== true);
    await everybody(people, ({ chat }) => chat.at(-1)?.text === "after");
    assertEquals(people.map(({ state }) => state.get().participants.length), people.map(() => 3));
    await Promise.all(people.map((one) => one.leave()));
    up.kill("SIGTERM");
    assertEquals(await up.exitCode, 0);
  });
}
