'use strict';

const { format, halfRange, median } = require('./print');

/** What the rounds gave for bodies of one size: `add` a round's result of a variant, then ask. */
class Figures {
  #results = new Map();

  add(variant, result) {
    const results = this.#results.get(variant) ?? [];
    this.#results.set(variant, [...results, result]);
  }

  has(variant) {
    return this.#results.has(variant);
  }

  /** Median of the rounds. */
  of(variant, name) {
    return median(this.#numbers(variant, name));
  }

  /** How much more than the bare server; `undefined` where that was not measured. */
  added(variant, name) {
    return this.has('bare') ? this.of(variant, name) - this.of('bare', name) : undefined;
  }

  /** Share of the bare server; `undefined` where that was not measured. */
  share(variant, name) {
    return this.has('bare') ? this.of(variant, name) / this.of('bare', name) : undefined;
  }

  /** The median, and half of the rounds' range. */
  withRange(variant, name, decimals = 0) {
    const numbers = this.#numbers(variant, name);
    return `${format(median(numbers), decimals)} ±${format(halfRange(numbers), decimals)}`;
  }

  #numbers(variant, name) {
    return this.#results.get(variant).map((result) => result[name]);
  }
}

module.exports = { Figures };
