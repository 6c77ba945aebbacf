/** The media clock goes on where no picture tells it. */

import assert from "node:assert/strict";
import test from "node:test";

import { MediaClock } from "../sdk/media-clock.js";

test("pictures tell the time while they come", () => {
  const clock = new MediaClock();
  assert.equal(clock.at(0), null);
  clock.frame(100, 1_000);
  assert.equal(clock.goesByItself(1_300), false);
  clock.caption(1, [{ pts: 400 }], 1_100);
  assert.equal(clock.at(1_000), 100);
});

test("after the last picture the clock goes on at its pace", () => {
  const clock = new MediaClock();
  clock.frame(100, 1_000);
  assert.equal(clock.goesByItself(1_400), true);
  assert.equal(clock.at(3_000), 150);
  assert.equal(clock.forward(150), 150);
  assert.equal(clock.forward(147), 150, "a late picture does not turn the words back");
  clock.clear();
  assert.equal(clock.forward(1), 1, "a new connection counts anew");
});

test("with sound alone the words of each turn set it", () => {
  const clock = new MediaClock();
  clock.caption(1, [{ pts: 205 }, { pts: 210 }], 5_000);
  assert.equal(clock.at(5_000), 200);
  assert.equal(clock.at(5_400), 210);
  clock.caption(1, [{ pts: 999 }], 6_000);
  assert.equal(clock.at(6_000), 225, "later words of a turn come long before they are said");
  clock.caption(2, [], 7_000);
  clock.caption(2, [{ pts: 505 }], 7_000);
  assert.equal(clock.at(7_000), 500);
  clock.clear();
  assert.equal(clock.at(7_000), null);
});
