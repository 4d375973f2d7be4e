import { assertEquals } from "@std/assert";
import { allPorts } from "../../shared/dev/plan.ts";
import { takenPort } from "../../shared/dev/up/taken_port.ts";
import { aPlan } from "./a_plan.ts";

/** A plan whose ports are all free now. */
function freePlan() {
  for (let port = 20_000; port < 60_000; port += 200) {
    const plan = aPlan({ port, rtcPort: port + 150 });
    if (takenPort(plan) === undefined) return plan;
  }
  throw new Error("no free ports");
}

Deno.test("taken port › each of the plan's ports is noticed, TCP and UDP", () => {
  const plan = freePlan();
  for (const { port, transport, what } of allPorts(plan)) {
    using _holder = transport === "tcp"
      ? Deno.listen({ port, hostname: "127.0.0.1" })
      : closing(Deno.listenDatagram({ port, hostname: "127.0.0.1", transport }));
    const setting = what.startsWith("media over") ? "DT_RTC_PORT" : "DT_PORT";
    assertEquals(
      takenPort(plan),
      `${transport.toUpperCase()} port ${port} on 127.0.0.1 (${what}) is taken; ${setting} chooses others`,
    );
  }
});

function closing(socket: { close(): void }): Disposable {
  return { [Symbol.dispose]: () => socket.close() };
}
