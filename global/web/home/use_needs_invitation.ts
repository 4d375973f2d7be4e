import { useEffect, useState } from "preact/hooks";
import type { Api } from "../../../shared/client/api.ts";
import { TYPING_PAUSE_MS } from "../typing_pause.ts";

/**
 * Whether nobody may register in an organisation without an invitation, as far as the server has said so; "" is the one of
 * this address. `isAsked`: somebody is about to.
 */
export function useNeedsInvitation(
  api: Pick<Api, "registration">,
  organization: string,
  isAsked: boolean,
): boolean {
  const [needsInvitation, setNeedsInvitation] = useState(false);
  useEffect(() => {
    if (!isAsked) return setNeedsInvitation(false);
    let isOver = false;
    async function ask() {
      const answer = await api.registration(organization || undefined);
      // The form says itself what is wrong with an organisation's name.
      if (!isOver) setNeedsInvitation(answer.ok && !answer.value.open);
    }
    const timer = setTimeout(ask, organization === "" ? 0 : TYPING_PAUSE_MS);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [organization, isAsked]);
  return needsInvitation;
}
