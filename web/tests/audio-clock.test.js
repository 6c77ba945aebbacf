/** The sound's place on the media clock, from what the receiver tells about its packets. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { AudioClock } from "../sdk/audio-clock.js";

/** A receiver and a page whose time the test sets. */
class Sound {
  now = 0;
  /** @type {{rtpTimestamp: number, timestamp: number}[]} */
  sources = [];

  /** @param {number} origin */
  clock(origin) {
    return new AudioClock(
      { getSynchronizationSources: () => this.sources },
      origin,
      () => this.now,
    );
  }
}

test("before any sound there is no moment", () => {
  assert.equal(new Sound().clock(5).moment(), null);
});

test("the moment runs on between packets", () => {
  const sound = new Sound();
  const clock = sound.clock(1_000);
  sound.sources = [{ rtpTimestamp: 1_000 + 1_920 * 10, timestamp: 500 }];
  sound.now = 500;
  assert.equal(clock.moment(), 10);
  sound.now = 520;
  assert.equal(clock.moment(), 10.5);
});

test("a moment to come is known", () => {
  const sound = new Sound();
  const clock = sound.clock(0);
  sound.sources = [{ rtpTimestamp: 1_920, timestamp: 40 }];
  sound.now = 40;
  assert.equal(clock.moment(60), 1.5);
});

test("sound that is held back longer is followed without a jolt", () => {
  const sound = new Sound();
  const clock = sound.clock(0);
  let before = 0;
  for (let packet = 0; packet < 250; packet += 1) {
    sound.now = packet * 20;
    const held = packet < 50 ? 0 : 60;
    sound.sources = [{ rtpTimestamp: packet * 960 + 1, timestamp: sound.now + held }];
    const moment = clock.moment() ?? 0;
    if (packet > 0) assert.ok(moment - before > 0.4 && moment - before < 0.6);
    before = moment;
  }
  assert.ok(Math.abs(before - (249 * 20 - 60) / 40) < 0.05);
});

test("timestamps wrap around", () => {
  const sound = new Sound();
  const clock = sound.clock(2 ** 32 - 1_920);
  sound.sources = [{ rtpTimestamp: 1_920, timestamp: 0 }];
  assert.equal(clock.moment(), 2);
});

test("packets delivered unevenly are smoothed, a jump is followed", () => {
  const sound = new Sound();
  const clock = sound.clock(0);
  for (let frame = 0; frame < 200; frame += 1) {
    sound.now = frame * 40;
    sound.sources = [{ rtpTimestamp: frame * 1_920 + 1, timestamp: sound.now + (frame % 2) * 10 }];
    const moment = clock.moment() ?? 0;
    assert.ok(Math.abs(moment - frame) < 0.26);
    if (frame > 20) assert.ok(moment - frame > -0.05, "late deliveries hold the face back");
  }
  sound.sources = [{ rtpTimestamp: 100 * 1_920, timestamp: sound.now }];
  assert.equal(clock.moment(), 100);
});

test("times of the wall clock are understood", () => {
  const sound = new Sound();
  const clock = sound.clock(0);
  sound.sources = [{ rtpTimestamp: 1_920, timestamp: performance.timeOrigin + 80 }];
  sound.now = 80;
  assert.ok(Math.abs((clock.moment() ?? 0) - 1) < 1e-6);
});
