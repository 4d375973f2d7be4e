import { assertEquals } from "@std/assert";
import { cable } from "../../cable.ts";
import { createPostgresDatabase, databaseKinds } from "../../store/databases.ts";
import { client } from "../support/client.ts";
import { controller, registerHandler } from "../support/controllers.ts";
import { deployment } from "../support/deployment.ts";

const postgres = (await databaseKinds()).find(({ name }) => name === "PostgreSQL");

Deno.test({
  name:
    "postgres › AC and GC share a database; cut off from it GC says when to come back, and comes back with it",
  ignore: postgres === undefined || postgres.missing,
  async fn(t) {
    await using database = await createPostgresDatabase();
    const url = new URL(database.url);
    await using way = cable(url.hostname, Number(url.port || 5432));
    url.hostname = "127.0.0.1";
    url.port = String(way.port);
    await using d = await deployment({ databaseUrl: url.href });
    const { send, user, createMeeting, join } = client(d);
    await using mc = await controller(d);
    const ann = await user("ann");
    const made = await createMeeting(ann, { settings: { allow_guests: true } });
    const path = `/api/v1/meetings/${made.code}`;
    assertEquals([await mc.register(), await registerHandler(d)], [201, 201]);
    await join(made.code, ann);

    await t.step("every request that needs the database is refused with 503 and a time", async () => {
      way.cut();
      const requests = [
        send("GET", path, { token: ann }),
        send("GET", "/api/v1/meetings", { token: ann }),
        send("POST", "/api/v1/meetings", { token: ann, body: { display_name: "Late" } }),
        send("PATCH", path, { token: ann, body: { display_name: "Late" } }),
        send("DELETE", path, { token: ann }),
        send("POST", `${path}/join`, { token: ann, body: {} }),
        send("POST", `${path}/guest-token`, { body: { display_name: "Gus" } }),
        send("GET", "/ready"),
      ];
      for (const answer of await Promise.all(requests)) {
        assertEquals([answer.status, answer.headers.get("retry-after")], [503, "1"]);
      }
      assertEquals((await send("GET", "/health")).status, 200);
    });

    await t.step("with the database it is ready, and the meeting is as it was", async () => {
      way.mend();
      while ((await send("GET", "/ready")).status !== 200);
      const { body } = await send("GET", path, { token: ann });
      assertEquals(body, made);
    });
  },
});
