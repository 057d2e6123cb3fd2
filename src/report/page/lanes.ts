import type { Proc } from './boxes.ts';
import { drawAxis, drawGrid, drawRow } from './draw.ts';
import { listenToPointer, type Point } from './pointer.ts';
import type { Row } from './rows.ts';
import { readTheme, type Theme } from './theme.ts';
import { axisHeight, rowHeight, type Viewport, xOf } from './viewport.ts';

export interface LanesOptions {
  readonly end: number;
  readonly hostUntil: number | undefined;
  readonly until: number | undefined;
  readonly onSelect: (row: Row) => void;
  readonly onFold: (row: Row) => void;
  readonly onView: (from: number, to: number) => void;
  readonly onHover: (row: Row | undefined, x: number, y: number, at: number) => void;
}

/** No closer than this, in ns. */
const closest = 1000;

/** The lanes: a canvas that shows as many rows as there is room for, and moves through the rest. */
export class Lanes {
  readonly #scroller: HTMLElement;
  readonly #canvas: HTMLCanvasElement;
  readonly #spacer: HTMLElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #options: LanesOptions;
  #theme: Theme = readTheme();
  #rows: readonly Row[] = [];
  #hits: ReadonlySet<Proc> | undefined;
  #selected = -1;
  #hovered = -1;
  #cursor: number | undefined;
  #due = false;
  #width = 0;
  #height = 0;
  from = 0;
  to = 1;

