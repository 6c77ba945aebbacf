/** A motion clip holds what was recorded, in order, and says what it is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CHANNELS } from "../player/channels.js";
import { clipName, MotionClip } from "../studio/motion-clip.js";

/**
 * A face that only opens its jaw.
 * @param {number} jaw 0 to 1
 */
function opening(jaw) {
  const values = new Float32Array(CHANNELS.length);
  values[CHANNELS.indexOf("jawOpen")] = jaw;
  return values;
}

const ABOUT = { persona: "ida", avatar: "vera", recorded: "2026-11-21T10:00:00.000Z" };

/** @param {MotionClip} clip */
function read(clip) {
  const [head, ...rows] = clip
    .lines(ABOUT)
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  return { head, rows };
}

test("only what comes while it records is kept, in order", () => {
  const clip = new MotionClip();
  clip.add(10, opening(0.2));
  clip.begin();
  clip.add(12, opening(0.4));
  clip.add(11, opening(1));
  clip.end();
  clip.add(13, opening(0));
  const { head, rows } = read(clip);
  assert.equal(clip.frames, 2);
  assert.deepEqual(
    rows.map(({ frame, values }) => [frame, values[head.channels.indexOf("jawOpen")]]),
    [
      [0, 1],
      [1, 0.4],
    ],
  );
});

test("the first line says what the others hold", () => {
  const clip = new MotionClip();
  clip.begin();
  clip.add(3, opening(0.5));
  const { head, rows } = read(clip);
  assert.deepEqual(head, {
    format: "visavis-motion",
    version: 1,
    ai_generated: true,
    ...ABOUT,
    frames_per_second: 25,
    channels: [...CHANNELS],
  });
  assert.equal(rows[0].values.length, CHANNELS.length);
});

test("a new recording begins empty", () => {
  const clip = new MotionClip();
  clip.begin();
  clip.add(6, opening(0.1));
  clip.begin();
  assert.equal(clip.frames, 0);
});

test("a file's name says what is in it", () => {
  const at = new Date("2026-11-21T10:11:12.345Z");
  assert.equal(clipName("ida", at, "webm"), "visavis-ida-ai-generated-2026-11-21T10-11-12.webm");
});
