import { useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import { navigate } from "../navigation.ts";
import { Check, Field, Problem } from "../parts.tsx";
import { noRefusal, refusalOf } from "../refusal.ts";

export function CreateMeeting({ api }: { api: Api }) {
  const [name, setName] = useState("");
  const [allowGuests, setAllowGuests] = useState(true);
  const [waitingRoom, setWaitingRoom] = useState(true);
  const [refusal, setRefusal] = useState(noRefusal);
  const [busy, setBusy] = useState(false);

  async function submit(event: Event) {
    event.preventDefault();
    setBusy(true);
    setRefusal(noRefusal);
    const result = await api.createMeeting({
      display_name: name,
      settings: { allow_guests: allowGuests, waiting_room: waitingRoom },
    });
    setBusy(false);
    if (result.ok) navigate(`/m/${result.value.code}`);
    else setRefusal(refusalOf(result.error, { display_name: "This" }));
  }

  return (
    <section class="card" aria-labelledby="create-title">
      <h2 id="create-title">New meeting</h2>
      <form onSubmit={submit}>
        <Field
          label="What is it about?"
          name="meeting-name"
          value={name}
          onValue={setName}
          maxLength={64}
          placeholder="Weekly planning"
          required
          testId="meeting-name"
          problem={refusal.byField["display_name"]}
        />
        <Check
          name="allow-guests"
          label="Allow guests"
          hint="People without an account join with the link."
          checked={allowGuests}
          onChecked={setAllowGuests}
        />
        <Check
          name="waiting-room"
          label="Waiting room"
          hint="Guests wait until a host lets them in."
          checked={waitingRoom}
          onChecked={setWaitingRoom}
        />
        <Problem>{refusal.rest}</Problem>
        <button type="submit" class="primary wide" disabled={busy} data-testid="create-meeting">
          Create the meeting
        </button>
      </form>
    </section>
  );
}
