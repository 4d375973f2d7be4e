import { assert, assertRejects } from "@std/assert";
import { whileBusy } from "../../shared/store/while_busy.ts";

const locked = Object.assign(new Error("database is locked"), { errcode: 5 });

for (const blockingWaitMs of [2, 20]) {
  Deno.test(`while busy › attempts that block for ${blockingWaitMs} ms each fill the whole time, and no more`, async () => {
    let attempts = 0;
    const error = await assertRejects(() =>
      whileBusy(
        200,
        () => {
          attempts++;
          throw locked;
        },
        blockingWaitMs,
      )
    );
    assert(error === locked);
    const waitedMs = attempts * (blockingWaitMs + 5);
    assert(waitedMs >= 200 && waitedMs < 200 + blockingWaitMs + 5, `${attempts} attempts`);
  });
}
