import { assert, assertEquals } from "@std/assert";
import { meeting as meetingSchema, type Permission, ticket } from "../../shared/protocol/mod.ts";
import { client } from "../global/support/client.ts";
import { registerHandler } from "../global/support/controllers.ts";
import { deployment, wideLimits } from "../global/support/deployment.ts";
import { Client } from "../meeting/support/client.ts";
import { storesKinds } from "../scenarios/stores.ts";
import { startSecondGlobal } from "../chaos/support/second_global.ts";

const ROUNDS = 30;
const PERMISSIONS: readonly Permission[] = ["microphone", "camera", "screen", "chat"];

for (const { name, missing, create } of await storesKinds()) {
  Deno.test({
    name: `chaos › of changes of one meeting through two global controllers at once none is lost, on ${name}`,
    ignore: missing,
    async fn() {
      await using stores = await create();
      await using d = await deployment({ ...stores, besides: ["meeting"], env: wideLimits });
      await registerHandler(d);
      const one = client(d);
      while ((await one.send("GET", "/ready")).status !== 200);
      await using second = await startSecondGlobal({ pid: Deno.pid, origin: d.url });
      const both = [one, client({ ...d, url: second.origin })];
      const ann = await one.user("ann");
      const { code } = await one.createMeeting(ann);
      const path = `/api/v1/meetings/${code}`;
      const joinTicket = await one.send("POST", `${path}/join`, { token: ann, body: {} });
      const { signaling_url, token } = ticket.parse(joinTicket.body);
      using host = new Client(signaling_url, token);
      await host.join();
      for (let round = 0; round < ROUNDS; round++) {
        const permitted = round % 2 === 1;
        const changes = [
          { display_name: `Round ${round}` },
          { max_participants: 10 + round },
          { settings: { allow_guests: permitted } },
          { settings: { waiting_room: !permitted } },
          ...PERMISSIONS.map((permission) => ({ settings: { permissions: { [permission]: permitted } } })),
        ];
        const answers = await Promise.all(
          changes.map((body, index) => both[index % 2]?.send("PATCH", path, { token: ann, body })),
        );
        assertEquals(answers.map((answer) => answer?.status), changes.map(() => 200));
        const wanted = Object.fromEntries(PERMISSIONS.map((permission) => [permission, permitted]));
        for (const { send } of both) {
          const { status, body } = await send("GET", path, { token: ann });
          assertEquals([status, status === 200 ? "" : JSON.stringify(body)], [200, ""]);
          const { display_name, max_participants, settings } = meetingSchema.parse(body);
          assertEquals([display_name, max_participants], [`Round ${round}`, 10 + round]);
          assertEquals([settings.allow_guests, settings.waiting_room], [permitted, !permitted]);
          assertEquals({ ...settings.permissions, ...wanted }, settings.permissions);
        }
        // The controller that runs it has heard of all of them by the time of the last answer.
        await host.request("session.ping", {});
        const told = host.notifications.findLast(({ type }) => type === "meeting.updated");
        assert(told?.type === "meeting.updated");
        const { permissions } = told.data.meeting;
        assertEquals({ ...permissions, ...wanted }, permissions);
      }
    },
  });
}
