import { assertEquals } from "@std/assert";
import { inPhase, join, leave, letIn, until } from "./joined_session.ts";
import { person } from "./samples.ts";
import { notificationFrame, startSignalingServer } from "./signaling_server.ts";

Deno.test("session › from a loss on nobody speaks and no quality is known, until it is told anew after the resume", async () => {
  await using server = startSignalingServer();
  const session = join(server.url);
  const participants = [person("me"), person("other")];
  const first = await server.accept();
  await letIn(first, { participants });
  await until(session, inPhase("joined"));
  first.socket.send(notificationFrame("speaker.active", { participant_id: "other" }));
  first.socket.send(notificationFrame("quality", { participant_id: "other", level: "poor" }));
  await until(session, ({ quality }) => quality.size > 0);
  first.socket.close();
  const lost = await until(session, inPhase("reconnecting"));
  const second = await server.accept();
  await letIn(second, { resumed: true, participants });
  const back = await until(session, inPhase("joined"));
  for (const { activeSpeaker, quality } of [lost, back]) {
    assertEquals([activeSpeaker, quality.size], [undefined, 0]);
  }
  await leave(session, second);
});
