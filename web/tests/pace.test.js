/** Refreshes of a quick and of a labouring screen. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Pace } from "../player/pace.js";

/**
 * Lets a screen refresh, and counts what would be drawn.
 * @param {Pace} pace
 * @param {number} count
 * @param {number} step milliseconds
 * @param {number} [from]
 */
function refresh(pace, count, step, from = 0) {
  let drawn = 0;
  for (let at = 0; at < count; at += 1) {
    const now = from + at * step;
    pace.refresh(now);
    if (pace.due(now / 40)) drawn += 1;
  }
  return drawn;
}

test("a quick screen shows every refresh", () => {
  const pace = new Pace();
  assert.equal(refresh(pace, 300, 1_000 / 60), 300);
  assert.ok(!pace.calm);
  assert.ok(Math.abs(pace.interval - 1_000 / 60) < 0.1);
});

test("a device that labours draws each frame once, and stays with that when it recovers", () => {
  const pace = new Pace();
  refresh(pace, 60, 33);
  assert.ok(pace.calm);
  const drawn = refresh(pace, 120, 1_000 / 60, 10_000);
  assert.ok(Math.abs(drawn - 50) <= 1, `${drawn}`);
});

test("a short stutter is no labour, a hidden page neither", () => {
  const pace = new Pace();
  refresh(pace, 100, 1_000 / 60);
  refresh(pace, 10, 60, 2_000);
  refresh(pace, 100, 1_000 / 60, 3_000);
  refresh(pace, 20, 1_000, 10_000);
  assert.ok(!pace.calm);
});
