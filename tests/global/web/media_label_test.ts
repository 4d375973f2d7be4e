import { assertEquals } from "@std/assert";
import { mediaLabel } from "../../../global/web/meeting/media_label.ts";

const sources = ["microphone", "camera", "screen"] as const;
const off = { on: false, opening: false, denied: false };

Deno.test("media label › a device that is blocked or opening is named, for whoever can't see the icon", () => {
  assertEquals(sources.map((source) => mediaLabel(source, { ...off, denied: true })), [
    { label: "Blocked", name: "Microphone: blocked" },
    { label: "Blocked", name: "Camera: blocked" },
    { label: "Blocked", name: "Screen: blocked" },
  ]);
  assertEquals(mediaLabel("camera", { ...off, opening: true, denied: true }), {
    label: "Opening…",
    name: "Camera: opening…",
  });
});

Deno.test("media label › what a press does is said else, and names the device itself", () => {
  const labels = (is: typeof off) => sources.map((source) => mediaLabel(source, is));
  assertEquals(labels(off), [{ label: "Unmute" }, { label: "Camera on" }, { label: "Share screen" }]);
  assertEquals(labels({ ...off, on: true }), [
    { label: "Mute" },
    { label: "Camera off" },
    { label: "Stop sharing" },
  ]);
});
