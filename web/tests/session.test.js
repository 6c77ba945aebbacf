/** The session's states over links that connect, fail and get lost on command. */

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { ClockFilter } from "../sdk/clock.js";
import { SessionError } from "../sdk/errors.js";
import { Session } from "../sdk/session.js";

/** A link whose opening the test decides. */
class FakeLink extends EventTarget {
  marks = {};
  clock = new ClockFilter();
  /** @type {any[]} */
  sent = [];
  closed = false;
  left = false;
  /** @type {{id: string, token: string} | null} */
  lease;
  /** @type {{resolve: () => void, reject: (error: Error) => void}} */
  opening;
  #opened;

  /** @param {{id: string, token: string} | null} lease of the session to rejoin */
  constructor(lease) {
    super();
    this.rejoins = lease;
    this.lease = lease ?? { id: `s${links.length}`, token: "t" };
    const { promise, resolve, reject } = promiseParts();
    this.#opened = promise;
    this.opening = { resolve, reject };
  }

  open() {
    return this.#opened;
  }

  async setMicrophone() {}

  drawInto() {}

  /** @param {string} presentation */
  present(presentation) {
    this.presentation = presentation;
  }

  /** @param {any} event */
  send(event) {
    this.sent.push(event);
    return event;
  }

  close() {
    this.closed = true;
    this.lease = null;
  }

  leave() {
    this.left = true;
  }

  /** @param {string} code */
  lose(code) {
    const detail = new SessionError(code, "");
    this.dispatchEvent(new CustomEvent("lost", { detail }));
  }

  /** @param {object} detail */
  receive(detail) {
    this.dispatchEvent(new CustomEvent("received", { detail }));
  }
}

/** @returns {{promise: Promise<void>, resolve: () => void, reject: (error: Error) => void}} */
function promiseParts() {
  let resolve = () => {};
  /** @type {(error: Error) => void} */
  let reject = () => {};
  const promise = new Promise((yes, no) => {
    resolve = () => yes(undefined);
    reject = no;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** @type {FakeLink[]} */
let links;
/** @type {Session} */
let session;
/** @type {string[]} */
let states;

beforeEach(() => {
  links = [];
  states = [];
  session = new Session({
    makeLink: (_, __, lease) => {
      links.push(new FakeLink(lease));
      return /** @type {any} */ (links.at(-1));
    },
  });
  session.addEventListener("connection", () => {
    const { state, reason } = session.connection;
    states.push(reason ? `${state}: ${reason}` : state);
  });
});

/** Lets what was promised happen. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

const latest = () => /** @type {FakeLink} */ (links.at(-1));

async function connect() {
  const started = session.start({ microphone: false });
  await settle();
  latest().opening.resolve();
  await started;
}

test("a start connects, and tells about the microphone", async () => {
  await connect();
  assert.deepEqual(states, ["connecting", "connected"]);
  assert.deepEqual(latest().sent, [{ type: "microphone", enabled: false }]);
  session.close();
  assert.deepEqual(states.at(-1), "closed: goodbye");
  assert.ok(latest().closed);
});

test("motion and variables are those of the connection", async () => {
  /** @type {object[]} */
  const moved = [];
  session.addEventListener("motion", (event) => {
    moved.push(/** @type {CustomEvent} */ (event).detail);
  });
  await connect();
  const detail = { pts: 3, at_ms: 1, values: new Float32Array(65) };
  latest().dispatchEvent(new CustomEvent("motion", { detail }));
  assert.deepEqual(moved, [detail]);
  session.setVariables({ customer: "Ada" });
  assert.deepEqual(latest().sent.at(-1), {
    type: "set_variables",
    variables: { customer: "Ada" },
  });
  session.close();
  assert.equal(session.setVariables({ customer: "Bo" }), false);
});

test("a refused start is closed with the server's reason and not tried again", async () => {
  const started = session.start({ microphone: false });
  await settle();
  latest().opening.reject(new SessionError("server_full", "", { retryAfter: 10 }));
  await assert.rejects(started, { code: "server_full" });
  assert.deepEqual(states, ["connecting", "closed: server_full"]);
  assert.ok(session.connection.retryAtMs);
  assert.equal(links.length, 1);
});

test("a lost connection comes back with a new link", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    await connect();
    latest().receive({ type: "state", state: "speaking" });
    assert.equal(session.conversation.state, "speaking");
    latest().lose("network");
    assert.equal(session.connection.state, "reconnecting");
    assert.deepEqual(session.conversation, { state: "idle", reason: "disconnected" });
    assert.equal(session.sendText("hello"), null);
    mock.timers.tick(400);
    await settle();
    assert.equal(links.length, 2);
    assert.ok(links[0]?.left && !links[0].closed);
    assert.equal(latest().rejoins?.id, "s0");
    latest().opening.resolve();
    await settle();
    assert.equal(session.connection.state, "connected");
    session.close();
  } finally {
    mock.timers.reset();
  }
});

/** Connects, loses the connection and waits for the next link. @param {string} code */
async function loseAndRetry(code) {
  latest().lose(code);
  mock.timers.tick(400);
  await settle();
}

test("a session that has ended meanwhile is opened anew at once", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    await connect();
    await loseAndRetry("media_lost");
    assert.equal(latest().rejoins?.id, "s0");
    latest().opening.reject(new SessionError("not_found", ""));
    await settle();
    assert.equal(links.length, 3);
    assert.equal(latest().rejoins, null);
    latest().opening.resolve();
    await settle();
    assert.equal(session.connection.state, "connected");
    session.close();
  } finally {
    mock.timers.reset();
  }
});

