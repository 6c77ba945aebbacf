/**
 * A world of one script: a server that sends what the script says, and time that it owns.
 * `tests/contract/contract_stage.py` is the same for the other client;
 * `tests/contract/scripts/README.md` says what the steps mean.
 */

import assert from "node:assert/strict";
import { mock } from "node:test";
import { createSession, offerTools, SessionError } from "../sdk/index.js";

const API = "https://face.example";
const HOUSEKEEPING = new Set(["ping", "offer", "set_presentation", "microphone", "displayed"]);
/** Rounds of the event loop within which everything that was set off has happened. */
const TURNS = 12;
const globals = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (globalThis));
const soon = setImmediate;

export async function settle() {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise((resolve) => soon(resolve));
}

/** A peer connection that is up as soon as its offer is answered. */
class Peer extends EventTarget {
  connectionState = "new";
  localDescription = { sdp: "v=0" };

  addTransceiver() {
    const receiver = { track: {}, getSynchronizationSources: () => [] };
    return { receiver, sender: { replaceTrack: async () => {} } };
  }

  createDataChannel() {
    return new EventTarget();
  }

  async createOffer() {
    return this.localDescription;
  }

  async setLocalDescription() {
    soon(() => this.dispatchEvent(Object.assign(new Event("icecandidate"), { candidate: null })));
  }

  async setRemoteDescription() {
    this.connectionState = "connected";
    soon(() => this.dispatchEvent(new Event("connectionstatechange")));
  }

  close() {}
}

/** A WebSocket whose other end is the script. */
class Line extends EventTarget {
  static OPEN = 1;
  readyState = 0;
  /** @type {Stage} */
  static stage;
  #stage = Line.stage;

  /** @param {URL} url */
  constructor(url) {
    super();
    this.#stage.log("opened", url.pathname + url.search);
    this.#stage.line = this;
    soon(() => (this.readyState = 1));
  }

  /** @param {string} message */
  send(message) {
    const { id, at_ms, ...event } = JSON.parse(message);
    assert.ok(id > 0 && at_ms > 0);
    if (event.type === "offer") {
      this.say({ type: "answer", sdp: "v=0", video_origin: 0, audio_origin: 0 });
    }
    if (!HOUSEKEEPING.has(event.type)) this.#stage.log("sent", event);
  }

  /** @param {Record<string, unknown>} event */
  say(event) {
    const data = JSON.stringify({ id: 1, at_ms: 1, ...event });
    soon(() => this.dispatchEvent(Object.assign(new Event("message"), { data })));
  }

  close() {
    this.readyState = 3;
    soon(() => this.dispatchEvent(new Event("close")));
  }
}

