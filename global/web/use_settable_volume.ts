import { useEffect, useState } from "preact/hooks";

/** iOS alone decides how loud a page plays. What is set there reads as set at first, and as before a turn later. */
async function canSetVolume(): Promise<boolean> {
  const probe = new Audio();
  probe.volume = 0.5;
  await new Promise((resolve) => setTimeout(resolve));
  return probe.volume === 0.5;
}

/** Whether a page can play somebody lower than the others here; said to be so until it is known. */
export function useSettableVolume(): boolean {
  const [isSettable, setSettable] = useState(true);
  useEffect(() => void canSetVolume().then(setSettable), []);
  return isSettable;
}
