/** A line chart as SVG: readable in a page, light, without a library. */
const [WIDTH, HEIGHT] = [720, 400];
const FRAME = { left: 76, right: 24, top: 52, bottom: 64 };
const COLOURS = ['#2f6f4f', '#b3541e', '#3b5b92', '#8a3b72'];

/** Steps of 1, 2 or 5 times a power of ten, about five up to `most`. */
export function ticksTo(most) {
  const rough = most / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough);
  return Array.from({ length: Math.ceil(most / step - 1e-9) + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

const escape = (text) => String(text).replace(/[&<>]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[c]);
const text = (x, y, content, attributes = '') => `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${attributes}>${escape(content)}</text>`;

/**
 * @param {{title: string, x: {label: string, names?: string[]}, y: {label: string}, series: {name: string, points: [number, number][]}[]}} chart
 *   names: words under the places 0, 1, 2 ... of the x axis, instead of numbers
 */
export function chart({ title, x, y, series }) {
  const points = series.flatMap((one) => one.points);
  const yTicks = ticksTo(Math.max(...points.map(([, value]) => value)));
  const xTicks = x.names ? x.names.map((_, i) => i) : ticksTo(Math.max(...points.map(([place]) => place)));
  const bottom = HEIGHT - FRAME.bottom - (x.names ? 70 : 0);
  const across = (place) => FRAME.left + (place / xTicks.at(-1)) * (WIDTH - FRAME.left - FRAME.right);
  const up = (value) => bottom - (value / yTicks.at(-1)) * (bottom - FRAME.top);

  const grid = yTicks.map((tick) => `<line x1="${FRAME.left}" x2="${WIDTH - FRAME.right}" y1="${up(tick).toFixed(1)}" y2="${up(tick).toFixed(1)}" stroke="#dcdcd6"/>${text(FRAME.left - 8, up(tick) + 4, tick.toLocaleString('en-US'), 'text-anchor="end"')}`);
  const places = xTicks.map((tick) =>
    x.names
      ? `<g transform="translate(${across(tick).toFixed(1)} ${bottom + 14}) rotate(-50)">${text(0, 4, x.names[tick], 'text-anchor="end"')}</g>`
      : text(across(tick), bottom + 20, tick.toLocaleString('en-US'), 'text-anchor="middle"'));
  const lines = series.map(({ points: line }, i) => {
    const dots = line.map(([place, value]) => `<circle cx="${across(place).toFixed(1)}" cy="${up(value).toFixed(1)}" r="3.5"/>`).join('');
    const path = line.map(([place, value]) => `${across(place).toFixed(1)},${up(value).toFixed(1)}`).join(' ');
    return `<g fill="${COLOURS[i]}" stroke="${COLOURS[i]}"><polyline points="${path}" fill="none" stroke-width="2"/>${dots}</g>`;
  });
  const legend = series.map(({ name }, i) => text(FRAME.left + i * 210, FRAME.top - 10, `● ${name}`, `fill="${COLOURS[i]}"`));

  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="#33332f" role="img">`,
    `<title>${escape(title)}</title><rect width="100%" height="100%" fill="#fbfbf8"/>`,
    text(FRAME.left, 24, title, 'font-size="16" font-weight="600"'),
    ...grid, ...places, ...lines, ...legend,
    text((FRAME.left + WIDTH - FRAME.right) / 2, HEIGHT - 12, x.label, 'text-anchor="middle"'),
    `<g transform="translate(18 ${(FRAME.top + bottom) / 2}) rotate(-90)">${text(0, 0, y.label, 'text-anchor="middle"')}</g>`,
    '</svg>', ''
  ].join('\n');
}
