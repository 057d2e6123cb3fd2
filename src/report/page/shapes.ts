import type { Canvas, Viewport } from './viewport.ts';

export const rounded = (canvas: Canvas, x: number, y: number, width: number, height: number, radius: number): void => {
  canvas.beginPath();
  canvas.roundRect(x, y, width, height, Math.min(radius, width / 2));
  canvas.fill();
};

export const dot = (canvas: Canvas, x: number, y: number, radius: number): void => {
  canvas.beginPath();
  canvas.arc(x, y, radius, 0, Math.PI * 2);
  canvas.fill();
};

export const diamond = (canvas: Canvas, { theme }: Viewport, x: number, y: number, color: string): void => {
  canvas.beginPath();
  canvas.moveTo(x, y - 6);
  canvas.lineTo(x + 6, y);
  canvas.lineTo(x, y + 6);
  canvas.lineTo(x - 6, y);
  canvas.closePath();
  canvas.fillStyle = color;
  canvas.fill();
  canvas.strokeStyle = theme.surface;
  canvas.lineWidth = 1.5;
  canvas.stroke();
};

export const triangle = (canvas: Canvas, x: number, y: number): void => {
  canvas.beginPath();
  canvas.moveTo(x, y - 5);
  canvas.lineTo(x + 8, y);
  canvas.lineTo(x, y + 5);
  canvas.closePath();
  canvas.fill();
};

export const fold = (canvas: Canvas, x: number, y: number, isOpen: boolean): void => {
  canvas.beginPath();
  if (isOpen) {
    canvas.moveTo(x - 4, y - 2);
    canvas.lineTo(x + 4, y - 2);
    canvas.lineTo(x, y + 4);
  } else {
    canvas.moveTo(x - 2, y - 4);
    canvas.lineTo(x - 2, y + 4);
    canvas.lineTo(x + 4, y);
  }
  canvas.closePath();
  canvas.fill();
};

export const cross = (canvas: Canvas, x: number, y: number, color: string): void => {
  canvas.strokeStyle = color;
  canvas.lineWidth = 2;
  canvas.beginPath();
  canvas.moveTo(x - 3.5, y - 3.5);
  canvas.lineTo(x + 3.5, y + 3.5);
  canvas.moveTo(x + 3.5, y - 3.5);
  canvas.lineTo(x - 3.5, y + 3.5);
  canvas.stroke();
};

export const hatch = (canvas: Canvas, x: number, y: number, width: number, height: number, color: string): void => {
  canvas.save();
  canvas.beginPath();
  canvas.rect(x, y, width, height);
  canvas.clip();
  canvas.strokeStyle = color;
  canvas.lineWidth = 1;
  canvas.beginPath();
  for (let at = Math.floor(x / 7) * 7 - height; at < x + width; at += 7) {
    canvas.moveTo(at, y + height);
    canvas.lineTo(at + height, y);
  }
  canvas.stroke();
  canvas.restore();
};
