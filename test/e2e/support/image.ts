import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { inject } from 'vitest';

export const imageName = 'localhost/nstrace-test:1';

/** The busybox root file system as an image that docker, podman and containerd can load. */
export const makeImage = async (folder: string): Promise<string> => {
  const layer = join(folder, 'layer.tar');
  await execa('tar', ['-C', inject('rootfs'), '--owner=0', '--group=0', '-cf', layer, '.']);
  const digest = createHash('sha256')
    .update(await readFile(layer))
    .digest('hex');
  const config = {
    architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
    os: 'linux',
    config: { Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const manifest = [{ Config: 'config.json', RepoTags: [imageName], Layers: ['layer.tar'] }];
  await writeFile(join(folder, 'manifest.json'), JSON.stringify(manifest));
  const image = join(folder, 'image.tar');
  await execa('tar', ['-C', folder, '-cf', image, 'manifest.json', 'config.json', 'layer.tar']);
  return image;
};
