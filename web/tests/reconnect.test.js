/** When the client tries again, and when it stops. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Reconnect } from "../sdk/reconnect.js";

const even = { random: () => 0.5 };

test("waits grow up to a limit, then it gives up", () => {
  const reconnect = new Reconnect({ ...even, limit: 7 });
  const delays = Array.from({ length: 8 }, () => reconnect.delayAfter("network"));
  assert.deepEqual(delays, [250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, null]);
});

test("the server's wish is respected", () => {
  assert.equal(new Reconnect(even).delayAfter("server_full", 10), 10_000);
});

test("what cannot be mended is not tried again", () => {
  for (const reason of ["goodbye", "replaced", "not_found", "unauthorized", "unsupported"]) {
    assert.equal(new Reconnect(even).delayAfter(reason), null, reason);
  }
});

test("success starts the count anew", () => {
  const reconnect = new Reconnect({ ...even, limit: 1 });
  reconnect.delayAfter("network");
  assert.equal(reconnect.delayAfter("network"), null);
  reconnect.succeeded();
  assert.equal(reconnect.delayAfter("network"), 250);
});

test("many clients do not come back at the same moment", () => {
  const delays = [0, 0.999].map((at) => new Reconnect({ random: () => at }).delayAfter("network"));
  assert.ok(Number(delays[0]) < 200 && Number(delays[1]) > 300, String(delays));
});
