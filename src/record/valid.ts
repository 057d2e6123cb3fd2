// Made from src/record/schema.ts by `npm run schema`: change that, not this.

// biome-ignore-all lint: it is generated.
type Value = any;

const isObject = (v: Value): boolean => typeof v === 'object' && v !== null && !Array.isArray(v);
const isInt = (v: Value): boolean => Number.isSafeInteger(v);
const pattern0 = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{9}Z$/;
const pattern1 = /^\d+$/;
const pattern2 = /^[A-Za-z0-9+/]*={0,2}$/;

const isHost1 = (v: Value): boolean => {
  return (
    isObject(v) &&
    typeof v.name === 'string' &&
    typeof v.boot_id === 'string' &&
    typeof v.kernel === 'string' &&
    typeof v.arch === 'string'
  );
};

const isTool2 = (v: Value): boolean => {
  return (
    isObject(v) &&
    typeof v.nstrace === 'string' &&
    typeof v.bpftrace === 'string' &&
    typeof v.node === 'string'
  );
};

const isHostns3 = (v: Value): boolean => {
  return (
    isObject(v) &&
    (v.pid === undefined || (isInt(v.pid) && v.pid >= 0)) &&
    (v.mnt === undefined || (isInt(v.mnt) && v.mnt >= 0)) &&
    (v.net === undefined || (isInt(v.net) && v.net >= 0)) &&
    (v.ipc === undefined || (isInt(v.ipc) && v.ipc >= 0)) &&
    (v.uts === undefined || (isInt(v.uts) && v.uts >= 0)) &&
    (v.user === undefined || (isInt(v.user) && v.user >= 0)) &&
    (v.cgroup === undefined || (isInt(v.cgroup) && v.cgroup >= 0)) &&
    (v.time === undefined || (isInt(v.time) && v.time >= 0))
  );
};

const isFilters4 = (v: Value): boolean => {
  if (!isObject(v)) {
    return false;
  }
  for (const key in v) {
    if (key !== '__proto__' && !(typeof key === 'string' && true)) {
      return false;
    }
  }
  return true;
};

const isArgs5 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isHeader0 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "header" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    typeof v.recording === 'string' &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    v.schema === "nstrace/1" &&
    (v.part === undefined || (isInt(v.part) && v.part > 0)) &&
    (typeof v.started === 'string' && pattern0.test(v.started)) &&
    isHost1(v.host) &&
    isTool2(v.tool) &&
    isHostns3(v.host_ns) &&
    isFilters4(v.filters) &&
    isArgs5(v.args)
  );
};

const isNspid7 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 1) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!((isInt(item) && item >= 0))) {
      return false;
    }
  }
  return true;
};

const isContainer8 = (v: Value): boolean => {
  return (
    isObject(v) &&
    typeof v.id === 'string' &&
    typeof v.name === 'string' &&
    typeof v.runtime === 'string' &&
    (v.instance === undefined || (isInt(v.instance) && v.instance > 0))
  );
};

const isCapsgained9 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isArgs10 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isArgsbase11 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!((typeof item === 'string' && pattern2.test(item)))) {
      return false;
    }
  }
  return true;
};

const isProcess6 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "process" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (isInt(v.pid) && v.pid >= 0) &&
    isNspid7(v.nspid) &&
    (v.nspid_truncated === undefined || typeof v.nspid_truncated === 'boolean') &&
    isHostns3(v.ns) &&
    (v.container === null || isContainer8(v.container)) &&
    (v.role === undefined || (v.role === "runtime" || v.role === "monitor" || v.role === "helper")) &&
    (v.for === undefined || isContainer8(v.for)) &&
    (isInt(v.ppid) && v.ppid >= 0) &&
    (v.pcomm === undefined || typeof v.pcomm === 'string') &&
    (isInt(v.uid) && v.uid >= 0) &&
    (isInt(v.gid) && v.gid >= 0) &&
    typeof v.comm === 'string' &&
    (v.comm_base64 === undefined || (typeof v.comm_base64 === 'string' && pattern2.test(v.comm_base64))) &&
    typeof v.exe === 'string' &&
    (v.exe_base64 === undefined || (typeof v.exe_base64 === 'string' && pattern2.test(v.exe_base64))) &&
    (v.exe_truncated === undefined || typeof v.exe_truncated === 'boolean') &&
    (v.euid === undefined || (isInt(v.euid) && v.euid >= 0)) &&
    (v.egid === undefined || (isInt(v.egid) && v.egid >= 0)) &&
    (v.auid === undefined || (isInt(v.auid) && v.auid >= 0)) &&
    (v.session === undefined || (isInt(v.session) && v.session >= 0)) &&
    (v.tty === undefined || typeof v.tty === 'string') &&
    (v.caps_gained === undefined || isCapsgained9(v.caps_gained)) &&
    (v.cwd === undefined || typeof v.cwd === 'string') &&
    (v.cwd_base64 === undefined || (typeof v.cwd_base64 === 'string' && pattern2.test(v.cwd_base64))) &&
    isArgs10(v.args) &&
    (v.args_base64 === undefined || isArgsbase11(v.args_base64)) &&
    (isInt(v.args_bytes) && v.args_bytes >= 0) &&
    typeof v.args_truncated === 'boolean' &&
    (v.origin === undefined || (v.origin === "init" || v.origin === "born" || v.origin === "joined")) &&
    (v.evidence === undefined || (v.evidence === "init" || v.evidence === "lineage" || v.evidence === "pidns" || v.evidence === "cgroup" || v.evidence === "mnt")) &&
    (v.unit === undefined || typeof v.unit === 'string') &&
    (typeof v.started === 'string' && pattern0.test(v.started)) &&
    (v.carried === undefined || v.carried === true)
  );
};

