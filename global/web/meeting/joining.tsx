import { SlowWait } from "../slow_wait.tsx";

interface JoiningProps {
  /** Why the last try has failed, in words. */
  loss: string | undefined;
  onStop(): void;
}

/** From the click on Join until the server has let somebody in; says why that takes long, and lets them stop waiting. */
export function Joining({ loss, onStop }: JoiningProps) {
  return (
    <SlowWait
      label="Joining the meeting…"
      title="Joining takes longer than usual"
      words={loss ?? "The meeting's server has not answered yet."}
      testId="joining-slow"
    >
      <button type="button" class="quiet" data-testid="stop-joining" onClick={onStop}>Don't wait</button>
    </SlowWait>
  );
}
