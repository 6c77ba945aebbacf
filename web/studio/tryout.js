/**
 * The stage: a conversation with the persona that is worked on, and what is around its face.
 * Imports the client, the talk page's captions, transcript and dom, the motion and
 * words.
 */

import { Session } from "../sdk/client.js";
import { canDraw } from "../sdk/drawn-face.js";
import { asSessionError } from "../sdk/errors.js";
import { showCaptions } from "../talk/captions.js";
import { find } from "../talk/dom.js";
import { showTranscript } from "../talk/transcript.js";
import { say } from "./dom.js";
import { standIns } from "./draft.js";
import { MotionClip } from "./motion-clip.js";
import { problem, words } from "./strings.js";

/** @typedef {import("./draft.js").Draft} Draft */

/**
 * @typedef {object} Shown
 * @property {string} name
 * @property {string} topics
 * @property {string} disclosure
 * @property {string | null} picture address
 * @property {boolean} generated whether the pictured person does not exist
 */

const LEVEL_MS = 100;

/** Fires `change` when the conversation's state does. */
export class TryOut extends EventTarget {
  /** What the face does, for a recording. */
  motion = new MotionClip();
  /** Whether a camera moves the face. */
  driven = false;
  session;
  video = find("video", HTMLVideoElement);
  #prepare;
  #hint = "";

  /**
   * @param {() => string | Promise<string>} token
   * @param {() => Promise<{persona: string, avatar: string | null, variables: Draft["variables"]}
   *   | null>} prepare makes ready whom to talk to; null where that cannot be
   */
  constructor(token, prepare) {
    super();
    this.#prepare = prepare;
    this.session = new Session({ token });
    this.session.on("motion", ({ pts, values }) => this.motion.add(pts, values));
    this.session.attach(this.video, () => this.#cover());
    this.session.present(canDraw() ? "motion" : "video");
    showCaptions(this.session, find("captions", HTMLElement));
    showTranscript(
      this.session,
      find("transcript", HTMLOListElement),
      find("transcript-empty", HTMLElement),
    );
    this.#wireControls();
    this.#follow();
  }

  get connected() {
    return this.session.connection.state === "connected";
  }

  /** What the face is drawn on right now. */
  get picture() {
    const drawn = this.video.parentElement?.querySelector("canvas.drawn");
    return drawn instanceof HTMLCanvasElement ? drawn : this.video;
  }

  /**
   * @param {Shown} shown
   * @param {boolean} unsaved
   */
  show({ name, topics, disclosure, picture, generated }, unsaved) {
    say(find("name", HTMLElement), name);
    find("initial", HTMLElement).textContent = name.slice(0, 1);
    say(find("badge", HTMLElement), generated ? words.badge : words.badgeClone);
    say(find("disclosure", HTMLElement), disclosure.trim() || words.document.disclosureShort || "");
    const poster = find("poster", HTMLImageElement);
    poster.hidden = picture === null;
    poster.onerror = () => {
      poster.hidden = true;
    };
    if (picture !== null && poster.getAttribute("src") !== picture) poster.src = picture;
    say(find("panel-title", HTMLElement), words.tryTitle(name));
    say(find("panel-text", HTMLElement), this.#hint || (topics.trim() && words.tryText(topics)));
    find("start", HTMLButtonElement).textContent = unsaved ? words.startSaved : words.start;
  }

  /**
   * Starts talking to whom is worked on, unless a conversation is open already.
   * @param {boolean} microphone whether to ask for it
   * @returns {Promise<boolean>} whether one is open now
   */
  async start(microphone) {
    if (this.session.connection.state !== "closed") return this.connected;
    const whom = await this.#prepare();
    if (whom === null) return false;
    this.session.persona = whom.persona;
    this.session.avatar = whom.avatar;
    const stand = standIns(whom.variables);
    this.session.variables = stand;
    this.#tell("");
    this.#play();
    try {
      await this.session.start({ microphone });
    } catch (error) {
      console.info(`try-out not started: ${asSessionError(error).code}`);
      return false;
    }
    const names = Object.keys(stand);
    if (names.length > 0) this.hint(words.standIns(names));
    return this.connected;
  }

  /**
   * Ends the conversation, because what it was with has changed.
   * @param {boolean} [again] whether to begin anew at once
   */
  async renew(again = false) {
    if (this.session.connection.state === "closed") return;
    const heard = this.session.microphone.state === "on";
    this.session.stop();
    if (again) await this.start(heard);
    else this.#tell(words.restarted);
  }

  /** @param {string} text beneath the bar; none clears it */
  hint(text) {
    say(find("hint", HTMLElement), text);
  }

  /** @param {boolean} driven */
  setDriven(driven) {
    this.driven = driven;
    this.#draw();
  }

  /** @param {string} text in the panel over the face, before a conversation */
  #tell(text) {
    this.#hint = text;
    if (text !== "") say(find("panel-text", HTMLElement), text);
  }

  #wireControls() {
    const { session } = this;
    const message = find("message", HTMLInputElement);
    find("start", HTMLButtonElement).addEventListener("click", () => void this.start(true));
    find("start-typing", HTMLButtonElement).addEventListener("click", () => void this.start(false));
    find("end", HTMLButtonElement).addEventListener("click", () => session.stop());
    find("interrupt", HTMLButtonElement).addEventListener("click", () => session.interrupt());
    find("microphone", HTMLButtonElement).addEventListener("click", () => {
      void session.setMicrophone(session.microphone.state !== "on");
    });
    find("controls", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      if (session.message(message.value)) message.value = "";
    });
    document.addEventListener("keydown", ({ key }) => {
      if (key === "Escape" && !document.querySelector("dialog[open]")) session.interrupt();
    });
    find("sound", HTMLButtonElement).addEventListener("click", () => {
      this.video.muted = false;
      this.#play();
    });
    setInterval(() => void this.#meter(), LEVEL_MS);
  }

