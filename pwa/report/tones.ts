// The colours of the page, read from its style, so that charts follow light and dark.

const NAMES = ["ink", "quiet", "line", "card", "sunk", "accent", "green", "yellow", "red"] as const;

export type Tones = Readonly<Record<(typeof NAMES)[number], string>>;

/** Reads each tone as the style computes it; `light-dark()` is only settled on a property that is a colour. */
export function readTones(): Tones {
  const probe = document.createElement("i");
  document.body.append(probe);
  const found = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color] as const;
  });
  probe.remove();
  return Object.fromEntries(found) as unknown as Tones;
}

/** Mixes a tone into a ground, `share` from 0 to 1. */
export function mix(ground: string, tone: string, share: number): string {
  const [a, b] = [parts(ground), parts(tone)];
  const mixed = a.map((each, place) => Math.round(each + ((b[place] ?? each) - each) * share));
  return `rgb(${mixed.join(",")})`;
}

/** Says whether dark ink reads better than light ink on a ground. */
export function isBright(tone: string): boolean {
  const [r = 0, g = 0, b = 0] = parts(tone).map((each) => (each / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18;
}

function parts(tone: string): number[] {
  return (tone.match(/[\d.]+/g) ?? []).slice(0, 3).map(Number);
}
