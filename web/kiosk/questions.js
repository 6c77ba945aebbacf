/**
 * Questions to suggest by touch: those of a persona, in the language it speaks. Imports nothing.
 */

/** How many are shown at once. */
export const SHOWN = 4;

/** By persona and language. @type {Record<string, Record<string, string[]>>} */
const PERSONAS = {
  museum: {
    en: [
      "When are you open?",
      "How much is a ticket?",
      "Where are the toilets?",
      "What should I see first?",
      "Is there a café?",
      "When is the next tour?",
      "What can children do here?",
      "Who are you?",
    ],
  },
  vera: {
    en: [
      "What is Visavis?",
      "Do I need a graphics card?",
      "Do you store what I say?",
      "What does it cost?",
      "How do you work?",
      "Are you a real person?",
      "How do I install it?",
      "Tell me a joke.",
    ],
  },
};

/** For everybody else, by language. @type {Record<string, string[]>} */
const GENERAL = {
  en: ["What can I ask you?", "Who are you?", "Are you a real person?", "Tell me a joke."],
  de: ["Was kann ich fragen?", "Wer bist du?", "Bist du ein echter Mensch?", "Erzähl einen Witz."],
  es: ["¿Qué puedo preguntar?", "¿Quién eres?", "¿Eres una persona real?", "Cuéntame un chiste."],
  fr: ["Que puis-je demander ?", "Qui es-tu ?", "Es-tu une vraie personne ?", "Une blague ?"],
};

/**
 * @param {string} persona id
 * @param {string} language of the persona, as `en` or `en-GB`
 * @param {string[]} own those of whoever runs the kiosk; empty for the usual ones
 * @returns {string[]} at least as many as are shown
 */
export function questionsFor(persona, language, own) {
  if (own.length > 0) return own;
  const tongue = language.toLowerCase().split("-")[0] ?? "";
  return PERSONAS[persona]?.[tongue] ?? GENERAL[tongue] ?? GENERAL.en ?? [];
}

/** Which questions are on the screen: one that was asked gives its place to the next. */
export class Suggestions {
  /** @type {string[]} */
  #waiting = [];
  /** @type {string[]} on the screen, in their places */
  shown = [];

  /** @param {string[]} questions */
  begin(questions) {
    this.shown = questions.slice(0, SHOWN);
    this.#waiting = questions.slice(SHOWN);
  }

  /** @param {string} question that was asked */
  asked(question) {
    const place = this.shown.indexOf(question);
    const next = this.#waiting.shift();
    if (place < 0 || next === undefined) return;
    this.shown = this.shown.with(place, next);
    this.#waiting.push(question);
  }
}