test("a session that the server closed is not rejoined", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    await connect();
    latest().lease = null;
    await loseAndRetry("server_stopping");
    assert.equal(latest().rejoins, null);
    session.close();
  } finally {
    mock.timers.reset();
  }
});

test("moods, gestures and looks are sent as they are", async () => {
  await connect();
  session.setEmotion("happy", 0.6);
  session.gesture("nod");
  session.lookAt(0.5, -0.2);
  session.pushToTalk(true);
  assert.deepEqual(latest().sent.slice(-4), [
    { type: "set_emotion", emotion: "happy", intensity: 0.6 },
    { type: "gesture", name: "nod" },
    { type: "look_at", x: 0.5, y: -0.2, seconds: 2 },
    { type: "push_to_talk", pressed: true },
  ]);
  session.close();
});

test("it gives up after many failures in a row", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    await connect();
    latest().lose("network");
    for (let attempt = 0; attempt < 8; attempt += 1) {
      mock.timers.tick(20_000);
      await settle();
      latest().opening.reject(new SessionError("network", ""));
      await settle();
    }
    assert.equal(states.at(-1), "closed: lost");
    assert.equal(links.length, 9);
  } finally {
    mock.timers.reset();
  }
});

test("a session taken over elsewhere does not come back", async () => {
  await connect();
  latest().lose("replaced");
  assert.equal(states.at(-1), "closed: replaced");
  assert.equal(links.length, 1);
});

test("closing while it opens leaves nothing behind", async () => {
  const started = session.start({ microphone: false });
  await settle();
  session.close();
  latest().opening.resolve();
  await assert.rejects(started, { code: "goodbye" });
  assert.deepEqual(states, ["connecting", "closed: goodbye"]);
});

test("a message of a lost link changes nothing", async () => {
  await connect();
  const [old] = links;
  session.close();
  old?.lose("network");
  assert.equal(states.at(-1), "closed: goodbye");
});

test("empty text is not sent, other text is trimmed", async () => {
  await connect();
  assert.equal(session.sendText("   "), null);
  const request = session.sendText("  hello ");
  assert.match(request ?? "", /^[0-9a-f]{16}$/);
  assert.deepEqual(latest().sent.at(-1), { type: "text", text: "hello", request });
  session.close();
});

test("events of the server arrive under their own names", async () => {
  await connect();
  const heard = /** @type {any[]} */ ([]);
  session.addEventListener("turn", (event) =>
    heard.push(/** @type {CustomEvent} */ (event).detail),
  );
  latest().receive({ type: "turn", turn: 3 });
  assert.deepEqual(heard, [{ type: "turn", turn: 3 }]);
  session.close();
});

test("what is to be shown is remembered for the next link", async () => {
  session.present("motion");
  await connect();
  assert.equal(latest().presentation, "motion");
  session.present("audio");
  assert.equal(latest().presentation, "audio");
  session.close();
});

test("a start that was given up does not end the one after it", async () => {
  const first = session.start({ microphone: false });
  await settle();
  session.close();
  const second = session.start({ microphone: false });
  await settle();
  links[0].opening.reject(new SessionError("network", ""));
  await assert.rejects(first);
  links[1].opening.resolve();
  await second;
  assert.equal(session.connection.state, "connected");
});
