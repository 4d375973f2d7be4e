import { assertEquals } from "@std/assert";
import { allPorts } from "../../shared/dev/plan.ts";
import { takenPort } from "../../shared/dev/up/taken_port.ts";
import { freePorts } from "../free_ports.ts";
import { aPlan } from "./a_plan.ts";

/** A plan whose ports are all free. */
function freePlan() {
  const port = freePorts(200);
  return aPlan({ port, rtcPort: port + 150 });
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

for (const host of ["203.0.113.9", "2001:db8::9", "nowhere.invalid"]) {
  Deno.test(`taken port › ${host}, which is not this machine's, is DT_HOST's matter`, () => {
    assertEquals(
      takenPort({ ...freePlan(), host }),
      `DT_HOST is "${host}", which is no address of this machine; it may be one that is, ` +
        "127.0.0.1 for this machine alone, or 0.0.0.0 with DT_PUBLIC_HOST for all of its addresses",
    );
  });
}
