import { navigate } from "./navigation.ts";

/** A way out of a meeting's screens. */
export function ToStartPage() {
  return (
    <button type="button" class="quiet" data-testid="go-home" onClick={() => navigate("/")}>
      To the start page
    </button>
  );
}
