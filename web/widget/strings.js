/**
 * Every word the widget shows, by language. Imports nothing.
 */

const english = {
  language: "en",
  somebody: "Assistant",
  /** @param {string} name */
  open: (name) => `Talk to ${name}, an AI`,
  close: "Close",
  end: "End",
  badge: "AI",
  face: "The face you are talking to",
  log: "What was said",
  questions: "Suggested questions",
  sound: "Turn the sound on",
  disclosure: "You are talking to a computer program. Face and voice are generated.",
  /** @param {string} host */
  privacy: (host) =>
    `What you type and, only if you agree, the sound of your microphone are sent to ${host} and ` +
    "processed there by software while the conversation is open. Nothing is stored in your browser.",
  privacyLink: "Privacy notice",
  talk: "Agree and use the microphone",
  type: "Agree and only type",
  message: "Type a message",
  send: "Send",
  interrupt: "Stop speaking",
  you: "You",
  states: /** @type {Record<string, string>} */ ({
    idle: "Ready",
    listening: "Listening",
    thinking: "Thinking",
    speaking: "Speaking",
    connecting: "Connecting",
    reconnecting: "Reconnecting",
    closed: "",
  }),
  microphone: /** @type {Record<string, string>} */ ({
    off: "Turn the microphone on",
    asking: "Waiting for permission",
    on: "Mute the microphone",
    muted: "Turn the microphone on",
    refused: "The microphone is blocked",
    missing: "No microphone",
  }),
  microphoneHints: /** @type {Record<string, string>} */ ({
    asking: "Please allow the microphone, or just type.",
    refused: "The microphone is blocked. You can type instead.",
    missing: "No microphone was found. You can type instead.",
  }),
  problems: /** @type {Record<string, string>} */ ({
    goodbye: "The conversation has ended.",
    server_full: "Everyone is busy right now. Please try again in a moment.",
    network: "The server cannot be reached. Please check your connection.",
    lost: "The connection was lost.",
    timeout: "The server did not answer in time. Please try again.",
    media_failed: "Sound and picture do not get through. Another network often helps.",
    media_lost: "Sound and picture were interrupted.",
    unauthorized: "This website is not allowed to open a conversation right now.",
    token_expired: "The permission to talk has expired. Please reload the page.",
    origin_mismatch: "This website is not allowed to open a conversation.",
    forbidden: "This website is not allowed to open a conversation.",
    not_found: "Nobody of that name is here.",
    too_large: "That was too long. Please send a shorter message.",
    unsupported: "This browser cannot show the face. A current one can.",
    server_stopping: "The server is restarting. Please try again in a moment.",
    model_unavailable: "Part of the server is restarting. This takes a few seconds.",
    internal: "Something went wrong. Please try again.",
  }),
};

/** @typedef {typeof english} Words */

/** @type {Words} */
const german = {
  language: "de",
  somebody: "Assistenz",
  open: (name) => `Mit ${name} sprechen, einer KI`,
  close: "Schließen",
  end: "Beenden",
  badge: "KI",
  face: "Das Gesicht, mit dem Sie sprechen",
  log: "Was gesagt wurde",
  questions: "Vorgeschlagene Fragen",
  sound: "Ton einschalten",
  disclosure: "Sie sprechen mit einem Computerprogramm. Gesicht und Stimme sind künstlich erzeugt.",
  privacy: (host) =>
    "Was Sie schreiben und, nur wenn Sie zustimmen, der Ton Ihres Mikrofons gehen an " +
    `${host} und werden dort von Software verarbeitet, solange das Gespräch läuft. ` +
    "In Ihrem Browser wird nichts gespeichert.",
  privacyLink: "Datenschutzhinweise",
  talk: "Zustimmen und sprechen",
  type: "Zustimmen und nur schreiben",
  message: "Nachricht schreiben",
  send: "Senden",
  interrupt: "Nicht weitersprechen",
  you: "Sie",
  states: {
    idle: "Bereit",
    listening: "Hört zu",
    thinking: "Denkt nach",
    speaking: "Spricht",
    connecting: "Verbindet",
    reconnecting: "Verbindet neu",
    closed: "",
  },
  microphone: {
    off: "Mikrofon einschalten",
    asking: "Wartet auf die Erlaubnis",
    on: "Mikrofon stummschalten",
    muted: "Mikrofon einschalten",
    refused: "Das Mikrofon ist gesperrt",
    missing: "Kein Mikrofon",
  },
  microphoneHints: {
    asking: "Bitte erlauben Sie das Mikrofon, oder schreiben Sie einfach.",
    refused: "Das Mikrofon ist gesperrt. Sie können stattdessen schreiben.",
    missing: "Es wurde kein Mikrofon gefunden. Sie können stattdessen schreiben.",
  },
  problems: {
    goodbye: "Das Gespräch ist beendet.",
    server_full: "Im Moment sind alle im Gespräch. Bitte versuchen Sie es gleich noch einmal.",
    network: "Der Server ist nicht erreichbar. Bitte prüfen Sie Ihre Verbindung.",
    lost: "Die Verbindung ist abgerissen.",
    timeout: "Der Server hat nicht rechtzeitig geantwortet. Bitte versuchen Sie es noch einmal.",
    media_failed: "Ton und Bild kommen nicht durch. Oft hilft ein anderes Netz.",
    media_lost: "Ton und Bild wurden unterbrochen.",
    unauthorized: "Diese Website darf gerade kein Gespräch beginnen.",
    token_expired: "Die Erlaubnis für das Gespräch ist abgelaufen. Bitte laden Sie die Seite neu.",
    origin_mismatch: "Diese Website darf kein Gespräch beginnen.",
    forbidden: "Diese Website darf kein Gespräch beginnen.",
    not_found: "Niemand dieses Namens ist hier.",
    too_large: "Das war zu lang. Bitte schicken Sie eine kürzere Nachricht.",
    unsupported: "Dieser Browser kann das Gesicht nicht zeigen, ein aktueller schon.",
    server_stopping: "Der Server startet neu. Bitte versuchen Sie es gleich noch einmal.",
    model_unavailable: "Ein Teil des Servers startet neu. Das dauert einige Sekunden.",
    internal: "Etwas ist schiefgegangen. Bitte versuchen Sie es noch einmal.",
  },
};

/** @type {Record<string, Words>} */
const LANGUAGES = { en: english, de: german };

/**
 * @param {string} language as `de` or `de-AT`
 * @returns {Words} in that language, or in English
 */
export function wordsFor(language) {
  return LANGUAGES[language.toLowerCase().split("-")[0] ?? ""] ?? english;
}

/**
 * @param {Words} words
 * @param {string} code an error's code or a closing's reason
 * @returns {string}
 */
export function problemWords({ problems }, code) {
  return problems[code] ?? problems.internal ?? "";
}
