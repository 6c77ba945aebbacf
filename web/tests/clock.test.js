/** The clock filter believes the ping with the shortest round trip. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ClockFilter } from "../sdk/clock.js";

test("without a pong nothing is known", () => {
  const clock = new ClockFilter();
  assert.equal(clock.offset, 0);
  assert.equal(clock.uncertainty, Infinity);
});

test("the shortest round trip gives offset and uncertainty", () => {
  const clock = new ClockFilter();
  clock.add(1_000, 1_080, 6_070);
  clock.add(2_000, 2_004, 7_002);
  clock.add(3_000, 3_060, 8_010);
  assert.equal(clock.offset, 5_000);
  assert.equal(clock.uncertainty, 2);
});

test("old pings are forgotten, so that the estimate follows a drift", () => {
  const clock = new ClockFilter(2);
  clock.add(0, 2, 101);
  clock.add(10, 16, 133);
  clock.add(20, 26, 143);
  assert.equal(clock.offset, 120);
});

test("a clock that ran backwards is not believed", () => {
  const clock = new ClockFilter();
  clock.add(10, 5, 100);
  assert.equal(clock.uncertainty, Infinity);
});
