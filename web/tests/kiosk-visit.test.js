/** Visitors come to the kiosk and go, on a clock that the test moves. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { Visit } from "../kiosk/visit.js";

/** @typedef {import("../kiosk/visit.js").VisitEvent} VisitEvent */

const IDLE = 45_000;
const COUNTDOWN = 15_000;

/** @param {{consent?: "ask" | "notice"}} [options] */
function kiosk({ consent = "ask" } = {}) {
  let time = 1_000;
  const visit = new Visit({ idleMs: IDLE, countdownMs: COUNTDOWN, consent }, () => time);
  return {
    visit,
    /** @param {VisitEvent["type"] | VisitEvent} event */
    take: (event) =>
      visit.handle(/** @type {VisitEvent} */ (typeof event === "string" ? { type: event } : event)),
    /** @param {number} ms */
    wait: (ms) => {
      time += ms;
      return visit.handle({ type: "tick" });
    },
  };
}

/** @param {Parameters<typeof kiosk>[0]} [options] */
function attracting(options) {
  const made = kiosk(options);
  assert.deepEqual(made.take("begin"), ["open"]);
  assert.deepEqual(made.take({ type: "back", same: false }), []);
  assert.equal(made.visit.phase, "attract");
  return made;
}

/** @param {Parameters<typeof kiosk>[0]} [options] */
function talking(options) {
  const made = attracting(options);
  made.take("touch");
  made.take({ type: "join", microphone: true });
  assert.equal(made.visit.phase, "conversation");
  return made;
}

test("before the start nothing happens", () => {
  const { visit, take, wait } = kiosk();
  for (const event of /** @type {const} */ (["touch", "presence", "words", "lost"])) {
    assert.deepEqual(take(event), []);
  }
  wait(1e9);
  assert.equal(visit.phase, "setup");
});

test("a whole visit: noticed, greeted, heard, asked whether still there, gone", () => {
  const { visit, take, wait } = attracting();
  assert.deepEqual(take("presence"), ["greet"]);
  assert.equal(visit.phase, "greeting");
  assert.deepEqual(take({ type: "join", microphone: true }), ["listen"]);
  assert.equal(visit.phase, "conversation");
  assert.deepEqual(wait(IDLE - 1), []);
  assert.equal(visit.phase, "conversation");
  wait(1);
  assert.equal(visit.phase, "leaving");
  assert.equal(visit.secondsLeft, 15);
  wait(14_001);
  assert.equal(visit.secondsLeft, 1);
  assert.deepEqual(wait(COUNTDOWN), ["renew"]);
  assert.equal(visit.phase, "attract");
});

test("nobody is listened to who did not agree", () => {
  const { take } = attracting();
  assert.deepEqual(take("touch"), ["greet"]);
  assert.deepEqual(take({ type: "join", microphone: false }), []);
});

test("where a sign says so, who is greeted is heard", () => {
  const { visit, take } = attracting({ consent: "notice" });
  assert.deepEqual(take("presence"), ["greet", "listen"]);
  take("words");
  assert.equal(visit.phase, "conversation");
});

test("a greeting that nobody answers ends, and the next one waits for a while or a touch", () => {
  const { visit, take, wait } = attracting();
  take("presence");
  assert.deepEqual(wait(20_000), ["renew"]);
  assert.equal(visit.phase, "attract");
  assert.deepEqual(take("presence"), []);
  assert.equal(visit.phase, "attract");
  wait(15_000);
  assert.deepEqual(take("presence"), ["greet"]);
  wait(20_000);
  assert.deepEqual(take("touch"), ["greet"]);
});

test("passers-by do not keep a greeting open for ever", () => {
  const { visit, take, wait } = attracting();
  take("presence");
  for (let second = 0; second < 61; second += 1) {
    take("presence");
    wait(1_000);
  }
  assert.equal(visit.phase, "attract");
});

test("words and touches keep a conversation open", () => {
  const { visit, take, wait } = talking();
  for (const event of /** @type {const} */ (["words", "touch", "words"])) {
    wait(IDLE - 1);
    take(event);
  }
  wait(IDLE - 1);
  assert.equal(visit.phase, "conversation");
});

test("who is only seen is asked in the end", () => {
  const { visit, take, wait } = talking();
  let waited = 0;
  while (visit.phase === "conversation") {
    take("presence");
    wait(1_000);
    waited += 1_000;
  }
  assert.equal(waited, 3 * IDLE);
});

test("a long answer is not held against the visitor", () => {
  const { visit, take, wait } = talking();
  take({ type: "busy", busy: true });
  wait(IDLE + 30_000);
  assert.equal(visit.phase, "conversation");
  take({ type: "busy", busy: false });
  wait(IDLE - 1);
  assert.equal(visit.phase, "conversation");
  wait(1);
  assert.equal(visit.phase, "leaving");
});

test("an answer that never ends does not block the kiosk", () => {
  const { visit, take, wait } = talking();
  take({ type: "busy", busy: true });
  wait(120_000 + IDLE);
  assert.equal(visit.phase, "leaving");
});

test("whoever is still there stays in the conversation; whoever says so leaves it", () => {
  for (const event of /** @type {const} */ (["touch", "words"])) {
    const { visit, take, wait } = talking();
    wait(IDLE);
    assert.deepEqual(take(event), []);
    assert.equal(visit.phase, "conversation");
  }
  const { visit, take, wait } = talking();
  wait(IDLE);
  take("presence");
  assert.equal(visit.phase, "leaving");
  assert.deepEqual(take("leave"), ["renew"]);
  assert.equal(visit.phase, "attract");
});

test("starting over is a new conversation, in which agreement is asked for anew", () => {
  const { visit, take } = talking();
  assert.deepEqual(take("over"), ["renew"]);
  assert.equal(visit.phase, "greeting");
  const posted = talking({ consent: "notice" });
  assert.deepEqual(posted.take("over"), ["renew", "listen"]);
});

test("a short loss is forgiven, if the session is still the same", () => {
  const { visit, take, wait } = talking();
  take("lost");
  assert.equal(visit.phase, "offline");
  wait(5_000);
  assert.deepEqual(take({ type: "back", same: true }), []);
  assert.equal(visit.phase, "conversation");
});

test("after a long loss, or with another session, the next visitor begins anew", () => {
  const long = talking();
  long.take("lost");
  long.wait(IDLE);
  assert.deepEqual(long.take({ type: "back", same: true }), ["renew"]);
  assert.equal(long.visit.phase, "attract");
  const other = talking();
  other.take("lost");
  assert.deepEqual(other.take({ type: "back", same: false }), []);
  assert.equal(other.visit.phase, "attract");
});

test("while the server is lost, nobody is greeted", () => {
  const { visit, take, wait } = attracting();
  take("lost");
  for (const event of /** @type {const} */ (["touch", "presence", "words", "lost"])) {
    assert.deepEqual(take(event), []);
  }
  assert.deepEqual(wait(1e9), []);
  assert.equal(visit.phase, "offline");
});
