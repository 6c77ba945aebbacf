/** The microphone's states over a device that is granted, refused or absent. */

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { Microphone } from "../sdk/microphone.js";

class FakeTrack extends EventTarget {
  enabled = true;
  stopped = false;

  stop() {
    this.stopped = true;
  }
}

/** @param {(constraints: any) => Promise<FakeTrack>} ask */
function offerDevice(ask) {
  const mediaDevices = {
    /** @param {any} constraints */
    getUserMedia: async (constraints) => {
      const track = await ask(constraints);
      return { getAudioTracks: () => [track], getTracks: () => [track] };
    },
  };
  Object.defineProperty(globalThis, "navigator", {
    value: { mediaDevices },
    configurable: true,
  });
}

/** @param {string} name */
const refusal = (name) => Object.assign(new Error(name), { name });

afterEach(() => {
  Object.defineProperty(globalThis, "navigator", { value: {}, configurable: true });
});

test("a granted microphone is on, with echo cancelled", async () => {
  /** @type {any} */
  let asked;
  offerDevice(async (constraints) => {
    asked = constraints;
    return new FakeTrack();
  });
  const microphone = new Microphone();
  const opening = microphone.open();
  assert.equal(microphone.state, "asking");
  await opening;
  assert.equal(microphone.state, "on");
  assert.equal(asked.audio.echoCancellation, true);
});

test("refused and absent microphones are told apart", async () => {
  for (const [name, state] of [
    ["NotAllowedError", "refused"],
    ["NotFoundError", "missing"],
  ]) {
    offerDevice(async () => {
      throw refusal(String(name));
    });
    const microphone = new Microphone();
    await microphone.open();
    assert.deepEqual([microphone.state, microphone.reason], [state, name]);
  }
});

test("without a secure address there is none", async () => {
  const microphone = new Microphone();
  await microphone.open();
  assert.deepEqual([microphone.state, microphone.reason], ["missing", "insecure"]);
});

test("muting keeps the track and silences it", async () => {
  offerDevice(async () => new FakeTrack());
  const microphone = new Microphone();
  await microphone.open();
  microphone.mute();
  assert.equal(microphone.state, "muted");
  assert.equal(microphone.track?.enabled, false);
  await microphone.open();
  assert.equal(microphone.state, "on");
  assert.equal(microphone.track?.enabled, true);
});

test("muting while the permission is asked for holds once it is given", async () => {
  offerDevice(async () => new FakeTrack());
  const microphone = new Microphone();
  const opening = microphone.open();
  microphone.mute();
  await opening;
  assert.equal(microphone.state, "muted");
  assert.equal(microphone.track?.enabled, false);
});

test("a permission given after closing leaves the device alone", async () => {
  const track = new FakeTrack();
  offerDevice(async () => track);
  const microphone = new Microphone();
  const opening = microphone.open();
  microphone.close();
  await opening;
  assert.equal(microphone.state, "off");
  assert.ok(track.stopped);
});

test("an unplugged microphone is missing", async () => {
  offerDevice(async () => new FakeTrack());
  const microphone = new Microphone();
  await microphone.open();
  microphone.track?.dispatchEvent(new Event("ended"));
  assert.deepEqual([microphone.state, microphone.reason], ["missing", "unplugged"]);
});

test("choosing another device replaces the track", async () => {
  offerDevice(async () => new FakeTrack());
  const microphone = new Microphone();
  await microphone.open();
  const first = /** @type {any} */ (microphone.track);
  await microphone.choose("other");
  assert.ok(first.stopped);
  assert.notEqual(microphone.track, first);
  assert.equal(microphone.state, "on");
});
