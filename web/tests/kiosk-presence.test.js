/** Somebody comes to the kiosk, heard or seen; or nobody does. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { CameraPresence, HEIGHT, WIDTH } from "../kiosk/camera-presence.js";
import { VoicePresence } from "../kiosk/voice-presence.js";

/** @param {number} decibels @returns {Float32Array} noise of that loudness */
function noise(decibels) {
  const amplitude = 10 ** (decibels / 20) * Math.sqrt(2);
  return Float32Array.from({ length: 1_024 }, (_, at) => amplitude * Math.sin(at * 0.7));
}

/** @param {VoicePresence} presence @param {number} decibels @param {number} times */
const hear = (presence, decibels, times) =>
  Array.from({ length: times }, () => presence.observe(noise(decibels))).some(Boolean);

test("a room is not a voice, however loud", () => {
  for (const level of [-90, -60, -40, -25]) {
    assert.equal(hear(new VoicePresence(), level, 600), false, String(level));
  }
});

test("a voice above the room is noticed within a third of a second", () => {
  for (const room of [-65, -45]) {
    const presence = new VoicePresence();
    hear(presence, room, 100);
    assert.equal(hear(presence, room + 20, 5), false);
    assert.equal(hear(presence, room + 20, 2), true);
  }
});

test("a click is no voice", () => {
  const presence = new VoicePresence();
  hear(presence, -60, 100);
  assert.equal(hear(presence, -20, 2), false);
  assert.equal(hear(presence, -60, 12), false);
});

test("whispers far away are no visitors", () => {
  const presence = new VoicePresence();
  hear(presence, -80, 100);
  assert.equal(hear(presence, -55, 40), false);
});

test("a room that becomes louder is a room again after a while", () => {
  const presence = new VoicePresence();
  hear(presence, -60, 100);
  hear(presence, -40, 400);
  assert.equal(hear(presence, -40, 100), false);
});

/**
 * @param {number} light of the room
 * @param {number | null} person where somebody stands, as a column; null for nobody
 */
function picture(light, person) {
  const rgba = new Uint8ClampedArray(WIDTH * HEIGHT * 4).fill(255);
  for (let at = 0; at < WIDTH * HEIGHT; at += 1) {
    const column = at % WIDTH;
    const inside = person !== null && column >= person && column < person + 8;
    rgba.fill(inside ? light + 60 : light, 4 * at, 4 * at + 3);
  }
  return rgba;
}

test("who walks up is seen, who stands there stays seen, who leaves is gone", () => {
  const camera = new CameraPresence();
  let now = 0;
  /** @param {number} count @param {(at: number) => number | null} where */
  const watch = (count, where) => {
    let present = false;
    for (let at = 0; at < count; at += 1) {
      now += 250;
      present = camera.observe(picture(90, where(at)), now);
    }
    return present;
  };
  assert.equal(
    watch(40, () => null),
    false,
  );
  assert.equal(
    watch(12, (at) => at),
    true,
  );
  assert.equal(
    watch(120, (at) => 12 + (at % 8 < 4 ? 0 : 1)),
    true,
  );
  watch(6, (at) => 12 + 2 * at);
  assert.equal(
    watch(48, () => null),
    false,
  );
});

test("a lamp is not a visitor, nor is the noise of a camera", () => {
  const camera = new CameraPresence();
  const seen = Array.from({ length: 80 }, (_, at) => {
    const rgba = picture(at < 40 ? 60 : 140, null);
    for (let pixel = at % 7; pixel < WIDTH * HEIGHT; pixel += 7) {
      rgba[4 * pixel] = (rgba[4 * pixel] ?? 0) + 20;
    }
    return camera.observe(rgba, at * 250);
  });
  assert.equal(seen.some(Boolean), false);
});