  constructor(scroller: HTMLElement, options: LanesOptions) {
    this.#scroller = scroller;
    this.#canvas = scroller.querySelector('canvas')!;
    this.#spacer = scroller.querySelector<HTMLElement>('.spacer')!;
    this.#context = this.#canvas.getContext('2d')!;
    this.#options = options;
    new ResizeObserver(() => this.resize()).observe(scroller);
    scroller.addEventListener('scroll', () => this.draw());
    listenToPointer(this.#canvas, {
      drag: (x, y, rows) => {
        this.pan(x);
        if (rows) {
          scroller.scrollTop += y;
        }
      },
      pan: (px) => this.pan(px),
      zoom: (factor, x) => this.zoom(factor, x),
      hover: (point, event) => this.#hover(point, event),
      leave: () => this.#leave(),
      click: (point) => this.#click(point),
    });
  }

  get rows(): readonly Row[] {
    return this.#rows;
  }

  get selected(): number {
    return this.#selected;
  }

  /** The rows that are on the screen. */
  get visible(): readonly [from: number, to: number] {
    const first = Math.floor(this.#scroller.scrollTop / rowHeight);
    return [first, Math.min(this.#rows.length, first + Math.ceil((this.#height - axisHeight) / rowHeight))];
  }

  setRows(rows: readonly Row[], hits: ReadonlySet<Proc> | undefined): void {
    this.#rows = rows;
    this.#hits = hits;
    this.#hovered = -1;
    this.#spacer.style.height = `${axisHeight + rows.length * rowHeight + 12}px`;
    this.draw();
  }

  setView(from: number, to: number): void {
    this.from = from;
    this.to = to;
    this.draw();
  }

  select(index: number, scroll: boolean): void {
    this.#selected = index;
    if (scroll && index >= 0) {
      const top = index * rowHeight;
      const room = this.#height - axisHeight - rowHeight * 2;
      if (top < this.#scroller.scrollTop) {
        this.#scroller.scrollTop = top - rowHeight;
      } else if (top > this.#scroller.scrollTop + room) {
        this.#scroller.scrollTop = top - room;
      }
    }
    this.draw();
  }

  refreshTheme(): void {
    this.#theme = readTheme();
    this.draw();
  }

  resize(): void {
    const ratio = window.devicePixelRatio || 1;
    this.#width = this.#scroller.clientWidth;
    this.#height = this.#scroller.clientHeight;
    this.#canvas.width = Math.round(this.#width * ratio);
    this.#canvas.height = Math.round(this.#height * ratio);
    this.#canvas.style.width = `${this.#width}px`;
    this.#canvas.style.height = `${this.#height}px`;
    this.#context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.drawNow();
  }

  /** Once a frame, however often it is asked for. */
  draw(): void {
    if (!this.#due) {
      this.#due = true;
      requestAnimationFrame(() => this.drawNow());
    }
  }

  drawNow(): void {
    this.#due = false;
    const canvas = this.#context;
    const frame = this.#frame();
    canvas.fillStyle = this.#theme.surface;
    canvas.fillRect(0, 0, frame.width, frame.height);
    const scroll = this.#scroller.scrollTop;
    const [first, last] = this.visible;
    canvas.textBaseline = 'middle';
    for (let index = first; index < Math.min(this.#rows.length, last + 2); index += 1) {
      const y = axisHeight + index * rowHeight - scroll;
      if (index === this.#selected || index === this.#hovered) {
        canvas.fillStyle = index === this.#selected ? this.#theme.selected : this.#theme.hover;
        canvas.fillRect(0, y, frame.width, rowHeight);
      }
    }
    const ticks = drawAxis(canvas, frame);
    drawGrid(canvas, frame, ticks);
    canvas.save();
    canvas.beginPath();
    canvas.rect(0, axisHeight, frame.width, frame.height);
    canvas.clip();
    for (let index = first; index < Math.min(this.#rows.length, last + 2); index += 1) {
      drawRow(canvas, frame, this.#rows[index]!, axisHeight + index * rowHeight - scroll);
    }
    canvas.restore();
    canvas.fillStyle = this.#theme.line;
    canvas.fillRect(frame.labels - 1, 0, 1, frame.height);
    if (this.#cursor !== undefined) {
      canvas.fillStyle = this.#theme.accent;
      canvas.globalAlpha = 0.5;
      canvas.fillRect(Math.round(this.#cursor), axisHeight, 1, frame.height);
      canvas.globalAlpha = 1;
    }
  }

  /** Closer or farther; what is at `x` px stays there. */
  zoom(factor: number, x = this.#labels + (this.#width - this.#labels) / 2): void {
    const at = this.#timeAt(x);
    const length = Math.min(this.#options.end * 1.1, Math.max(closest, (this.to - this.from) * factor));
    const share = (at - this.from) / (this.to - this.from);
    this.#show(at - share * length, at - share * length + length);
  }

  pan(px: number): void {
    const ns = (px / Math.max(1, this.#width - this.#labels)) * (this.to - this.from);
    this.#show(this.from + ns, this.to + ns);
  }

  #show(from: number, to: number): void {
    const length = to - from;
    const least = -0.02 * this.#options.end;
    const most = this.#options.end * 1.08;
    const start = Math.max(least, Math.min(from, Math.max(least, most - length)));
    this.setView(start, start + length);
    this.#options.onView(this.from, this.to);
  }

  get #labels(): number {
    return this.#width < 640 ? Math.min(132, this.#width * 0.36) : Math.min(300, this.#width * 0.27);
  }

  #frame(): Viewport {
    return {
      width: this.#width,
      height: this.#height,
      labels: this.#labels,
      from: this.from,
      to: this.to,
      end: this.#options.end,
      theme: this.#theme,
      hits: this.#hits,
      hostUntil: this.#options.hostUntil,
      until: this.#options.until,
    };
  }

  #timeAt(x: number): number {
    return this.from + ((x - this.#labels) / (this.#width - this.#labels)) * (this.to - this.from);
  }

  #rowAt(y: number): number {
    const index = Math.floor((y - axisHeight + this.#scroller.scrollTop) / rowHeight);
    return y < axisHeight || index >= this.#rows.length ? -1 : index;
  }

  #hover({ x, y }: Point, event: PointerEvent): void {
    this.#hovered = this.#rowAt(y);
    this.#cursor = x > this.#labels ? x : undefined;
    this.#options.onHover(this.#rows[this.#hovered], event.clientX, event.clientY, this.#timeAt(x));
    this.draw();
  }

  #leave(): void {
    this.#hovered = -1;
    this.#cursor = undefined;
    this.#options.onHover(undefined, 0, 0, 0);
    this.draw();
  }

  #click({ x, y }: Point): void {
    const row = this.#rows[this.#rowAt(y)];
    if (row === undefined) {
      return;
    }
    if (row.type === 'box' && x < this.#labels && x < 36) {
      this.#options.onFold(row);
    } else {
      this.#options.onSelect(row);
    }
  }

  /** Where a moment is, for what points at it. */
  xAt(at: number): number {
    return xOf(this.#frame(), at);
  }
}
