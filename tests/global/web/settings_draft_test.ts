import { assert, assertEquals } from "@std/assert";
import { bodyOf, changeBetween, draftOf, newDraft } from "../../../global/web/settings/settings_draft.ts";
import { meeting } from "../../client/samples.ts";

const named = { ...newDraft(), name: "Weekly" };

Deno.test("settings › a new meeting lets guests wait; numbers that are left empty are none", () => {
  const made = bodyOf(named);
  assert(made.ok);
  assertEquals(made.body.display_name, "Weekly");
  assertEquals(made.body.max_participants, undefined);
  assertEquals(
    [
      made.body.settings?.allow_guests,
      made.body.settings?.waiting_room,
      made.body.settings?.start_muted_above,
    ],
    [true, true, null],
  );
});

Deno.test("settings › a meeting's settings come back as they were", () => {
  const settings = {
    ...meeting.settings,
    start_muted_above: 5,
    max_duration_minutes: 90,
    on_join: { microphone: false, camera: true },
  };
  const made = bodyOf(draftOf({ ...meeting, settings }));
  assert(made.ok);
  assertEquals(made.body.max_participants, meeting.max_participants);
  assertEquals(made.body.settings?.start_muted_above, 5);
  assertEquals(made.body.settings?.max_duration_minutes, 90);
  assertEquals(made.body.settings?.end_after_last_host_minutes, null);
  assertEquals(made.body.settings?.on_join, { microphone: false, camera: true });
});

Deno.test("settings › what is no number, or none that can be, is said at its field", () => {
  const refused = (change: Partial<typeof named>) => {
    const made = bodyOf({ ...named, ...change });
    return made.ok ? {} : made.refusal.byField;
  };
  assertEquals(refused({ maxParticipants: "many" }), {
    max_participants: "The number of people is not a whole number.",
  });
  assertEquals(refused({ maxParticipants: "0" }), {
    max_participants: "The number of people is less than 1.",
  });
  assertEquals(refused({ startMutedAbove: "1.5" }), {
    "settings.start_muted_above": "This number is not a whole number.",
  });
  assertEquals(Object.keys(refused({ name: " " })), ["display_name"]);
});

Deno.test("settings › a change names what differs alone, so that no other permission is set anew", () => {
  const before = draftOf(meeting);
  const change = (after: typeof before) => {
    const made = changeBetween(before, after);
    return made.ok ? made.body : made.refusal.byField;
  };
  const { permissions } = before.settings;
  assertEquals(change(before), {});
  assertEquals(change({ ...before, name: "Daily" }), { display_name: "Daily" });
  assertEquals(
    change({ ...before, settings: { ...before.settings, permissions: { ...permissions, chat: false } } }),
    { settings: { permissions: { chat: false } } },
  );
  assertEquals(change({ ...before, maxDurationMinutes: "90" }), { settings: { max_duration_minutes: 90 } });
  assertEquals(change({ ...before, startMutedAbove: "1.5" }), {
    "settings.start_muted_above": "This number is not a whole number.",
  });
  const limited = { ...before, maxDurationMinutes: "90" };
  assertEquals(changeBetween(limited, before), {
    ok: true,
    body: { settings: { max_duration_minutes: null } },
  });
});
