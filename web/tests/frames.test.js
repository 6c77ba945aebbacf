/** RTP timestamps become pts, and watches find the true first frame. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { FrameClock, FrameLog } from "../sdk/frames.js";

test("pts count from the origin", () => {
  const clock = new FrameClock(1_000);
  assert.equal(clock.pts(1_000), 0);
  assert.equal(clock.pts(1_000 + 7 * 3600), 7);
});

test("pts go on across a wrap of the 32 bits, and beyond several", () => {
  const clock = new FrameClock(2 ** 32 - 3600);
  assert.equal(clock.pts(2 ** 32 - 3600), 0);
  assert.equal(clock.pts(0), 1);
  let rtp = 0;
  let pts = 1;
  for (let step = 0; step < 10; step += 1) {
    rtp = (rtp + 500_000 * 3600) % 2 ** 32;
    pts += 500_000;
    assert.equal(clock.pts(rtp), pts);
  }
});

test("a frame from before the origin is negative", () => {
  assert.equal(new FrameClock(3600).pts(0), -1);
});

/** @param {number} [size] */
function recorder(size) {
  const reports = /** @type {[number, number, number][]} */ ([]);
  const log = new FrameLog((watch, { pts, at_ms }) => reports.push([watch, pts, at_ms]), size);
  return { log, reports };
}

test("a watch is answered once, by the first frame at or after it", () => {
  const { log, reports } = recorder();
  log.watch(1, 10);
  log.displayed({ pts: 9, at_ms: 360 });
  assert.deepEqual(reports, []);
  log.displayed({ pts: 11, at_ms: 440 });
  log.displayed({ pts: 12, at_ms: 480 });
  assert.deepEqual(reports, [[1, 11, 440]]);
});

test("a watch that comes late finds the frame in the history", () => {
  const { log, reports } = recorder();
  for (let pts = 0; pts < 20; pts += 1) log.displayed({ pts, at_ms: pts * 40 });
  log.watch(2, 7);
  assert.deepEqual(reports, [[2, 7, 280]]);
});

test("a watch for a forgotten frame is not answered with a later one", () => {
  const { log, reports } = recorder(5);
  for (let pts = 0; pts < 20; pts += 1) log.displayed({ pts, at_ms: pts * 40 });
  log.watch(3, 7);
  log.watch(4, 15);
  assert.deepEqual(reports, [[4, 15, 600]]);
});

test("several watches due with one frame are all answered", () => {
  const { log, reports } = recorder();
  log.watch(1, 5);
  log.watch(2, 6);
  log.watch(3, 30);
  log.displayed({ pts: 8, at_ms: 320 });
  assert.deepEqual(
    reports.map(([watch]) => watch),
    [1, 2],
  );
  assert.equal(log.current, 8);
});