const isExefile13 = (v: Value): boolean => {
  return (
    isObject(v) &&
    typeof v.device === 'string' &&
    (isInt(v.inode) && v.inode >= 0) &&
    (v.layer === undefined || v.layer === "upper") &&
    (v.deleted === undefined || v.deleted === true)
  );
};

const isExec12 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "exec" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (isInt(v.pid) && v.pid >= 0) &&
    isNspid7(v.nspid) &&
    (v.nspid_truncated === undefined || typeof v.nspid_truncated === 'boolean') &&
    isHostns3(v.ns) &&
    (v.container === null || isContainer8(v.container)) &&
    (v.role === undefined || (v.role === "runtime" || v.role === "monitor" || v.role === "helper")) &&
    (v.for === undefined || isContainer8(v.for)) &&
    (isInt(v.ppid) && v.ppid >= 0) &&
    (v.pcomm === undefined || typeof v.pcomm === 'string') &&
    (isInt(v.uid) && v.uid >= 0) &&
    (isInt(v.gid) && v.gid >= 0) &&
    typeof v.comm === 'string' &&
    (v.comm_base64 === undefined || (typeof v.comm_base64 === 'string' && pattern2.test(v.comm_base64))) &&
    typeof v.exe === 'string' &&
    (v.exe_base64 === undefined || (typeof v.exe_base64 === 'string' && pattern2.test(v.exe_base64))) &&
    (v.exe_truncated === undefined || typeof v.exe_truncated === 'boolean') &&
    (v.euid === undefined || (isInt(v.euid) && v.euid >= 0)) &&
    (v.egid === undefined || (isInt(v.egid) && v.egid >= 0)) &&
    (v.auid === undefined || (isInt(v.auid) && v.auid >= 0)) &&
    (v.session === undefined || (isInt(v.session) && v.session >= 0)) &&
    (v.tty === undefined || typeof v.tty === 'string') &&
    (v.caps_gained === undefined || isCapsgained9(v.caps_gained)) &&
    (v.cwd === undefined || typeof v.cwd === 'string') &&
    (v.cwd_base64 === undefined || (typeof v.cwd_base64 === 'string' && pattern2.test(v.cwd_base64))) &&
    isArgs10(v.args) &&
    (v.args_base64 === undefined || isArgsbase11(v.args_base64)) &&
    (isInt(v.args_bytes) && v.args_bytes >= 0) &&
    typeof v.args_truncated === 'boolean' &&
    (v.origin === undefined || (v.origin === "init" || v.origin === "born" || v.origin === "joined")) &&
    (v.evidence === undefined || (v.evidence === "init" || v.evidence === "lineage" || v.evidence === "pidns" || v.evidence === "cgroup" || v.evidence === "mnt")) &&
    (v.unit === undefined || typeof v.unit === 'string') &&
    (isInt(v.ret) && v.ret <= 0) &&
    (v.errno === undefined || typeof v.errno === 'string') &&
    (v.folded === undefined || (isInt(v.folded) && v.folded > 0)) &&
    (v.old_tid === undefined || (isInt(v.old_tid) && v.old_tid >= 0)) &&
    (v.exe_file === undefined || isExefile13(v.exe_file))
  );
};

