/** Hold to talk over a session that notes what it is told, on a clock of the test's. */

import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";

import { PushToTalk } from "../talk/push-to-talk.js";

class FakeSession extends EventTarget {
  connection = { state: "connected" };
  microphone = { state: "on" };
  /** @type {string[]} */
  told = [];
  /** @type {"on" | "refused"} */
  permission = "on";

  /** @param {boolean} on */
  async setMicrophone(on) {
    const state = on ? this.permission : "muted";
    if (state === this.microphone.state) return;
    this.told.push(state);
    this.microphone = { state };
    this.dispatchEvent(new Event("microphone"));
  }

  /** @param {boolean} pressed */
  pushToTalk(pressed) {
    this.told.push(pressed ? "pressed" : "let go");
    return true;
  }
}

/** @returns {{session: FakeSession, talk: PushToTalk}} */
function made() {
  const session = new FakeSession();
  return { session, talk: new PushToTalk(/** @type {any} */ (session)) };
}

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

test("nothing is heard but while the button is held, with a tail", async () => {
  const { session, talk } = made();
  await talk.choose("hold");
  await talk.press();
  assert.equal(talk.held, true);
  talk.release();
  assert.deepEqual(session.told, ["muted", "on", "pressed", "let go"]);
  mock.timers.tick(250);
  assert.deepEqual(session.told.slice(4), ["muted"]);
});

test("pressed again within the tail, the microphone stays open", async () => {
  const { session, talk } = made();
  await talk.choose("hold");
  await talk.press();
  talk.release();
  await talk.press();
  mock.timers.tick(1000);
  assert.equal(session.microphone.state, "on");
  assert.deepEqual(session.told.slice(-2), ["let go", "pressed"]);
});

test("a microphone that opens by itself is muted", async () => {
  const { session, talk } = made();
  await talk.choose("hold");
  await session.setMicrophone(true);
  assert.equal(session.microphone.state, "muted");
});

test("a refused microphone is not held", async () => {
  const { session, talk } = made();
  await talk.choose("hold");
  session.permission = "refused";
  await talk.press();
  assert.equal(talk.held, false);
  assert.ok(!session.told.includes("pressed"));
});

test("let go before the microphone is there, no turn begins", async () => {
  const { session, talk } = made();
  await talk.choose("hold");
  const pressing = talk.press();
  talk.release();
  await pressing;
  mock.timers.tick(0);
  assert.ok(!session.told.includes("pressed"));
  assert.equal(session.microphone.state, "muted");
});

test("a lost connection lets go", async () => {
  const { session, talk } = made();
  await talk.choose("hold");
  await talk.press();
  session.connection = { state: "reconnecting" };
  session.dispatchEvent(new Event("connection"));
  assert.equal(talk.held, false);
  await talk.press();
  assert.equal(talk.held, false);
});

test("an open microphone again is open, and no button holds it", async () => {
  const { session, talk } = made();
  await talk.choose("hold");
  await talk.choose("open");
  assert.equal(session.microphone.state, "on");
  await talk.press();
  assert.equal(talk.held, false);
});
