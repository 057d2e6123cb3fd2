import { checkBpftrace, checkProbes } from './bpftrace.ts';
import { checkCgroups } from './cgroups.ts';
import type { Check } from './check.ts';
import { hostRoot } from './host-root.ts';
import { checkBtf, checkKernel, checkLockdown, checkLogin, checkTracefs } from './kernel.ts';
import { checkNames } from './names.ts';
import { checkPidNamespace, checkTimeNamespace, checkUserNamespace } from './namespaces.ts';
import { checkOthers, checkRights } from './rights.ts';

/** Everything that tracing needs, and what it needs to show all, in the order in which it is to be mended. */
export const checks = (bpftrace: string | undefined): Check[] => [
  {
    name: 'rights',
    without: 'ps, ns, inspect and why show what your rights allow; all that reads recordings works',
    run: () => checkRights(),
  },
  { name: 'kernel', run: () => checkKernel() },
  { name: 'BTF', run: () => checkBtf() },
  { name: 'lockdown', run: () => checkLockdown() },
  { name: 'tracefs', run: () => checkTracefs() },
  {
    name: 'pid namespace',
    without: 'ps, ns, inspect and why show the processes of this pid namespace',
    run: () => checkPidNamespace(),
  },
  {
    name: 'time namespace',
    without: 'ps, ns, inspect and why work; times of processes are this namespace’s',
    run: () => checkTimeNamespace(),
  },
  { name: 'user namespace', run: () => checkUserNamespace() },
  {
    name: 'other processes',
    without: 'no namespaces, paths and folders of processes that ran before; what starts while tracing is whole',
    run: () => checkOthers(),
  },
  {
    name: 'container names',
    without: 'containers are shown by their ids, or by their cgroups',
    run: () => checkNames('', hostRoot()),
  },
  { name: 'cgroups', without: 'no CPU and memory of containers', run: () => checkCgroups() },
  { name: 'login users', without: 'no auid of processes, and no --auid', run: () => checkLogin() },
  { name: 'bpftrace', run: () => checkBpftrace(bpftrace) },
  { name: 'probes', run: (before) => checkProbes(bpftrace, before) },
];