const isFlags15 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isFork14 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "fork" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (isInt(v.pid) && v.pid >= 0) &&
    isNspid7(v.nspid) &&
    (v.nspid_truncated === undefined || typeof v.nspid_truncated === 'boolean') &&
    isHostns3(v.ns) &&
    (v.container === null || isContainer8(v.container)) &&
    (v.role === undefined || (v.role === "runtime" || v.role === "monitor" || v.role === "helper")) &&
    (v.for === undefined || isContainer8(v.for)) &&
    (isInt(v.ppid) && v.ppid >= 0) &&
    (v.by_pid === undefined || (isInt(v.by_pid) && v.by_pid >= 0)) &&
    (v.by === undefined || (isInt(v.by) && v.by >= 0)) &&
    typeof v.comm === 'string' &&
    isFlags15(v.flags) &&
    (v.origin === undefined || (v.origin === "init" || v.origin === "born" || v.origin === "joined"))
  );
};

const isExit16 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "exit" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (isInt(v.pid) && v.pid >= 0) &&
    isNspid7(v.nspid) &&
    (v.nspid_truncated === undefined || typeof v.nspid_truncated === 'boolean') &&
    isHostns3(v.ns) &&
    (v.container === null || isContainer8(v.container)) &&
    (v.role === undefined || (v.role === "runtime" || v.role === "monitor" || v.role === "helper")) &&
    (v.for === undefined || isContainer8(v.for)) &&
    (isInt(v.ppid) && v.ppid >= 0) &&
    (v.comm === undefined || typeof v.comm === 'string') &&
    (v.comm_base64 === undefined || (typeof v.comm_base64 === 'string' && pattern2.test(v.comm_base64))) &&
    (v.exe === undefined || typeof v.exe === 'string') &&
    (v.exe_base64 === undefined || (typeof v.exe_base64 === 'string' && pattern2.test(v.exe_base64))) &&
    (v.code === undefined || (isInt(v.code) && v.code >= 0 && v.code <= 255)) &&
    (v.signal === undefined || typeof v.signal === 'string') &&
    typeof v.core === 'boolean' &&
    (v.oom === undefined || v.oom === true) &&
    (isInt(v.duration_ns) && v.duration_ns >= 0)
  );
};

const isCreated18 = (v: Value): boolean => {
  if (!isObject(v)) {
    return false;
  }
  for (const key in v) {
    const item: Value = v[key];
    if (key !== '__proto__' && !((key === "pid" || key === "mnt" || key === "net" || key === "ipc" || key === "uts" || key === "user" || key === "cgroup" || key === "time") && (isInt(item) && item >= 0))) {
      return false;
    }
  }
  return true;
};

const isNamespace17 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "namespace" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (isInt(v.pid) && v.pid >= 0) &&
    isNspid7(v.nspid) &&
    (v.nspid_truncated === undefined || typeof v.nspid_truncated === 'boolean') &&
    isHostns3(v.ns) &&
    (v.container === null || isContainer8(v.container)) &&
    (v.role === undefined || (v.role === "runtime" || v.role === "monitor" || v.role === "helper")) &&
    (v.for === undefined || isContainer8(v.for)) &&
    (v.op === "unshare" || v.op === "setns" || v.op === "clone") &&
    (v.tid === undefined || (isInt(v.tid) && v.tid >= 0)) &&
    (v.comm === undefined || typeof v.comm === 'string') &&
    (v.created === undefined || isCreated18(v.created)) &&
    (v.joined === undefined || isCreated18(v.joined)) &&
    (v.repeated === undefined || (isInt(v.repeated) && v.repeated > 0))
  );
};

const isCgroup19 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "cgroup" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (isInt(v.pid) && v.pid >= 0) &&
    isNspid7(v.nspid) &&
    (v.nspid_truncated === undefined || typeof v.nspid_truncated === 'boolean') &&
    isHostns3(v.ns) &&
    (v.container === null || isContainer8(v.container)) &&
    (v.role === undefined || (v.role === "runtime" || v.role === "monitor" || v.role === "helper")) &&
    (v.for === undefined || isContainer8(v.for)) &&
    (v.op === "mkdir" || v.op === "attach" || v.op === "rename" || v.op === "rmdir") &&
    (v.by_pid === undefined || (isInt(v.by_pid) && v.by_pid >= 0)) &&
    (v.by === undefined || (isInt(v.by) && v.by >= 0)) &&
    (v.tid === undefined || (isInt(v.tid) && v.tid >= 0)) &&
    typeof v.path === 'string' &&
    (v.path_base64 === undefined || (typeof v.path_base64 === 'string' && pattern2.test(v.path_base64))) &&
    (v.new_path === undefined || typeof v.new_path === 'string') &&
    (v.new_path_base64 === undefined || (typeof v.new_path_base64 === 'string' && pattern2.test(v.new_path_base64))) &&
    (v.path_truncated === undefined || typeof v.path_truncated === 'boolean') &&
    typeof v.hierarchy === 'string' &&
    (isInt(v.id) && v.id >= 0)
  );
};

