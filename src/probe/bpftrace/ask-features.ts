import { ownIdentity } from '../../procfs/host.ts';
import { Btf } from './btf.ts';
import { type Features, findFeatures, loginuid, neededMembers } from './features.ts';
import { readProbes } from './script.ts';
import { structuresOf } from './structures.ts';
import { type Version, versionOf } from './version.ts';

/** Asks a bpftrace for its version, which takes it a tenth of a second, and reads the kernel's structures meanwhile. */
export const askFeatures = async (command: readonly string[]): Promise<{ version: Version; features: Features }> => {
  const asked = versionOf(command);
  const kernel = Btf.ofKernel();
  const offsets = kernel?.offsets([...neededMembers, loginuid]);
  const structures = kernel && structuresOf(kernel, readProbes());
  const version = await asked;
  return { version, features: { ...findFeatures(version, ownIdentity(), offsets), structures } };
};
