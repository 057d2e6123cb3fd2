/** A place in the canvas, in px. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** What a mouse, fingers and a wheel ask of the lanes. */
export interface Gestures {
  /** Dragged, by px. @param rows whether rows move with it */
  readonly drag: (x: number, y: number, rows: boolean) => void;
  /** By the wheel, in px. */
  readonly pan: (px: number) => void;
  /** Closer or farther; what is at `x` px stays there. */
  readonly zoom: (factor: number, x: number) => void;
  readonly hover: (point: Point, event: PointerEvent) => void;
  readonly leave: () => void;
  readonly click: (point: Point) => void;
}

/** A pointer that moved no farther, in px, has clicked. */
const clickPx = 3;

/** Makes gestures of the events of a canvas: drag, two fingers, wheel, click. */
export const listenToPointer = (canvas: HTMLCanvasElement, gestures: Gestures): void => {
  const pointOf = (event: PointerEvent | WheelEvent): Point => {
    const box = canvas.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  listenToDrags(canvas, gestures, pointOf);
  canvas.addEventListener('pointerleave', gestures.leave);
  canvas.addEventListener(
    'wheel',
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) {
        event.preventDefault();
        gestures.zoom(Math.exp(Math.max(-60, Math.min(60, event.deltaY)) * 0.012), pointOf(event).x);
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        gestures.pan(event.deltaX || event.deltaY);
      }
    },
    { passive: false },
  );
};

const listenToDrags = (
  canvas: HTMLCanvasElement,
  gestures: Gestures,
  pointOf: (event: PointerEvent) => Point,
): void => {
  const pointers = new Map<number, Point>();
  let moved = 0;
  let apart = 0;
  canvas.addEventListener('pointerdown', (event) => {
    pointers.set(event.pointerId, pointOf(event));
    moved = 0;
    apart = 0;
    if (event.pointerType === 'mouse') {
      canvas.setPointerCapture(event.pointerId);
    }
  });
  canvas.addEventListener('pointermove', (event) => {
    const now = pointOf(event);
    const before = pointers.get(event.pointerId);
    if (before === undefined) {
      gestures.hover(now, event);
      return;
    }
    pointers.set(event.pointerId, now);
    moved += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (pointers.size === 2) {
      const [one, two] = [...pointers.values()] as [Point, Point];
      const distance = Math.abs(one.x - two.x) + 1;
      if (apart > 0) {
        gestures.zoom(apart / distance, (one.x + two.x) / 2);
      }
      apart = distance;
    } else if (moved > clickPx) {
      gestures.drag(before.x - now.x, before.y - now.y, event.pointerType === 'mouse');
    }
  });
  const up = (event: PointerEvent): void => {
    const was = pointers.delete(event.pointerId);
    if (was && moved <= clickPx && event.type === 'pointerup') {
      gestures.click(pointOf(event));
    }
  };
  canvas.addEventListener('pointerup', up);
  canvas.addEventListener('pointercancel', up);
};