const isNspid21 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!((isInt(item) && item >= 0))) {
      return false;
    }
  }
  return true;
};

const isLabels23 = (v: Value): boolean => {
  if (!isObject(v)) {
    return false;
  }
  for (const key in v) {
    const item: Value = v[key];
    if (key !== '__proto__' && !(typeof key === 'string' && typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isPod24 = (v: Value): boolean => {
  return (
    isObject(v) &&
    typeof v.id === 'string' &&
    (v.name === undefined || typeof v.name === 'string')
  );
};

const isCgroups25 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isInside26 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(isContainer8(item))) {
      return false;
    }
  }
  return true;
};

const isSharedItem28 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isShared27 = (v: Value): boolean => {
  if (!isObject(v)) {
    return false;
  }
  for (const key in v) {
    const item: Value = v[key];
    if (key !== '__proto__' && !((key === "pid" || key === "mnt" || key === "net" || key === "ipc" || key === "uts" || key === "user" || key === "cgroup" || key === "time") && isSharedItem28(item))) {
      return false;
    }
  }
  return true;
};

const isContainer22 = (v: Value): boolean => {
  return (
    isObject(v) &&
    typeof v.id === 'string' &&
    typeof v.name === 'string' &&
    typeof v.runtime === 'string' &&
    (v.instance === undefined || (isInt(v.instance) && v.instance > 0)) &&
    (v.root === undefined || typeof v.root === 'string') &&
    (v.image === undefined || typeof v.image === 'string') &&
    (v.labels === undefined || isLabels23(v.labels)) &&
    (v.pidns === undefined || (isInt(v.pidns) && v.pidns >= 0)) &&
    (v.init === undefined || (isInt(v.init) && v.init >= 0)) &&
    (v.started === undefined || (typeof v.started === 'string' && pattern0.test(v.started))) &&
    (v.pod === undefined || isPod24(v.pod)) &&
    (v.cgroups === undefined || isCgroups25(v.cgroups)) &&
    (v.inside === undefined || isInside26(v.inside)) &&
    (v.shared === undefined || isShared27(v.shared))
  );
};

const isArgs30 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isBy29 = (v: Value): boolean => {
  return (
    isObject(v) &&
    (isInt(v.pid) && v.pid >= 0) &&
    (v.uid === undefined || (isInt(v.uid) && v.uid >= 0)) &&
    typeof v.comm === 'string' &&
    (v.args === undefined || isArgs30(v.args))
  );
};

const isEvidence32 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isAskedby31 = (v: Value): boolean => {
  return (
    isObject(v) &&
    (isInt(v.pid) && v.pid >= 0) &&
    (v.uid === undefined || (isInt(v.uid) && v.uid >= 0)) &&
    typeof v.comm === 'string' &&
    (v.args === undefined || isArgs30(v.args)) &&
    (v.start === undefined || (typeof v.start === 'string' && pattern1.test(v.start))) &&
    (v.user === undefined || typeof v.user === 'string') &&
    (v.auid === undefined || (isInt(v.auid) && v.auid >= 0)) &&
    (v.tty === undefined || typeof v.tty === 'string') &&
    isEvidence32(v.evidence)
  );
};

const isEvidence33 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(typeof item === 'string')) {
      return false;
    }
  }
  return true;
};

const isStartup34 = (v: Value): boolean => {
  return (
    isObject(v) &&
    (v.client_ns === undefined || (isInt(v.client_ns) && v.client_ns >= 0)) &&
    (v.runtime_ns === undefined || (isInt(v.runtime_ns) && v.runtime_ns >= 0)) &&
    (v.cgroup_ns === undefined || (isInt(v.cgroup_ns) && v.cgroup_ns >= 0)) &&
    (v.namespaces_ns === undefined || (isInt(v.namespaces_ns) && v.namespaces_ns >= 0)) &&
    (v.rest_ns === undefined || (isInt(v.rest_ns) && v.rest_ns >= 0))
  );
};

