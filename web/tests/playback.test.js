/** Motion packets become motion at any moment, whatever the network did to them. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CHANNELS } from "../player/packet.js";
import { Playback } from "../player/playback.js";

/**
 * A keyframe with one opening of the jaw, and a turn of the head.
 * @param {number} pts
 * @param {number} jaw 0..255
 * @param {number} yaw in 1/256 degrees
 */
function keyframe(pts, jaw, yaw = 0) {
  const packet = new Uint8Array(8 + 56 + 18);
  const view = new DataView(packet.buffer);
  view.setUint8(0, 0x50);
  view.setUint32(2, pts, true);
  view.setUint16(6, 3, true);
  view.setUint8(8 + 24, jaw);
  view.setInt16(8 + 56, yaw, true);
  return packet;
}

const JAW = 24;
const YAW = 56;

test("between two frames the face is between them", () => {
  const playback = new Playback();
  playback.receive(keyframe(10, 0, 256));
  playback.receive(keyframe(11, 255, -256));
  const values = new Float32Array(CHANNELS);
  const frame = playback.at(10.75, values);
  assert.equal(frame?.pts, 10);
  assert.equal(frame?.segment, 3);
  assert.ok(Math.abs(values[JAW] - 0.25) < 1e-6);
  assert.ok(Math.abs(values[YAW] - 0.5) < 1e-6);
});

test("a frame's motion is that of its middle", () => {
  const playback = new Playback();
  playback.receive(keyframe(4, 100));
  playback.receive(keyframe(5, 200));
  const values = new Float32Array(CHANNELS);
  playback.at(4.5, values);
  assert.ok(Math.abs(values[JAW] - 100 / 255) < 1e-6);
});

test("what the face did between two moments is told in order", () => {
  const playback = new Playback();
  for (const pts of [7, 4, 6, 5]) playback.receive(keyframe(pts, pts));
  assert.deepEqual(
    playback.between(4, 6).map(({ pts, values }) => [pts, Math.round((values[JAW] ?? 0) * 255)]),
    [
      [5, 5],
      [6, 6],
    ],
  );
});

test("packets may come in any order, and twice", () => {
  const playback = new Playback();
  for (const pts of [3, 1, 2, 3, 0]) playback.receive(keyframe(pts, pts * 10));
  const values = new Float32Array(CHANNELS);
  for (const pts of [0, 1, 2]) {
    assert.equal(playback.at(pts + 0.5, values)?.pts, pts);
    assert.ok(Math.abs(values[JAW] - (pts * 10) / 255) < 1e-6);
  }
  assert.equal(playback.newest, 3);
});

test("a lost packet is bridged", () => {
  const playback = new Playback();
  playback.receive(keyframe(0, 0));
  playback.receive(keyframe(4, 200));
  const values = new Float32Array(CHANNELS);
  playback.at(2.5, values);
  assert.ok(Math.abs(values[JAW] - 100 / 255) < 1e-6);
});

test("a face without news closes its mouth and keeps its pose", () => {
  const playback = new Playback();
  playback.receive(keyframe(0, 255, 1024));
  const values = new Float32Array(CHANNELS);
  playback.at(1.5, values);
  assert.equal(values[JAW], 1);
  playback.at(40, values);
  assert.equal(values[JAW], 0);
  assert.equal(values[YAW], 4);
});

test("before any news there is no face, and after a clear neither", () => {
  const playback = new Playback();
  const values = new Float32Array(CHANNELS);
  assert.equal(playback.at(7, values), null);
  playback.receive(keyframe(7, 1));
  playback.clear();
  assert.equal(playback.at(7, values), null);
});

test("what is no packet is counted and ignored, what comes too late is counted", () => {
  const playback = new Playback();
  playback.receive(Uint8Array.of(1, 2, 3));
  playback.receive(new Uint8Array(90).fill(0x50));
  assert.equal(playback.malformed, 2);
  playback.receive(keyframe(10, 0));
  playback.at(10.5, new Float32Array(CHANNELS));
  playback.receive(keyframe(9, 0));
  assert.equal(playback.late, 1);
});

test("memory stays bounded", () => {
  const playback = new Playback();
  for (let pts = 0; pts < 1_000; pts += 1) playback.receive(keyframe(pts, 0));
  const values = new Float32Array(CHANNELS);
  assert.equal(playback.at(900.5, values)?.pts, 925);
});