/** Plays one script; every step that expects something names the next thing of its kind. */
export class Stage {
  /** @type {Line | null} */
  line = null;
  /** @type {Record<string, unknown[]>} */
  #logs = Object.fromEntries(
    ["requested", "opened", "sent", "heard", "invalid", "connection", "conversation"]
      .concat("started", "refused")
      .map((kind) => [kind, []]),
  );
  /** @type {{status: number, body: object}[]} */
  #answers = [];
  #leases = 0;
  /** @type {Record<string, unknown>} */
  #kept = {};
  #takeBack = () => {};
  #before = { ...globals };

  constructor() {
    Line.stage = this;
    Object.assign(globals, { WebSocket: Line, RTCPeerConnection: Peer, MediaStream: Stream });
    globals.fetch = this.#fetch.bind(this);
    mock.timers.enable({ apis: ["setTimeout"] });
    mock.method(Math, "random", () => 0.5);
    this.session = this.#make({});
  }

  /** @param {import("../sdk/index.js").SessionOptions} options */
  #make(options) {
    const session = createSession("t", { apiUrl: API, persona: "vera", ...options });
    session.on("received", (event) => {
      if (!["pong", "presentation", "answer"].includes(event.type)) this.log("heard", event);
    });
    session.on("invalid", ({ type }) => this.log("invalid", type));
    session.on("connection", ({ state, reason }) => this.log("connection", [state, reason]));
    session.on("conversation", ({ state, reason }) => {
      this.log("conversation", [state, reason]);
    });
    return session;
  }

  /** Gives the world back. */
  async end() {
    this.session.stop();
    await settle();
    mock.timers.reset();
    mock.restoreAll();
    for (const name of ["WebSocket", "RTCPeerConnection", "MediaStream", "fetch"]) {
      globals[name] = this.#before[name];
    }
  }

  /**
   * @param {string} kind
   * @param {unknown} entry
   */
  log(kind, entry) {
    this.#logs[kind]?.push(entry);
  }

  /**
   * Does what a step says, or checks it.
   * @param {Record<string, any>} step
   */
  async play(step) {
    const [kind, value] = /** @type {[string, any]} */ (Object.entries(step)[0]);
    await settle();
    const log = this.#logs[kind];
    if (log) {
      assert.ok(log.length, `${kind} did not happen`);
      this.#check(kind, log.shift(), this.#filled(value));
    } else {
      const act = this.#steps[kind];
      assert.ok(act, `there is no step ${kind}`);
      await act(this.#filled(value), step);
    }
    await settle();
  }

  /**
   * Of what was heard only the fields that the step names matter; all else is exact.
   * @param {string} kind
   * @param {any} found
   * @param {any} wanted
   */
  #check(kind, found, wanted) {
    const told =
      kind === "heard"
        ? Object.fromEntries(Object.keys(wanted).map((name) => [name, found[name]]))
        : found;
    assert.deepEqual(told, wanted);
  }

  /**
   * Puts in what earlier calls returned.
   * @param {any} value
   * @returns {any}
   */
  #filled(value) {
    if (Array.isArray(value)) return value.map((item) => this.#filled(item));
    if (typeof value === "string" && value.startsWith("$")) return this.#kept[value.slice(1)];
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => [name, this.#filled(item)]),
    );
  }

  /**
   * @param {string} url
   * @param {any} init
   */
  async #fetch(url, { method, body, headers }) {
    const { authorization } = headers;
    const path = url.slice(API.length);
    this.log("requested", { method, path, body: JSON.parse(body), authorization });
    const answer = this.#answers.shift();
    if (answer) return Response.json(answer.body, { status: answer.status });
    this.#leases += 1;
    return Response.json({ id: `s${this.#leases}`, token: `k${this.#leases}` }, { status: 201 });
  }

  /** @type {Record<string, (value: any, step: Record<string, any>) => unknown>} */
  #steps = {
    start: () => {
      this.session.start({ microphone: false }).then(
        () => this.log("started", true),
        (error) => {
          assert.ok(error instanceof SessionError);
          const { code, status, retryAfter } = error;
          this.log("refused", { code, status, retry_after: retryAfter });
        },
      );
    },
    with: (value) => {
      this.session = this.#make(value);
    },
    answer: (value) => this.#answers.push(value),
    server: (value) => this.line?.say(value),
    drop: () => this.line?.close(),
    elapse: async (value) => {
      mock.timers.tick(value);
      await settle();
    },
    call: (name, { args = [], as, ...step }) => {
      if (name === "take_back_tools") return this.#takeBack();
      const method = name.replace(
        /_(.)/g,
        (/** @type {string} */ _, /** @type {string} */ letter) => letter.toUpperCase(),
      );
      const found = /** @type {any} */ (this.session)[method](...args);
      if ("gives" in step) assert.equal(found, step.gives);
      if (as) this.#kept[as] = found;
      return assert.ok(found || !as);
    },
    offer_tools: (tools) => {
      /** @param {any} told */
      const run = (told) => () => {
        if (told.raises) throw new Error(told.raises);
        return told.returns;
      };
      const offered = Object.entries(tools).map(([name, { description, parameters, ...told }]) => [
        name,
        { description, parameters, run: run(told) },
      ]);
      this.#takeBack = offerTools(this.session, Object.fromEntries(offered));
    },
    quiet: () => {
      for (const kind of ["sent", "heard", "invalid", "connection"]) {
        assert.deepEqual([kind, this.#logs[kind]], [kind, []]);
      }
    },
  };
}

class Stream {
  addTrack() {}
}
