'use strict';

const { format, halfRange, median } = require('./print');

/** What the rounds of one load gave. A figure's name is its phase and its own: `fixed.cpu`. */
class Figures {
  #rounds = [];

  /** @param {Map<string, Record<string, object>>} round results by variant and phase. */
  add(round) {
    this.#rounds.push(round);
  }

  /** Median of the rounds; `undefined` where it was not measured. */
  of(variant, name) {
    const numbers = this.#numbers(variant, name);
    return numbers.length === 0 ? undefined : median(numbers);
  }

  /** How much more than another variant. Of medians, for they are less moved by one disturbed round. */
  added(variant, name, other = 'bare') {
    return combine(this.of(variant, name), this.of(other, name), (a, b) => a - b);
  }

  /** Share of another variant's. */
  share(variant, name, other = 'bare') {
    return combine(this.of(variant, name), this.of(other, name), (a, b) => a / b);
  }

  /** The median, and half of the rounds' range. */
  withRange(variant, name, decimals = 0) {
    const numbers = this.#numbers(variant, name);
    if (numbers.length === 0) return 'n/a';
    const range = numbers.length > 1 ? ` ±${format(halfRange(numbers), decimals)}` : '';
    return `${format(median(numbers), decimals)}${range}`;
  }

  #numbers(variant, name) {
    const [phase, figure] = name.split('.');
    return this.#rounds
      .map((round) => round.get(variant)?.[phase]?.[figure])
      .filter((number) => Number.isFinite(number));
  }
}

function combine(a, b, how) {
  return a === undefined || b === undefined ? undefined : how(a, b);
}

module.exports = { Figures };
