import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { inject } from 'vitest';
import '../../support/run-folder';

const chromium = createRequire(import.meta.url)('../../../examples/demo/chromium.js') as {
  HOW_TO_INSTALL: string;
  findChromium(): string | undefined;
  launchChromium(): Promise<Browser>;
};

/**
 * Whether tests in a browser can run. Without one they are left out with a word on how to get one;
 * with BROWSER_TESTS=required they run all the same, and fail.
 */
export function hasBrowser(): boolean {
  if (chromium.findChromium() !== undefined) return true;
  if (process.env.BROWSER_TESTS === 'required') return true;
  sayOnce(`Tests in a browser are skipped. ${chromium.HOW_TO_INSTALL}\n`);
  return false;
}

/** Once a run, although each file of tests has a process of its own. */
function sayOnce(text: string): void {
  try {
    writeFileSync(join(inject('runFolder'), 'browser-tests-skipped'), text, { flag: 'wx' });
    process.stderr.write(text);
  } catch {
    // Another process has said it.
  }
}

export const { launchChromium } = chromium;

/** Texts of the page whose contrast is below 4.5:1 (WCAG 2.2, 1.4.3 AA). Runs in the page. */
export function lowContrastTexts(): string[] {
  const rgba = (color: string) => (color.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (color: number[]) => {
    const [red, green, blue] = color.slice(0, 3).map((value) => {
      const share = value / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * (red ?? 0) + 0.7152 * (green ?? 0) + 0.0722 * (blue ?? 0);
  };
  const groundOf = (element: Element | null): number[] => {
    for (let at = element; at !== null; at = at.parentElement) {
      const color = rgba(getComputedStyle(at).backgroundColor);
      if (color[3] !== 0) return color;
    }
    return [255, 255, 255];
  };
  const low: string[] = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { textContent, parentElement } = texts.currentNode;
    if (!textContent?.trim() || !parentElement?.checkVisibility({ visibilityProperty: true })) {
      continue;
    }
    const color = rgba(getComputedStyle(parentElement).color);
    const [light, dark] = [luminance(color), luminance(groundOf(parentElement))].sort(
      (a, b) => b - a,
    ) as [number, number];
    const ratio = (light + 0.05) / (dark + 0.05);
    if (ratio < 4.5) low.push(`${textContent.trim().slice(0, 40)}: ${ratio.toFixed(2)}`);
  }
  return low;
}