const isContainer20 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "container" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (v.pid === undefined || (isInt(v.pid) && v.pid >= 0)) &&
    (v.nspid === undefined || isNspid21(v.nspid)) &&
    (v.op === "seen" || v.op === "created" || v.op === "started" || v.op === "joined" || v.op === "stopped" || v.op === "removed" || v.op === "named") &&
    isContainer22(v.container) &&
    (v.carried === undefined || v.carried === true) &&
    (v.by === undefined || isBy29(v.by)) &&
    (v.asked_by === undefined || isAskedby31(v.asked_by)) &&
    (v.evidence === undefined || isEvidence33(v.evidence)) &&
    (v.reason === undefined || (v.reason === "late" || v.reason === "renamed")) &&
    (v.start_seen === undefined || (v.start_seen === "exec" || v.start_seen === "birth")) &&
    (v.startup_ns === undefined || (isInt(v.startup_ns) && v.startup_ns >= 0)) &&
    (v.startup === undefined || isStartup34(v.startup)) &&
    (v.code === undefined || isInt(v.code)) &&
    (v.signal === undefined || typeof v.signal === 'string') &&
    (v.oom === undefined || v.oom === true)
  );
};

const isBusiestItem37 = (v: Value): boolean => {
  return (
    isObject(v) &&
    (isInt(v.pid) && v.pid >= 0) &&
    (isInt(v.cpu_ns) && v.cpu_ns > 0)
  );
};

const isBusiest36 = (v: Value): boolean => {
  if (!Array.isArray(v) || v.length < 0) {
    return false;
  }
  for (let index = 0; index < v.length; index += 1) {
    const item: Value = v[index];
    if (!(isBusiestItem37(item))) {
      return false;
    }
  }
  return true;
};

const isUsage35 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "usage" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    isContainer8(v.container) &&
    (v.cpu_ns === undefined || (isInt(v.cpu_ns) && v.cpu_ns >= 0)) &&
    (v.memory_bytes === undefined || (isInt(v.memory_bytes) && v.memory_bytes >= 0)) &&
    (v.busiest === undefined || isBusiest36(v.busiest)) &&
    (v.interval_ns === undefined || (isInt(v.interval_ns) && v.interval_ns > 0))
  );
};

const isLost38 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "lost" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (isInt(v.count) && v.count >= 0) &&
    typeof v.exact === 'boolean' &&
    (typeof v.from === 'string' && pattern0.test(v.from)) &&
    (typeof v.to === 'string' && pattern0.test(v.to)) &&
    (v.cpu === undefined || (isInt(v.cpu) && v.cpu >= 0)) &&
    typeof v.stage === 'string'
  );
};

const isEvents40 = (v: Value): boolean => {
  if (!isObject(v)) {
    return false;
  }
  for (const key in v) {
    const item: Value = v[key];
    if (key !== '__proto__' && !(typeof key === 'string' && (isInt(item) && item >= 0))) {
      return false;
    }
  }
  return true;
};

const isProbe41 = (v: Value): boolean => {
  return (
    isObject(v) &&
    isInt(v.made) &&
    isInt(v.delivered) &&
    isInt(v.lost)
  );
};

const isFooter39 = (v: Value): boolean => {
  return (
    isObject(v) &&
    v.type === "footer" &&
    (isInt(v.seq) && v.seq > 0) &&
    (typeof v.time === 'string' && pattern0.test(v.time)) &&
    (typeof v.mono === 'string' && pattern1.test(v.mono)) &&
    (v.recording === undefined || typeof v.recording === 'string') &&
    (v.source_seq === undefined || (isInt(v.source_seq) && v.source_seq > 0)) &&
    (v.host === undefined || typeof v.host === 'string') &&
    (typeof v.ended === 'string' && pattern0.test(v.ended)) &&
    typeof v.reason === 'string' &&
    isEvents40(v.events) &&
    (isInt(v.lost) && v.lost >= 0) &&
    (isInt(v.cut) && v.cut >= 0) &&
    typeof v.complete === 'boolean' &&
    isProbe41(v.probe)
  );
};

/** Whether a parsed line is a record of its type, by type: the verdict of the schema. Types that are not here are not known. */
export const valid: ReadonlyMap<string, (record: Value) => boolean> = new Map([
  ['header', isHeader0],
  ['process', isProcess6],
  ['exec', isExec12],
  ['fork', isFork14],
  ['exit', isExit16],
  ['namespace', isNamespace17],
  ['cgroup', isCgroup19],
  ['container', isContainer20],
  ['usage', isUsage35],
  ['lost', isLost38],
  ['footer', isFooter39],
]);
