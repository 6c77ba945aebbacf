/** A drive over a camera and a socket that do what the test says. */

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { Drive } from "../sdk/drive.js";
import { SessionError } from "../sdk/errors.js";

class FakeCamera extends EventTarget {
  closed = false;
  /** @type {Error | null} */
  problem = null;
  wanted = () => false;
  take = (/** @type {import("../sdk/pictures.js").CameraPicture} */ _) => {};
  /** @type {import("../sdk/pictures.js").Look | undefined} */
  look;

  async open() {
    if (this.problem) throw this.problem;
  }

  /**
   * @param {() => boolean} wanted
   * @param {(picture: import("../sdk/pictures.js").CameraPicture) => void} take
   */
  follow(wanted, take) {
    this.wanted = wanted;
    this.take = take;
  }

  /** @param {number} at_ms */
  shoot(at_ms) {
    const wanted = this.wanted();
    if (wanted) this.take({ jpeg: new Blob(["jpeg"]), at_ms });
    return wanted;
  }

  close() {
    this.closed = true;
  }
}

class FakeSocket extends EventTarget {
  /** @type {(Blob | string)[]} */
  sent = [];
  behind = false;
  url = new URL("ws://nowhere");
  closed = false;

  /** @param {Blob | string} message */
  sendRaw(message) {
    if (!this.behind) this.sent.push(message);
    return !this.behind;
  }

  close() {
    this.closed = true;
  }

  /** @param {object} detail */
  receive(detail) {
    this.dispatchEvent(new CustomEvent("received", { detail }));
  }
}

class FakeSession extends EventTarget {
  connection = { state: "connected" };
  /** @type {boolean | null} */
  mirror = null;

  /** @param {boolean} mirror */
  cameraUrl(mirror) {
    this.mirror = mirror;
    return new URL("ws://here/camera");
  }

  /**
   * @param {number | null} pts
   * @param {number} at_ms
   */
  show(pts, at_ms) {
    this.dispatchEvent(new CustomEvent("frame", { detail: { pts, at_ms } }));
  }
}

/** @type {FakeCamera} */
let camera;
/** @type {FakeSocket} */
let socket;
/** @type {FakeSession} */
let session;
/** @type {Drive} */
let drive;
/** @type {string[]} */
let states;
const video = /** @type {HTMLVideoElement} */ ({});

beforeEach(() => {
  camera = new FakeCamera();
  socket = new FakeSocket();
  session = new FakeSession();
  states = [];
  drive = new Drive(session, {
    makeCamera: (_, look) => {
      camera.look = look;
      return /** @type {any} */ (camera);
    },
    makeSocket: (url) => {
      socket.url = url;
      return /** @type {any} */ (socket);
    },
  });
  drive.addEventListener("change", () => {
    const now = drive.reason ? `${drive.state}: ${drive.reason}` : drive.state;
    if (states.at(-1) !== now) states.push(now);
  });
});

test("a drive asks, connects, learns, follows, and ends when it is stopped", async () => {
  await drive.start(video, { mirror: false });
  assert.equal(session.mirror, false);
  socket.receive({ type: "driving", state: "calibrating" });
  socket.receive({ type: "driving", state: "following" });
  drive.stop();
  assert.deepEqual(states, ["asking", "connecting", "calibrating", "following", "off"]);
  assert.ok(camera.closed && socket.closed);
});

test("no more than two pictures are unanswered, and each has its number", async () => {
  await drive.start(video);
  assert.deepEqual(
    [1, 2, 3].map((at) => camera.shoot(at)),
    [true, true, false],
  );
  const [, second] = socket.sent;
  const bytes = new Uint8Array(await /** @type {Blob} */ (second).arrayBuffer());
  assert.deepEqual([...bytes.slice(0, 4)], [0, 0, 0, 1]);
  assert.equal(new TextDecoder().decode(bytes.slice(4)), "jpeg");
  socket.receive({ type: "seen", picture: 0, face: true, pts: 4 });
  assert.equal(camera.shoot(4), true);
});

test("a face read on this device is told in numbers, and the server expects no picture", async () => {
  const look = async () => null;
  await drive.start(video, { look });
  assert.equal(camera.look, look);
  assert.equal(socket.url.searchParams.get("pictures"), "false");
  for (const reading of [[0.5, 1], null]) camera.take({ reading, at_ms: 1 });
  assert.deepEqual(socket.sent, [
    '{"picture":0,"reading":[0.5,1]}',
    '{"picture":1,"reading":null}',
  ]);
  assert.equal(camera.wanted(), false);
});

test("a picture that a slow network does not take is dropped, not kept", async () => {
  await drive.start(video);
  socket.behind = true;
  camera.shoot(1);
  socket.behind = false;
  camera.shoot(2);
  assert.equal(socket.sent.length, 1);
  assert.equal(camera.wanted(), true);
});

test("the delay is the median from the camera to the screen", async () => {
  await drive.start(video);
  socket.receive({ type: "driving", state: "following" });
  for (const [picture, delay] of [100, 140, 900].entries()) {
    camera.shoot(1_000 * picture);
    socket.receive({ type: "seen", picture, face: true, pts: 10 * picture });
    session.show(10 * picture - 1, 1_000 * picture + 50);
    session.show(null, 1_000 * picture + 60);
    session.show(10 * picture + 1, 1_000 * picture + delay);
  }
  assert.equal(drive.latencyMs, 140);
});

test("pictures without a face, or not read, measure nothing", async () => {
  await drive.start(video);
  socket.receive({ type: "driving", state: "following" });
  camera.shoot(1);
  camera.shoot(2);
  socket.receive({ type: "seen", picture: 0, face: false, pts: 3 });
  socket.receive({ type: "seen", picture: 1, face: false });
  session.show(9, 100);
  assert.equal(drive.latencyMs, null);
});

test("whatever goes wrong ends it with its reason and lets go of the camera", async () => {
  const ends = /** @type {[string, () => void][]} */ ([
    ["busy", () => socket.receive({ type: "error", code: "busy", message: "" })],
    ["lost", () => socket.dispatchEvent(new Event("lost"))],
    ["unplugged", () => camera.dispatchEvent(new Event("ended"))],
    [
      "lost",
      () => {
        session.connection.state = "closed";
        session.dispatchEvent(new CustomEvent("connection"));
      },
    ],
  ]);
  for (const [reason, act] of ends) {
    camera.closed = socket.closed = false;
    await drive.start(video);
    act();
    assert.equal(states.at(-1), `off: ${reason}`);
    assert.ok(camera.closed && socket.closed);
  }
});

test("a camera that is refused is told as such", async () => {
  camera.problem = new SessionError("camera_refused", "");
  await drive.start(video);
  assert.deepEqual(states, ["asking", "off: camera_refused"]);
  assert.ok(camera.closed);
});

test("stopping while the camera is asked for connects nothing", async () => {
  const started = drive.start(video);
  drive.stop();
  await started;
  assert.equal(session.mirror, null);
  assert.deepEqual(states, ["asking", "off"]);
});
