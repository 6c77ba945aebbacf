/** A motion clip holds what was recorded, in order, and says what it is. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CHANNELS } from "../player/channels.js";
import { clipName, MotionClip } from "../studio/motion-clip.js";

/**
 * A keyframe with one opening of the jaw.
 * @param {number} pts
 * @param {number} jaw 0..255
 */
function keyframe(pts, jaw) {
  const packet = new Uint8Array(8 + 56 + 18);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x50);
  view.setUint32(2, pts, true);
  view.setUint8(8 + CHANNELS.indexOf("jawOpen"), jaw);
  return packet;
}

/**
 * The same jaw, told as the difference from a keyframe.
 * @param {number} pts
 * @param {number} keyPts
 * @param {number} jaw 0..255
 */
function difference(pts, keyPts, jaw) {
  const channel = CHANNELS.indexOf("jawOpen");
  const packet = new Uint8Array(8 + 4 + 9 + 1);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x51);
  view.setUint32(2, pts, true);
  view.setUint32(8, keyPts, true);
  view.setUint8(12 + (channel >> 3), 1 << (channel & 7));
  view.setUint8(21, jaw);
  return packet;
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

test("only what comes while it records is kept, but what came before explains it", () => {
  const clip = new MotionClip();
  clip.receive(keyframe(10, 51));
  clip.begin();
  clip.receive(difference(12, 10, 102));
  clip.receive(difference(11, 10, 255));
  clip.end();
  clip.receive(difference(13, 10, 0));
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
  clip.receive(keyframe(3, 7));
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

test("what is damaged or explained by nothing is left out; a new recording begins empty", () => {
  const clip = new MotionClip();
  clip.begin();
  clip.receive(new Uint8Array([1, 2, 3]));
  clip.receive(difference(5, 4, 9));
  assert.equal(clip.frames, 0);
  clip.receive(keyframe(6, 9));
  clip.begin();
  assert.equal(clip.frames, 0);
});

test("a file's name says what is in it", () => {
  const at = new Date("2026-11-21T10:11:12.345Z");
  assert.equal(clipName("ida", at, "webm"), "visavis-ida-ai-generated-2026-11-21T10-11-12.webm");
});
