/**
 * What a session can be asked for in words, gestures and moods. Each wish is one event of the
 * protocol. Imports nothing.
 */

/** @typedef {Extract<import("./protocol.js").ClientEvent, {type: "gesture"}>["name"]} GestureName */
/** @typedef {import("./protocol.js").ClientEvent} ClientEvent */

const ID_BYTES = 8;

/** @returns {string} an id that no other request has */
function requestId() {
  const bytes = crypto.getRandomValues(new Uint8Array(ID_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Sends nothing by itself: whoever extends it does. */
export class Wishes extends EventTarget {
  /**
   * Sends an event of the protocol.
   * @param {import("./socket.js").Outgoing} event
   * @returns {boolean} whether it was sent
   */
  send(event) {
    void event;
    return false;
  }

  /**
   * Has the avatar answer something, as if the person had said it.
   * @param {string} text up to 4,000 characters
   * @returns {string | null} the id that the events of this turn carry as `request`; null, which
   *   is as good as false, if it was not sent
   */
  sendText(text) {
    return this.#say("text", text);
  }

  /**
   * Has the avatar say something word for word.
   * @param {string} text up to 4,000 characters
   * @returns {string | null} as that of `sendText`
   */
  speak(text) {
    return this.#say("speak", text);
  }

  /**
   * @param {"text" | "speak"} type
   * @param {string} text
   */
  #say(type, text) {
    const trimmed = text.trim();
    const request = requestId();
    return trimmed !== "" && this.send({ type, text: trimmed, request }) ? request : null;
  }

  /** @returns {boolean} whether it was sent */
  interrupt() {
    return this.send({ type: "interrupt" });
  }

  /**
   * The person holds a button to talk, or lets go of it: what is said between is one turn.
   * @param {boolean} pressed
   * @returns {boolean} whether it was sent
   */
  pushToTalk(pressed) {
    return this.send({ type: "push_to_talk", pressed });
  }

  /**
   * What variables of the persona's texts stand for from now on; those not named stay. The server
   * answers with a new `hello`, or with an `error`: `unknown_variable`, `bad_variable`.
   * @param {Record<string, string>} variables by name, each up to 200 characters of one line
   * @returns {boolean} whether it was sent
   */
  setVariables(variables) {
    return this.send({ type: "set_variables", variables });
  }

  /**
   * How fast the avatar speaks, from the next thing it says on.
   * @param {number} speed 0.5 to 2; 1 is its own pace
   * @returns {boolean} whether it was sent
   */
  setSpeed(speed) {
    return this.send({ type: "set_speed", speed });
  }

  /**
   * What the face feels from now on.
   * @param {"neutral" | "happy" | "sad" | "surprised" | "concerned" | "thinking"} emotion
   * @param {number} [intensity] 0 to 1
   * @returns {boolean} whether it was sent
   */
  setEmotion(emotion, intensity = 1) {
    return this.send({ type: "set_emotion", emotion, intensity });
  }

  /**
   * What the face does once.
   * @param {GestureName} name
   * @returns {boolean} whether it was sent
   */
  gesture(name) {
    return this.send({ type: "gesture", name });
  }

  /**
   * Where the face looks: to its own left and up, each -1 to 1; 0, 0 is into the camera.
   * @param {number} x
   * @param {number} y
   * @param {number} [seconds] up to 30
   * @returns {boolean} whether it was sent
   */
  lookAt(x, y, seconds = 2) {
    return this.send({ type: "look_at", x, y, seconds });
  }
}