  #follow() {
    const { session } = this;
    const { dataset } = document.body;
    for (const type of ["connection", "conversation", "microphone"]) {
      session.addEventListener(type, () => this.#draw());
    }
    session.on("connection", ({ state, reason }) => {
      if (state !== "connected") dataset.face = "none";
      if (state === "closed") {
        this.hint("");
        this.#tell(reason === "goodbye" || reason === "" ? "" : problem(reason));
        this.dispatchEvent(new Event("ended"));
      }
    });
    session.on("microphone", ({ state }) => this.hint(words.microphoneHints[state] ?? ""));
    session.on("frame", () => {
      if (dataset.face === "none") dataset.face = "shown";
    });
    session.on("hello", ({ name, disclosure }) => {
      say(find("name", HTMLElement), name);
      say(find("disclosure", HTMLElement), disclosure);
    });
    session.on("error", ({ code }) => this.hint(problem(code)));
    this.#draw();
  }

  #draw() {
    const { connection, conversation, microphone } = this.session;
    const { dataset } = document.body;
    dataset.connection = connection.state;
    dataset.conversation = conversation.state;
    dataset.microphone = microphone.state;
    const live = connection.state === "connected";
    const talking = live && !this.driven;
    const state = this.driven ? words.driven : live ? (words.states[conversation.state] ?? "") : "";
    say(find("connection", HTMLElement), words.connection[connection.state] ?? "");
    say(find("state", HTMLElement), state);
    for (const id of ["microphone", "send", "interrupt"]) {
      find(id, HTMLButtonElement).disabled = !talking;
    }
    find("message", HTMLInputElement).disabled = !talking;
    find("end", HTMLButtonElement).hidden = connection.state === "closed";
    if (live) find("log", HTMLElement).hidden = false;
    for (const id of ["start", "start-typing"]) {
      find(id, HTMLButtonElement).hidden = connection.state !== "closed";
    }
    const button = find("microphone", HTMLButtonElement);
    button.setAttribute("aria-label", words.microphone[microphone.state] ?? "");
    button.setAttribute("aria-pressed", String(microphone.state === "on"));
    this.dispatchEvent(new Event("change"));
  }

  /** Shows how loud the microphone is as `--level` of the face, 0 to 1. */
  async #meter() {
    if (document.hidden || !this.connected || this.session.microphone.state !== "on") return;
    const level = Math.min(1, Math.sqrt(await this.session.microphoneLevel()) * 1.4);
    find("face", HTMLElement).style.setProperty("--level", level.toFixed(1));
  }

  /** Plays with sound, or silently where the browser wants another click first. */
  #play() {
    const sound = find("sound", HTMLButtonElement);
    this.video.play().then(
      () => {
        sound.hidden = !this.video.muted;
      },
      (error) => {
        if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
        if (this.video.muted) return;
        this.video.muted = true;
        this.#play();
      },
    );
  }

  /** Puts a canvas over the video, for a face drawn on this device. */
  #cover() {
    const canvas = document.createElement("canvas");
    canvas.className = "drawn";
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", words.document.video ?? "");
    this.video.after(canvas);
    return canvas;
  }
}
