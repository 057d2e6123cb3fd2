import { colorOf, readTheme } from './theme.ts';

/** The whole recording in a strip: how much was executed when, and which part of it the lanes show. Drag to move or choose. */
export class Overview {
  readonly #canvas: HTMLCanvasElement;
  readonly #activity: readonly number[];
  readonly #end: number;
  readonly #onView: (from: number, to: number) => void;
  #from = 0;
  #to = 1;

  constructor(
    canvas: HTMLCanvasElement,
    activity: readonly number[],
    end: number,
    onView: (from: number, to: number) => void,
  ) {
    this.#canvas = canvas;
    this.#activity = activity;
    this.#end = end;
    this.#onView = onView;
    new ResizeObserver(() => this.draw()).observe(canvas);
    this.#listen();
  }

  setView(from: number, to: number): void {
    this.#from = from;
    this.#to = to;
    this.draw();
  }

  draw(): void {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const ratio = window.devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * ratio);
    this.#canvas.height = Math.round(height * ratio);
    const canvas = this.#canvas.getContext('2d')!;
    const theme = readTheme();
    canvas.setTransform(ratio, 0, 0, ratio, 0, 0);
    const most = Math.max(1, ...this.#activity);
    canvas.fillStyle = colorOf(0, theme, 0.75);
    const step = width / Math.max(1, this.#activity.length);
    for (const [index, count] of this.#activity.entries()) {
      // The root lets few be seen beside many.
      const tall = count === 0 ? 0 : Math.max(2, Math.sqrt(count / most) * (height - 6));
      canvas.fillRect(index * step, height - tall, Math.max(1, step - 0.5), tall);
    }
    const left = (this.#from / this.#end) * width;
    const right = (this.#to / this.#end) * width;
    if (left > 1 || right < width - 1) {
      canvas.fillStyle = theme.surface;
      canvas.globalAlpha = 0.72;
      canvas.fillRect(0, 0, Math.max(0, left), height);
      canvas.fillRect(right, 0, width, height);
      canvas.globalAlpha = 1;
      canvas.strokeStyle = theme.accent;
      canvas.lineWidth = 1.5;
      canvas.strokeRect(Math.max(1, left), 1, Math.max(3, Math.min(width, right) - Math.max(0, left) - 2), height - 2);
    }
  }

  #listen(): void {
    let start: number | undefined;
    let grip: number | undefined;
    const at = (event: PointerEvent): number => {
      const box = this.#canvas.getBoundingClientRect();
      return ((event.clientX - box.left) / box.width) * this.#end;
    };
    this.#canvas.addEventListener('pointerdown', (event) => {
      this.#canvas.setPointerCapture(event.pointerId);
      const time = at(event);
      const isPart = this.#to - this.#from < this.#end * 0.98;
      grip = isPart && time >= this.#from && time <= this.#to ? time - this.#from : undefined;
      start = time;
    });
    this.#canvas.addEventListener('pointermove', (event) => {
      if (start === undefined) {
        return;
      }
      const time = at(event);
      if (grip !== undefined) {
        const length = this.#to - this.#from;
        const from = Math.max(0, Math.min(this.#end - length, time - grip));
        this.#onView(from, from + length);
      } else if (Math.abs(time - start) > this.#end * 0.004) {
        this.#onView(Math.max(0, Math.min(start, time)), Math.min(this.#end, Math.max(start, time)));
      }
    });
    this.#canvas.addEventListener('pointerup', () => {
      start = undefined;
      grip = undefined;
    });
    this.#canvas.addEventListener('dblclick', () => this.#onView(0, this.#end));
  }
}
