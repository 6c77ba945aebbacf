/**
 * The panel over the face: start, wait, what went wrong and when it is tried again.
 * Imports dom and strings.
 */

import { wallClock } from "../sdk/clock.js";
import { find } from "./dom.js";
import { problemWords, strings } from "./strings.js";

/** @typedef {import("../sdk/session.js").Session} Session */
/** @typedef {import("../sdk/session.js").Connection} Connection */

/** Reasons after which the page lets the person in by itself as soon as there is room. */
const WAITED_FOR = new Set(["server_full", "model_unavailable"]);

/**
 * @param {Session} session
 * @param {(microphone: boolean) => void} start
 * @returns {{welcome: (name: string, description: string) => void,
 *   problem: (code: string) => void}} what to show before the first start
 */
export function showPanel(session, start) {
  const title = find("panel-title", HTMLElement);
  const text = find("panel-text", HTMLElement);
  const startButton = find("start", HTMLButtonElement);
  const typeButton = find("start-typing", HTMLButtonElement);
  let withMicrophone = true;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  let countdown;

  /**
   * @param {string} heading
   * @param {string} words
   * @param {string | null} action label of the start button, which is hidden if null
   * @param {boolean} [typing] whether to offer a start without the microphone too
   */
  const say = (heading, words, action, typing = false) => {
    clearInterval(countdown);
    title.textContent = heading;
    text.textContent = words;
    startButton.textContent = action;
    startButton.hidden = action === null;
    typeButton.hidden = !typing;
  };

  /**
   * Shows the seconds that are left, then acts.
   * @param {number} until milliseconds of the wall clock
   * @param {(seconds: number) => void} show
   * @param {() => void} act
   */
  const countDown = (until, show, act) => {
    const tick = () => {
      const seconds = Math.max(0, Math.ceil((until - wallClock()) / 1_000));
      show(seconds);
      if (seconds > 0) return;
      clearInterval(countdown);
      act();
    };
    countdown = setInterval(tick, 250);
    tick();
  };

  /** @param {Connection} connection */
  const follow = ({ state, reason, retryAtMs }) => {
    if (state === "connecting") {
      say(strings.connecting.title, strings.connecting.text, null);
    } else if (state === "reconnecting") {
      say(strings.reconnectingTitle, strings.reconnectingIn(0), null);
      const show = (/** @type {number} */ left) => {
        text.textContent = strings.reconnectingIn(left);
      };
      if (retryAtMs !== null) countDown(retryAtMs, show, () => undefined);
    } else if (state === "closed") {
      const words = problemWords(reason);
      const ended = reason === "goodbye";
      say(words.title, words.text, ended ? strings.startAgain : strings.tryAgain, ended);
      if (retryAtMs === null || !WAITED_FOR.has(reason)) return;
      const show = (/** @type {number} */ left) => {
        startButton.textContent = strings.tryAgainIn(left);
      };
      countDown(retryAtMs, show, () => start(withMicrophone));
    }
  };

  session.addEventListener("connection", () => follow(session.connection));
  const press = (/** @type {boolean} */ microphone) => {
    clearInterval(countdown);
    withMicrophone = microphone;
    start(microphone);
  };
  startButton.addEventListener("click", () => press(true));
  typeButton.addEventListener("click", () => press(false));

  return {
    welcome: (name, description) => {
      if (session.connection.state === "closed") say(name, description, strings.start, true);
    },
    problem: (code) => {
      const words = problemWords(code);
      say(words.title, words.text, strings.tryAgain);
    },
  };
}
