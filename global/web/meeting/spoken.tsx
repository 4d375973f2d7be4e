import { effect } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { MeetingView } from "./meeting_view.ts";
import { type Announcement, createNewsTeller } from "./news.ts";
import type { ScreenState } from "./screen_state.ts";

interface SpokenProps {
  view: MeetingView;
  screen: Pick<ScreenState, "panel">;
}

/**
 * What others do, for screen readers alone. They read what changes in an element that was there before: it stays while
 * the screens around it change.
 */
export function Spoken({ view, screen }: SpokenProps) {
  const [news, setNews] = useState<readonly Announcement[]>([]);
  const [count, setCount] = useState(0);

  useEffect(() => {
    const teller = createNewsTeller((told) => {
      setNews(told);
      setCount((before) => before + 1);
    });
    const stopHearing = effect(() => teller.hear(view.state.value, screen.panel.peek() === "chat"));
    return () => {
      stopHearing();
      teller.stop();
    };
  }, []);

  return (
    <div class="visually-hidden" role="status" data-testid="spoken">
      {news.map(({ before, name, after }, index) => (
        // The same words once more are an element of their own: they are read again.
        <p key={`${count}/${index}`}>{before}{name === undefined ? null : <bdi>{name}</bdi>}{after}</p>
      ))}
    </div>
  );
}
