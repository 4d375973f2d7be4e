import { assertEquals } from "@std/assert";
import { type AccountChange, createOtherTabs } from "../../../global/web/other_tabs.ts";

Deno.test("other tabs › a sign-out is heard in the others and not in its own, until they stop watching", async () => {
  const name = crypto.randomUUID();
  const channels = [new BroadcastChannel(name), new BroadcastChannel(name)] as const;
  try {
    const [own, other] = [createOtherTabs(channels[0]), createOtherTabs(channels[1])];
    const heard: string[] = [];
    own.watch((change) => heard.push(`own ${change}`));
    const heardOnce = Promise.withResolvers<AccountChange>();
    const stop = other.watch((change) => {
      heard.push(`other ${change}`);
      heardOnce.resolve(change);
    });
    channels[0].postMessage("something else");
    own.tell("signed_out");
    await heardOnce.promise;
    stop();
    own.tell("signed_in");
    // What is told back is heard after all that was told before.
    const answered = Promise.withResolvers<unknown>();
    channels[1].addEventListener("message", ({ data }) => {
      if (data === "last") answered.resolve(data);
    });
    channels[0].postMessage("last");
    await answered.promise;
    assertEquals(heard, ["other signed_out"]);
  } finally {
    for (const channel of channels) channel.close();
  }
});
